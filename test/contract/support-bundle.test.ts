/** A support bundle by the command, of real data folders: of a core that is dead, a database that is damaged, a configuration that cannot be read. Canaries are planted; none leaves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { unpackBundle } from '@hospay/server/edges/support/bundle-archive.js';
import { lockDataFolder } from '@hospay/server/operations/data-folder-lock.js';
import { witnessFile } from '@hospay/server/operations/witness-file.js';
import type { VerdictLevel } from '@hospay/server/support/ports.js';
import { buildBackupBench } from './backup-bench.js';

const ROOT = join(import.meta.dirname, '../../..');
const HOSPAY = join(ROOT, 'appliance/dist/hospay.js');
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----';
const CANARIES = ['6222021234567890128', '110101199003070038', '13800138000', '欧阳娜娜', 'MIIEvQIBADANBgkqhkiG', 'correct-horse-battery', 'tok3n-of-the-his-0123', 'canary-in-the-settings'];
const HOUSE = "hospital: { id: demo, name: 示范医院, campuses: [{ id: main, name: 本部 }], merchants: [{ merchantNo: '1', name: 商户, campus: main }] }\nchannels: []\n";
let dataFolder: string;
let profileFolder: string;
let out: string;
/** Of the dead core as it was left. */
let whole: Awaited<ReturnType<typeof collect>>;

before(async () => {
  const bench = await buildBackupBench();
  await bench.payAndConfirm('Q-1');
  await bench.pay('Q-2');
  const { seq, hash } = await bench.store.journalHead();
  writeFileSync(join(bench.dataFolder, 'journal-witness'), `${String(seq)} ${hash}\n`);
  await bench.platform.pluginInstances.save({ id: 'wechat', plugin: 'wechat-pay', kind: 'channel', settings: { apiV3Key: 'canary-in-the-settings' }, enabled: true }, bench.clock.now());
  // As a power cut leaves it: with the logs beside the databases.
  dataFolder = join(mkdtempSync(join(tmpdir(), 'hospay-support-data-')), 'data');
  cpSync(bench.dataFolder, dataFolder, { recursive: true });
  await bench.stop();
  writeFileSync(join(dataFolder, 'logs/hospay.log'), [
    JSON.stringify({ level: 'error', at: '2026-11-28T00:00:00Z', message: `refused for ${CANARIES[0] ?? ''}`, tradeNo: 'H2026112800000001', patientName: CANARIES[3], phone: CANARIES[2] }),
    `a line of a library: idNo=${CANARIES[1] ?? ''} password: ${CANARIES[5] ?? ''}`, PEM, `${CANARIES[3] ?? ''} came back with ${CANARIES[0] ?? ''}`, '',
  ].join('\n'));
  const config = mkdtempSync(join(tmpdir(), 'hospay-support-config-'));
  profileFolder = join(config, 'profiles');
  mkdirSync(profileFolder);
  copyFileSync(join(ROOT, 'config/defaults.yaml'), join(config, 'defaults.yaml'));
  writeFileSync(join(profileFolder, 'house.yaml'), `${HOUSE}his: { id: his, plugin: hospital-adapter-sqlserver, settings: { password: ${CANARIES[5] ?? ''}, accessToken: ${CANARIES[6] ?? ''} } }\n`);
  out = mkdtempSync(join(tmpdir(), 'hospay-support-out-'));
  whole = await collect();
});
after(() => {
  for (const folder of [join(dataFolder, '..'), join(profileFolder, '..'), out]) rmSync(folder, { recursive: true, force: true });
});

test('the core is dead: a bundle has logs, configuration, databases and verdicts, and no canary in any file of it', async () => {
  const { text, bundle } = whole;
  assert.match(text, /核心没有运行/);
  const paths = bundle.files.map(({ path }) => path);
  for (const path of ['summary.html', 'summary.md', 'machine.json', 'units.txt', 'journal.txt', 'time.txt', 'logs/hospay.log', 'configuration.txt', 'databases.json', 'plugins.json', 'backups.json', 'audit.json', 'alarms.json', 'certificates.json']) assert.ok(paths.includes(path), path);
  for (const { path, text: told } of [...bundle.files, { path: 'manifest', text: JSON.stringify(bundle.manifest) }, { path: 'screen', text }]) for (const canary of CANARIES) assert.ok(!told.includes(canary), `${canary} is in ${path}`);
  const log = content(bundle.files, 'logs/hospay.log');
  assert.match(log, /H2026112800000001/);
  const [first, second] = [...log.matchAll(/\[card#\w+\]/g)].map(([pseudonym]) => pseudonym);
  assert.equal(first, second);
  const redactions = bundle.manifest.files.find(({ path }) => path === 'logs/hospay.log')?.redactions;
  assert.deepEqual(redactions, { name: 2, phone: 1, card: 2, idNumber: 1, secret: 1, key: 1 });
});

test('the databases are told by size, state and counts, and not by one row of anybody', async () => {
  const { bundle } = whole;
  const databases = content(bundle.files, 'databases.json');
  assert.match(databases, /"paymentsByState"/);
  assert.match(databases, /"state": "succeeded",\s+"count": 1/);
  assert.doesNotMatch(databases, /kiosk-1|Q-1|m1/);
  assert.equal(level(bundle.manifest, 'databases'), 'fine');
  assert.equal(level(bundle.manifest, 'witness'), 'fine');
  assert.equal(level(bundle.manifest, 'backups'), 'wrong');
  assert.match(content(bundle.files, 'audit.json'), /test\.begin/);
});

test('a running core is seen by its lock, and goes on', async () => {
  const lock = lockDataFolder(dataFolder, new Date());
  try {
    assert.equal(level((await collect()).bundle.manifest, 'core'), 'fine');
  } finally {
    lock.release();
  }
});

test('a journal shorter than its witness is told', async () => {
  const witness = readFileSync(join(dataFolder, 'journal-witness'), 'utf8');
  await witnessFile(join(dataFolder, 'journal-witness')).write({ seq: 4_000, hash: 'a'.repeat(64) });
  try {
    const { bundle } = await collect();
    assert.equal(level(bundle.manifest, 'witness'), 'wrong');
    assert.match(content(bundle.files, 'summary.md'), /总账与见证不一致/);
  } finally {
    writeFileSync(join(dataFolder, 'journal-witness'), witness);
  }
});

test('a database that is damaged is told as such, and everything else is there', async () => {
  const file = join(dataFolder, 'platform.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const intact = readFileSync(file);
  try {
    writeFileSync(file, Buffer.alloc(intact.byteLength, 0x5a));
    const unreadable = await collect();
    assert.equal(level(unreadable.bundle.manifest, 'databases'), 'wrong');
    assert.match(content(unreadable.bundle.files, 'databases.json'), /"file": "platform\.sqlite",\s+"bytes": \d+,\s+"state": "unreadable"/);
    assert.match(content(unreadable.bundle.files, 'databases.json'), /paymentsByState/);
    const torn = Buffer.from(intact);
    for (let page = Math.floor(torn.byteLength / 8192); page < torn.byteLength / 4096; page += 3) torn.fill(0x5a, page * 4096, page * 4096 + 4096);
    writeFileSync(file, torn);
    assert.match(content((await collect()).bundle.files, 'databases.json'), /"state": "damaged"/);
  } finally {
    writeFileSync(file, intact);
  }
});

test('a configuration that cannot be read is told with its reason, and the bundle is made', async () => {
  writeFileSync(join(profileFolder, 'broken.yaml'), `${HOUSE}http: { consolePort: soon, secret: ${CANARIES[5] ?? ''} }\n`);
  const { bundle } = await collect(['--profile', 'broken']);
  assert.equal(level(bundle.manifest, 'configuration'), 'wrong');
  assert.match(content(bundle.files, 'configuration.txt'), /consolePort/);
});

test('secrets that only the service has do not make a configuration wrong, nor are they in it', async () => {
  writeFileSync(join(profileFolder, 'secrets.yaml'), `${HOUSE}his: { id: his, plugin: hospital-adapter-sqlserver, settings: { password: { secret: HOSPAY_ONLY_THE_SERVICE } } }\n`);
  const { bundle } = await collect(['--profile', 'secrets']);
  assert.equal(level(bundle.manifest, 'configuration'), 'fine');
  assert.match(content(bundle.files, 'configuration.txt'), /HOSPAY_ONLY_THE_SERVICE[\s\S]*hospital\.name +示范医院/);
});

test('a data folder that is not there is said, and the bundle is made', async () => {
  const { bundle } = await collect(['--data-folder', join(out, 'nothing')]);
  assert.match(content(bundle.files, 'databases.json'), /"absent"/);
});

test('a bundle is looked at file by file, and what somebody takes out is gone from it', async () => {
  const file = join(out, 'looked-at.tar.gz');
  copyFileSync(whole.file, file);
  const listed = hospay(['support', 'preview', file]);
  assert.match(listed.stdout, /logs\/hospay\.log\s+\d+\s+卡号 cards 2/);
  assert.match(hospay(['support', 'preview', file, 'machine.json']).stdout, /"kernel"/);
  assert.equal(hospay(['support', 'remove', file, 'logs/none.log']).status, 1);
  assert.equal(hospay(['support', 'remove', file, 'logs/hospay.log', 'machine.json']).status, 0);
  const { manifest, files } = await unpackBundle(readFileSync(file));
  assert.ok(!files.some(({ path }) => path === 'logs/hospay.log' || path === 'machine.json'));
  assert.deepEqual(manifest.without, ['logs/hospay.log', 'machine.json']);
  const kept = await collect([], ['--without', 'journal.txt']);
  assert.ok(!kept.bundle.files.some(({ path }) => path === 'journal.txt'));
});

test('a bundle that was changed by hand is refused', async () => {
  const file = join(out, 'torn.tar.gz');
  const bytes = readFileSync(whole.file);
  writeFileSync(file, bytes.subarray(0, bytes.byteLength - 40));
  const { status, stderr } = hospay(['support', 'preview', file]);
  assert.equal(status, 1);
  assert.match(stderr, /损坏/);
});

async function collect(words: readonly string[] = [], own: readonly string[] = []) {
  const given = ['--profile-folder', profileFolder, ...(words.includes('--profile') ? [] : ['--profile', 'house']), ...(words.includes('--data-folder') ? [] : ['--data-folder', dataFolder]), ...words];
  const { status, stdout, stderr } = hospay([...given, 'support', 'collect', '--out', out, ...own]);
  assert.equal(status, 0, `${stdout}${stderr}`);
  const file = stdout.split('\n').find((line) => line.endsWith('.tar.gz')) ?? '';
  return { file, text: stdout, bundle: await unpackBundle(readFileSync(file)) };
}

function hospay(words: readonly string[]) {
  return spawnSync(process.execPath, [HOSPAY, ...words], { encoding: 'utf8' });
}

function content(files: readonly { readonly path: string; readonly text: string }[], path: string): string {
  return files.find((file) => file.path === path)?.text ?? '';
}

function level(manifest: { readonly verdicts: readonly { readonly check: string; readonly level: VerdictLevel }[] }, check: string): VerdictLevel | undefined {
  return manifest.verdicts.find((verdict) => verdict.check === check)?.level;
}
