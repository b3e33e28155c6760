/** 附件: files put to a case over the console API; they lie encrypted, and nothing of them is changed or thrown away. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let li: ConsoleClient;
let auditor: ConsoleClient;
let path: string;

before(async () => {
  house = await buildConsoleHouse();
  li = await firstAdministrator(house);
  auditor = await auditorBeside(house, li);
  await house.store.openCase({ kind: 'unknownOrder', subject: 'wechat/H1', severity: 2, detail: quoted('渠道通知了未知订单') }, new Date('2026-11-20T01:00:00Z'));
  path = `/cases/${String(house.store.database.prepare('SELECT id FROM discrepancy_case').get()?.['id'])}`;
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const PDF = Buffer.from('%PDF-1.7\n患者张小三的回单');
const attach = (name: string, body: Uint8Array, { by = li, to = path } = {}) => by.send('POST', `${to}/attachments`, body, { 'x-file-name': encodeURIComponent(name) });

test('a receipt is filed, listed and given back byte for byte; on the disk nobody reads it', async () => {
  assert.equal((await attach('回单 11月20日.pdf', PDF)).status, 200);
  const listed = listOf(await attach('again.pdf', PDF), 'attachments');
  assert.deepEqual(listed.map(({ name, mediaType, bytes, by }) => [name, mediaType, bytes, by]), [['回单 11月20日.pdf', 'application/pdf', PDF.length, 'li.admin']], 'the same bytes are the same attachment');
  const given = await auditor.fetchBytes(`${path}/attachments/${String(listed[0]?.['seq'])}`);
  assert.deepEqual(given.bytes, PDF);
  assert.match(given.headers.get('content-disposition') ?? '', /^attachment; filename\*=UTF-8''/);
  const folder = join(house.folder, 'case-files');
  const [file = ''] = readdirSync(folder);
  assert.ok(!readFileSync(join(folder, file)).includes(Buffer.from('患者张小三')));
  const acts = listOf(await auditor.get('/audit?limit=20'), 'rows').map(({ who, what }) => `${String(who)} ${String(what)}`);
  assert.deepEqual(acts.filter((act) => act.includes('case.')).toSorted(), ['chen.audit case.openFile', 'li.admin case.attach', 'li.admin case.attach']);
});

test('what is no document, has no name, belongs to no case, or comes from somebody who only reads is refused', async () => {
  assert.deepEqual([
    codeOf(await attach('run.exe', Buffer.from([0x4d, 0x5a, 0x90, 0x00, 0x03]))), codeOf(await attach('', PDF)), codeOf(await attach('a.pdf', Buffer.alloc(0))), codeOf(await attach('a.pdf', PDF, { to: '/cases/999' })),
    codeOf(await li.get(`${path}/attachments/77`)), codeOf(await attach('a.pdf', PDF, { by: auditor })),
  ], ['MALFORMED_REQUEST', 'MALFORMED_REQUEST', 'MALFORMED_REQUEST', 'NO_SUCH_ITEM', 'NO_SUCH_ITEM', 'NOT_PERMITTED']);
});

test('a file that was altered on the disk is not given out, and the register keeps what it was', async () => {
  await attach('答复.txt', Buffer.from('渠道答复：已退回\n'));
  const row = house.store.database.prepare("SELECT seq, sha256 FROM case_attachment WHERE name = '答复.txt'").get();
  const file = join(house.folder, 'case-files', `${String(row?.['sha256'])}.sealed`);
  writeFileSync(file, `${readFileSync(file, 'utf8').slice(0, -8)}AAAAAAAA`);
  assert.equal(codeOf(await li.get(`${path}/attachments/${String(row?.['seq'])}`)), 'NO_SUCH_ITEM');
  assert.throws(() => house.store.database.exec('DELETE FROM case_attachment'), /append-only/);
});
