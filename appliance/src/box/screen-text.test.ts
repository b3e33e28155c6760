import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenText, type BoxFacts } from './screen-text.js';

const FACTS: BoxFacts = { version: '1.2.3', slot: 'a', addresses: ['10.20.0.5'], consolePort: 8090, isEncrypted: false, core: 'ready', setupCode: undefined, answersProblem: undefined, coreProblem: undefined };

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
