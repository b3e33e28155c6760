/** The appliance's manuals say what the appliance is: files, ports, words and names are held against it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readAnswers } from '@hospay/appliance/box/answers.js';
import { firewallRules } from '@hospay/appliance/box/firewall-rules.js';
import { screenText } from '@hospay/appliance/box/screen-text.js';
import { BackupPlaceSchema } from '@hospay/server/config/backups-schema.js';
import { checkBackupPlace } from '@hospay/server/config/check-backups.js';
import { loadConfiguration } from '@hospay/server/config/load-configuration.js';
import { ALARM_RULES } from '@hospay/server/domain/alarm-rules.js';
import { describeMismatches, listMismatches } from '@hospay/server/domain/schema-mismatch.js';
import { createAuditLog } from '@hospay/server/operations/audit-log.js';
import type { AuditRow } from '@hospay/server/operations/ports.js';
import { UpdateIndexSchema } from '@hospay/server/edges/http/update-mirror.js';
import { Check } from 'typebox/value';
import { parse, stringify } from 'yaml';
import { ROOT } from './source-files.js';

const FOLDER = join(ROOT, 'appliance/docs');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const OPERATION = read('appliance/docs/operator-manual.zh-CN.md');
const RECOVERY = read('appliance/docs/disaster-recovery-manual.zh-CN.md');
const HARDENING = read('appliance/docs/hardening-evidence.zh-CN.md');
const ALL = [OPERATION, RECOVERY, HARDENING].join('\n');

/** The content of a fenced block, without the indentation of its list. */
function block(manual: string, info: string): string {
  const [, indent = '', text = ''] = new RegExp(`^( *)\`\`\`${info}\\n([^]*?)^ *\`\`\`$`, 'm').exec(manual) ?? assert.fail(`no block ${info}`);
  return text.split('\n').map((line) => line.slice(indent.length)).join('\n');
}

/** What stands in backticks outside fenced blocks. */
function named(manual: string): string[] {
  return [...manual.replaceAll(/^ *```[^]*?^ *```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, word]) => word ?? '');
}

test('the answers file of a restore is taken once both placeholders are filled, and is nothing but the restore', () => {
  const text = block(RECOVERY, 'yaml answers-restore');
  assert.deepEqual([...text.matchAll(/<[^>]+>/g)].map(([placeholder]) => placeholder), ['<备份文件名>', '<备份密钥>']);
  const set = 'hospay-yiyuan-20261128011500.19435zwk.e0qvsj2d.tar.zst.age';
  const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
  assert.deepEqual(readAnswers(text.replace('<备份文件名>', set).replace('<备份密钥>', identity)), { restore: { set, identity } });
});

test('the part of an answers file that names a server is what the core takes for one', () => {
  const text = block(RECOVERY, 'yaml answers-restore-server');
  assert.deepEqual([...text.matchAll(/<[^>]+>/g)].map(([placeholder]) => placeholder), ['<备份文件名>', '<备份密钥>', '<NAS 口令>']);
  const { restore } = readAnswers(text.replace('<备份文件名>', 'hospay-yiyuan-20261128011500.19435zwk.tar.zst.age').replace('<备份密钥>', `AGE-SECRET-KEY-1${'Q'.repeat(58)}`));
  assert.ok(Check(BackupPlaceSchema, restore?.from), JSON.stringify(restore?.from));
});

test('every target in the backup manual is one the configuration takes', () => {
  const targets: unknown = parse(block(read('appliance/docs/backup-manual.zh-CN.md'), 'yaml targets'));
  assert.ok(Array.isArray(targets) && targets.length === 5);
  for (const { id: _, ...place } of targets) {
    const given = JSON.parse(JSON.stringify(place).replaceAll(/\{"secret":"[A-Z0-9_]+"\}/g, '"given"')) as unknown;
    assert.ok(Check(BackupPlaceSchema, given), describeMismatches(listMismatches(BackupPlaceSchema, given)));
    assert.deepEqual(checkBackupPlace(given), []);
  }
});

test('the answers file of a first start is taken, and the core takes its profile', () => {
  const { profile, secrets = {}, network, time } = readAnswers(block(OPERATION, 'yaml answers-first-start').replace('<医院备份公钥>', `age1${'q'.repeat(58)}`));
  assert.ok(network?.address !== undefined && time?.length === 1);
  const folder = mkdtempSync(join(tmpdir(), 'hospay-manual-'));
  try {
    mkdirSync(join(folder, 'profiles'));
    writeFileSync(join(folder, 'profiles/appliance.yaml'), stringify(profile));
    writeFileSync(join(folder, 'defaults.yaml'), read('config/defaults.yaml'));
    mkdirSync(join(folder, 'hospitals/demo'), { recursive: true });
    writeFileSync(join(folder, 'hospitals/demo/sqlserver-mapping.json'), read('config/hospitals/demo/sqlserver-mapping.json'));
    const { configuration } = loadConfiguration({ profile: 'appliance', profileFolder: join(folder, 'profiles'), environment: secrets });
    assert.equal(configuration.users.separatedDuties, true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the index of a mirror as the manual shows it is one', () => {
  const index: unknown = JSON.parse(block(OPERATION, 'json update-index'));
  assert.ok(Check(UpdateIndexSchema, index));
  assert.ok(index.bundles.length === 1);
});

test('the ports of the manual are those the firewall lets in', () => {
  const rules = [...`${read('appliance/image/rootfs/etc/nftables.conf')}\n${firewallRules({ role: 'platform' })}`.matchAll(/^(?:\s*|add rule inet hospay input )(tcp|udp) dport (?:\{ ([\d, ]+) \}|(\d+)) accept$/gm)];
  const open = rules.flatMap(([, protocol = '', several, one]) => (several ?? one ?? '').split(',').map((port) => `${port.trim()} ${protocol.toUpperCase()}`));
  const told = [...OPERATION.matchAll(/^\| (\d+) \| (TCP|UDP) \|/gm)].map(([, port = '', protocol = '']) => `${port} ${protocol}`);
  assert.ok(open.length > 5);
  assert.deepEqual(told.toSorted(), open.toSorted());
});

test('what the manual says the screen shows is what it shows, line by line', () => {
  const facts = { role: 'platform', version: '1.0.0', slot: 'a', addresses: ['10.20.0.5'], consolePort: 8090, isEncrypted: false, core: 'ready', isFirewallLoaded: true, update: undefined, setupCode: 'XXXX-XXXX-XXXX-XXXX', answersProblem: undefined, coreProblem: undefined } as const;
  assert.equal(block(OPERATION, 'text').trimEnd(), screenText(facts));
  const source = ['screen-text.ts', 'screen.ts', 'screen-menu.ts'].map((file) => read(`appliance/src/box/${file}`)).join('\n');
  const rows = /^### 屏幕上的每一行\n[^]*?(?=^### 屏幕菜单)/m.exec(OPERATION)?.[0] ?? '';
  const shown = [...rows.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, cell = '']) => named(cell));
  assert.ok(shown.length >= 10);
  assert.deepEqual(shown.filter((words) => !source.includes(words)), []);
});

test('alarms, units and test files the manuals name are there', () => {
  const words = named(ALL);
  const rules = new Set<string>(ALARM_RULES.map(({ id }) => id));
  const table = /^## 十一、机器的告警\n[^]*?^## /m.exec(OPERATION)?.[0] ?? '';
  const alarms = [...table.matchAll(/^\| (`[^|]+)\|/gm)].flatMap(([, cell = '']) => named(cell));
  assert.ok(alarms.length >= 15);
  assert.deepEqual(alarms.filter((alarm) => !rules.has(alarm)), []);
  const units = words.filter((word) => /^hospay[\w@-]*\.(?:service|socket)$/.test(word));
  assert.ok(units.length >= 7);
  assert.deepEqual(units.filter((unit) => !existsSync(join(ROOT, 'appliance/image/rootfs/etc/systemd/system', unit))), []);
  const files = words.filter((word) => word.endsWith('.test.ts'));
  assert.ok(files.length >= 40);
  assert.deepEqual(files.filter((file) => !existsSync(join(ROOT, file))), []);
});

test('commands, labels, partitions and output files the manuals name are those of the code', () => {
  const words = named(ALL);
  const sources = (folder: string): string => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts')).map((path) => read(join(folder, path))).join('\n');
  const code = sources('appliance/src');
  const commands = words.filter((word) => /^hospay [a-z]/.test(word)).map((word) => word.split(' ').filter((part) => /^[a-z-]+$/.test(part) && part !== 'hospay'));
  assert.ok(commands.length >= 3);
  assert.deepEqual(commands.flat().filter((part) => !code.includes(`command('${part}`)), []);
  const labels = words.filter((word) => /^HOSPAY(?:SETUP|BA|UPD)/.test(word));
  const taken = code + ['90-hospay-backup', '91-hospay-update'].map((rules) => read(`appliance/image/rootfs/etc/udev/rules.d/${rules}.rules`)).join('\n');
  assert.deepEqual(labels.filter((label) => !new RegExp(`\\b${label}\\b`).test(taken)), []);
  for (const name of ['esp', 'root-a', 'root-b', 'state', 'log', 'blob', 'ledger']) assert.ok(words.includes(name) && code.includes(`name: '${name}'`), name);
  const outputs = words.filter((word) => word.startsWith('hospay-<版本>')).map((word) => word.replace('hospay-<版本>', ''));
  assert.ok(outputs.length >= 7);
  assert.deepEqual(outputs.filter((ending) => !['.hpu', '.ova'].includes(ending) && !code.includes(`${ending}\``)), []);
});

test('names of file systems that cannot hold a longer one: the setup drive is FAT, and a backup drive of Windows exFAT', () => {
  for (const rules of ['90-hospay-backup', '91-hospay-update']) {
    const { label = '', type = '' } = /ID_FS_LABEL\}=="(?<label>[^"]+)", ENV\{ID_FS_TYPE\}=="(?<type>[^"]+)"/.exec(read(`appliance/image/rootfs/etc/udev/rules.d/${rules}.rules`))?.groups ?? {};
    assert.ok(type.split('|').includes('exfat'), rules);
    assert.ok(label.split('|').some((name) => name.length <= 11), 'FAT and exFAT hold eleven characters');
  }
  assert.ok('HOSPAYSETUP'.length <= 11);
});

test('the sample of the audit log is a chain that verifies, and one changed letter is found', async () => {
  const rows = block(HARDENING, 'json audit-sample').trim().split('\n').map((line) => JSON.parse(line) as AuditRow);
  const verified = async (kept: readonly AuditRow[]) => {
    const store = { append: () => Promise.reject(new Error('a sample')), last: () => Promise.resolve(kept.at(-1)), read: ({ afterSeq }: { readonly afterSeq: number }) => Promise.resolve(kept.filter(({ seq }) => seq > afterSeq)) };
    return createAuditLog({ store, witness: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }, clock: { now: () => new Date(0) } }).verify();
  };
  assert.ok(rows.length >= 4);
  assert.deepEqual(await verified(rows), { rows: rows.length, findings: [] });
  assert.notDeepEqual((await verified(rows.map((row) => (row.seq === 2 ? { ...row, who: 'forger' } : row)))).findings, []);
});

test('the pictures of the manuals are there, each used, few and small', () => {
  const used = [...ALL.matchAll(/\]\(pictures\/([\w-]+\.webp)\)/g)].map(([, name]) => name ?? '');
  assert.deepEqual(readdirSync(join(FOLDER, 'pictures')).toSorted(), [...new Set(used)].toSorted());
  assert.ok(used.length <= 8);
  assert.deepEqual(used.filter((name) => statSync(join(FOLDER, 'pictures', name)).size > 120 * 1024), []);
});
