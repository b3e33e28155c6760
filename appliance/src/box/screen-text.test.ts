import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenText, type BoxFacts } from './screen-text.js';

const FACTS: BoxFacts = { role: 'platform', version: '1.2.3', slot: 'a', addresses: ['10.20.0.5'], consolePort: 8090, isEncrypted: false, core: 'ready', isFirewallLoaded: true, update: undefined, setupCode: undefined, answersProblem: undefined, coreProblem: undefined };

test('the screen names version, slot and where the console is', () => {
  assert.match(screenText(FACTS), /1\.2\.3 {3}system slot 系统槽 A[^]*http:\/\/10\.20\.0\.5:8090\//);
});

test('the setup code is shown while it opens something, with what to do', () => {
  assert.match(screenText({ ...FACTS, setupCode: 'ABCD-EFGH' }), /Setup code 设置码 {2}ABCD-EFGH[^]*仅可使用一次/);
  assert.doesNotMatch(screenText(FACTS), /Setup code/);
});

test('no address, a core that does not run and an answers file that was not taken are said', () => {
  const text = screenText({ ...FACTS, addresses: [], core: 'failed', coreProblem: 'his.settings.port must be a number', answersProblem: 'answers.yaml: network.address' });
  for (const part of ['尚无网络地址', 'NOT RUNNING 未运行', 'his.settings.port', 'network.address']) assert.ok(text.includes(part), part);
});

test('an update on trial, or one that was taken back, is said', () => {
  assert.match(screenText({ ...FACTS, update: 'Update 更新  1.2.4 was taken back 已回退: no channel answers' }), /1\.2\.4 was taken back/);
});

test('a machine whose firewall is not in force says so before everything else it has to tell', () => {
  assert.match(screenText({ ...FACTS, isFirewallLoaded: false, setupCode: 'ABCD-EFGH' }), /FIREWALL NOT LOADED 防火墙未加载[^]*Setup code/);
  assert.doesNotMatch(screenText(FACTS), /FIREWALL/);
});

test('a relay shows where it is reached and what the core is paired with; a paired one shows no secret', () => {
  const relay = { publicPort: 8443, tunnelPort: 8444, fingerprint: '5f'.repeat(32), pairingSecret: 'S'.repeat(43) };
  const text = screenText({ ...FACTS, role: 'relay', relay });
  assert.match(text, /DMZ relay[^]*relay 中继 ready[^]*10\.20\.0\.5[^]*8443[^]*8444[^]*5f5f[^]*SSS/);
  assert.doesNotMatch(text, /Console|core 核心/);
  assert.match(screenText({ ...FACTS, role: 'relay', relay: { ...relay, pairingSecret: undefined } }), /Paired with a core/);
  assert.match(screenText({ ...FACTS, role: 'relay', core: 'failed', coreProblem: 'relay.yaml: publicPort' }), /The relay says 中继报告:\npublicPort|The relay says 中继报告:\nrelay\.yaml/);
});

test('after a reset the screen says what was erased, until somebody has an account', () => {
  const erasure = { kind: 'everything', at: '2026-11-29T00:00:00.000Z', by: 'li.admin', keys: [{ name: 'backup-identity.txt', sha256: '0011223344556677' }] } as const;
  assert.match(screenText({ ...FACTS, erasure, setupCode: 'ABCD-EFGH' }), /Reset 已恢复出厂 {2}everything 全部 {2}2026-11-29[^]*li\.admin\nKeys erased 已清除的密钥: backup-identity\.txt 0011223344556677/);
  assert.doesNotMatch(screenText({ ...FACTS, erasure }), /Reset/);
});
