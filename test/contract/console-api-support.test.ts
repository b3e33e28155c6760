/** The support bundle at the console, of a real data folder: collected by a process of its own, looked at, taken away without what is to stay, and gone after a day. Canaries are planted; none leaves. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { unpackBundle } from '@hospay/server/edges/support/bundle-archive.js';
import { lockDataFolder } from '@hospay/server/operations/data-folder-lock.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----';
const CANARIES = ['13800138000', 'MIIEvQIBADANBgkqhkiG', 'canary-robot', 'canary-plain', 'canary-key', 'canary-app'];
let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;
before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
  // Which the configuration of this house takes from its data folder.
  writeFileSync(join(house.folder, 'merchant.pem'), PEM);
  mkdirSync(join(house.folder, 'logs'));
  writeFileSync(join(house.folder, 'logs/hospay.log'), `{"level":"info","message":"started"}\na line of a library: called ${CANARIES[0] ?? ''}\n${PEM}\n`);
});
after(async () => {
  assert.deepEqual(house.undeclared, []);
  await house.stop();
});
type Told = { readonly name: string; readonly bytes: number; readonly files: readonly { readonly path: string; readonly mayStay: boolean; readonly redactions: readonly object[] }[]; readonly verdicts: readonly { readonly check: string; readonly level: string; readonly said: { readonly zh: string; readonly en: string } }[] };
const bundleOf = async (client: ConsoleClient): Promise<Told | undefined> => (await client.get('/system/support')).body['bundle'] as Told | undefined;
const waitFor = () => eventually('a bundle', () => bundleOf(administrator), 60_000);
const download = (client: ConsoleClient, body: object) => client.call('POST', '/system/support/download', body);

test('it is collected as work that goes on by itself, one at a time, and tells files, redactions and verdicts', async () => {
  assert.equal(await bundleOf(administrator), undefined);
  // As the platform holds it.
  const lock = lockDataFolder(house.folder, new Date());
  assert.equal((await administrator.call('POST', '/system/support')).status, 200);
  assert.equal(codeOf(await administrator.call('POST', '/system/support')), 'CONFLICT');
  assert.equal((await administrator.get('/system/support')).body['isCollecting'], true);
  const { files, verdicts } = await waitFor();
  assert.deepEqual(files.find(({ path }) => path === 'logs/hospay.log')?.redactions, [{ type: 'phone', count: 1 }, { type: 'key', count: 1 }]);
  assert.deepEqual(files.filter(({ mayStay }) => !mayStay).map(({ path }) => path), ['summary.html', 'summary.md']);
  lock.release();
  for (const name of ['core', 'databases', 'configuration']) assert.equal(verdicts.find(({ check }) => check === name)?.level, 'fine', JSON.stringify(verdicts));
  assert.ok(verdicts.every(({ said }) => said.zh !== '' && said.en !== ''));
  const work = await eventually('its end on the board', async () => listOf(await administrator.get('/work'), 'work').find(({ kind, state }) => kind === 'supportBundle' && state === 'done'));
  assert.equal(work['mayCancel'], false);
  assert.deepEqual(readdirSync(join(house.folder, 'support')), ['laid']);
});

test('what is downloaded is whole or without what stays, holds no canary, and is audited with its sum', async () => {
  const { name } = await waitFor();
  for (const without of [[], ['configuration.txt', 'machine.json']]) {
    const answer = await administrator.fetchBytes('/system/support/download', { name, without });
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${name}.tar.gz"`);
    const { manifest, files } = await unpackBundle(answer.bytes);
    assert.deepEqual([manifest.without, files.filter(({ path }) => without.includes(path))], [without, []]);
    assert.ok(files.some(({ path }) => path === 'logs/hospay.log'));
    for (const { path, text } of [{ path: 'manifest', text: JSON.stringify(manifest) }, ...files]) for (const canary of CANARIES) assert.ok(!text.includes(canary), `${canary} is in ${path}: ${text.split('\n').filter((line) => line.includes(canary)).join('; ')}`);
    const audited = await house.platform.auditEvents.last();
    assert.deepEqual([audited?.who, audited?.what, audited?.object], ['li.admin', 'support.download', name]);
    assert.deepEqual(JSON.parse(audited?.after ?? ''), { sha256: createHash('sha256').update(answer.bytes).digest('hex'), bytes: answer.bytes.byteLength, without });
  }
  assert.deepEqual(readdirSync(join(house.folder, 'support')), ['laid']);
});

test('another bundle than the one that was looked at, and files that are not in it, are refused; nothing leaves', async () => {
  const { name } = await waitFor();
  const lastAudited = await house.platform.auditEvents.last();
  for (const body of [{ name: 'hospay-support-20200101-000000', without: [] }, { name, without: ['../money.sqlite'] }, { name, without: ['summary.md'] }]) assert.equal(codeOf(await download(administrator, body)), 'NO_SUCH_ITEM');
  assert.deepEqual(await house.platform.auditEvents.last(), lastAudited);
});

test('whoever only reads the machine sees the verdicts, and neither collects nor takes anything away', async () => {
  const { name } = await waitFor();
  assert.equal((await bundleOf(auditor))?.name, name);
  assert.equal(codeOf(await auditor.call('POST', '/system/support')), 'NOT_PERMITTED');
  assert.equal(codeOf(await download(auditor, { name, without: [] })), 'NOT_PERMITTED');
});

test('after a day it is gone', async () => {
  const { name } = await waitFor();
  house.later(24 * 3_600 - 60);
  const again = new ConsoleClient(house.origin);
  assert.equal((await again.call('POST', '/session', { login: 'li.admin', password: 'Correct-Horse-7' })).status, 200);
  assert.equal((await bundleOf(again))?.name, name);
  house.later(61);
  assert.equal(await bundleOf(again), undefined);
  assert.equal(codeOf(await download(again, { name, without: [] })), 'NO_SUCH_ITEM');
  house.support.start();
  assert.equal(existsSync(join(house.folder, 'support/laid')), false);
});
