import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crc32, inflateRawSync } from 'node:zlib';
import { fen } from '@hospay/plugin-sdk';
import { exportFiles } from '@hospay/server/edges/files/export-files.js';
import type { ExportFormat, ReportDesk, ReportExport, ReportReader, ReportValues } from '@hospay/server/reports/ports.js';
import { createReportDesk } from '@hospay/server/reports/report-desk.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';
const WHOLE_DAY = { from: DAY, to: DAY };
let house: ConsoleHouse;
const priced = (amountFen: number, feeType: string, patientLabel: string) => ({ totalFen: fen(amountFen), selfPayFen: fen(amountFen), feeType, patientLabel });

before(async () => {
  house = await buildConsoleHouse();
  await house.payAndConfirm('A', priced(123_456, '007', '=HYPERLINK("http://evil","*")'));
  await house.payAndConfirm('B', priced(5, '1-2', '@*'));
  await house.payAndConfirm('C', priced(100, '检查费, "CT"', '<张*三>&\u0001'));
  house.hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '单据已关闭' }];
  await house.refundArrives(await house.payAndConfirm('R', priced(8_800, '', '-1+1')));
});
after(() => house.stop());

async function exported(report: string, format: ExportFormat, values: Partial<ReportValues> = {}, desk: ReportDesk = house.reports): Promise<{ readonly done: ReportExport; readonly bytes: Buffer }> {
  const begun = await desk.startExport({ report, format, values: { ...WHOLE_DAY, ...values }, by: 'li.admin' });
  assert.equal(begun.kind, 'ok');
  const done = await ended(desk, begun.value.id);
  assert.equal(done.state, 'done', done.problem?.en);
  return { done, bytes: await contentOf(desk, done.id) };
}
function ended(desk: ReportDesk, id: string): Promise<ReportExport> {
  return eventually('the export has ended', () => Promise.resolve(desk.listExports({ by: 'li.admin' }).find((own) => own.id === id && own.state !== 'waiting' && own.state !== 'running')));
}
async function contentOf(desk: ReportDesk, id: string): Promise<Buffer> {
  const opened = await desk.openExport({ id, by: 'li.admin' });
  assert.equal(opened.kind, 'ok');
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.value.content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The entries of a zip by its directory, each held against its own checksum and its own head. */
function unzip(bytes: Buffer): ReadonlyMap<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  const entries = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < bytes.readUInt16LE(end + 10); index += 1) {
    const [crc, packed, size, nameLength, offset] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    assert.equal(bytes.toString('utf8', offset + 30, offset + 30 + nameLength), name, 'the head says the same name');
    const content = inflateRawSync(bytes.subarray(offset + 30 + nameLength, offset + 30 + nameLength + packed));
    assert.deepEqual([content.byteLength, crc32(content)], [size, crc]);
    entries.set(name, content.toString('utf8'));
    at += 46 + nameLength;
  }
  assert.equal(at, end, 'the directory ends where the end begins');
  return entries;
}

test('CSV: a spreadsheet knows it for UTF-8, runs nothing in it, and keeps zeros, long numbers and what only looks like a date', async () => {
  const rows = await exported('platform-transactions', 'csv');
  const text = rows.bytes.toString('utf8');
  assert.equal(text.charCodeAt(0), 0xFE_FF);
  assert.ok(text.endsWith('\r\n') && !/[^\r]\n/.test(text));
  assert.match(text, /,"'=HYPERLINK\(""http:\/\/evil"",""\*""\)",/);
  assert.match(text, /,'@\*,/);
  assert.match(text, /,'-1\+1,/);
  assert.match(text, /,1234\.56\r\n/, 'an amount is a number');
  assert.match(text, /,-88\.00\r\n/, 'a refund stands below zero and is a number, too');
  assert.ok(text.includes('账单日期,机构,订单状态,交易类型'));
  assert.match(text, /合计,(,){11}1235\.61\r\n$/);
  assert.equal(rows.done.rows, 5);
  const volume = (await exported('volume', 'csv', { by: 'feeType' })).bytes.toString('utf8');
  assert.match(volume, /\r\n007\t,门诊缴费,1,1234\.56,/);
  assert.match(volume, /\r\n1-2\t,/);
  assert.match(volume, /\r\n"检查费, ""CT""",/);
  assert.match(volume, /,93\.27%,/);
});

test('Excel: a workbook whose parts are whole, texts are texts, amounts and shares are numbers', async () => {
  const { bytes, done } = await exported('platform-transactions', 'xlsx');
  const parts = unzip(bytes);
  assert.deepEqual([...parts.keys()], ['[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/styles.xml', 'xl/worksheets/sheet1.xml']);
  const sheet = parts.get('xl/worksheets/sheet1.xml') ?? '';
  assert.ok(sheet.includes('t="inlineStr"><is><t xml:space="preserve">=HYPERLINK(&quot;http://evil&quot;,&quot;*&quot;)</t>'), 'a text, not a formula');
  assert.ok(sheet.includes('>&lt;张*三&gt;&amp;</t>'), 'escaped, and without what XML has no place for');
  assert.ok(sheet.includes('<v>1234.56</v>') && sheet.includes('<v>-88.00</v>') && !sheet.includes('<f>'));
  assert.equal(sheet.match(/<row>/g)?.length, done.rows + 1 + 1 + (sheet.match(/s="6"/g)?.length ?? 0), 'head, totals and heading beside the rows');
  assert.match(parts.get('xl/workbook.xml') ?? '', /<sheet name="平台交易明细"/);
  const volume = unzip((await exported('volume', 'xlsx', { by: 'feeType' })).bytes).get('xl/worksheets/sheet1.xml') ?? '';
  assert.ok(volume.includes('>007</t>') && volume.includes('<v>0.9327</v>'));
});

test('who took what away stands in the audit log with its rows and the hash of the file', async () => {
  const { done, bytes } = await exported('cash-rows', 'csv');
  assert.equal(done.sha256, createHash('sha256').update(bytes).digest('hex'));
  const acts = (await house.platform.auditEvents.read({ afterSeq: 0, limit: 100 })).filter(({ object }) => object === 'report cash-rows');
  assert.deepEqual(acts.map(({ who, what }) => [who, what]).toSorted(), [['li.admin', 'report.download'], ['li.admin', 'report.export']]);
  assert.ok(acts.every(({ after: told }) => JSON.stringify(told).includes(done.sha256 ?? 'no hash')));
});

test('an export is seen, fetched and cancelled by the one who asked and by nobody else', async () => {
  const { done } = await exported('cash-rows', 'csv');
  assert.deepEqual(house.reports.listExports({ by: 'chen.audit' }), []);
  for (const refusal of [await house.reports.openExport({ id: done.id, by: 'chen.audit' }), await house.reports.cancelExport({ id: done.id, by: 'chen.audit' })]) assert.equal(refusal.kind === 'refused' && refusal.code, 'NO_SUCH_ITEM');
});

/** A desk of its own folder, whose reader waits before each page for a word of the test. */
function deskOfItsOwn(set: Partial<ReportReader> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-exports-'));
  const ports = { ...house.reportPorts, files: exportFiles(folder), reader: { ...house.reportPorts.reader, ...set } };
  return { folder, ports, desk: createReportDesk(ports) };
}

test('one that is cancelled between two pages ends there and leaves no file; one that cannot be read says why and leaves none either', async () => {
  let release: () => void = () => {};
  let pages = 0;
  const held = deskOfItsOwn({
    async transactions(of) {
      pages += 1;
      if (pages === 2) await new Promise<void>((resolve) => { release = resolve; });
      return house.reportPorts.reader.transactions({ ...of, limit: 1 });
    },
  });
  const begun = await held.desk.startExport({ report: 'platform-transactions', format: 'xlsx', values: WHOLE_DAY, by: 'li.admin' });
  assert.equal(begun.kind, 'ok');
  await eventually('its second page is read', () => Promise.resolve(pages === 2 ? true : undefined));
  assert.deepEqual(held.desk.listExports({ by: 'li.admin' }).map(({ state, rows }) => [state, rows]), [['running', 1]]);
  await held.desk.cancelExport({ id: begun.value.id, by: 'li.admin' });
  release();
  await held.desk.stop();
  assert.deepEqual([pages, readdirSync(held.folder)], [2, []]);
  const broken = deskOfItsOwn({ transactions: () => Promise.reject(new Error('the disk is gone')) });
  const failing = await broken.desk.startExport({ report: 'platform-transactions', format: 'csv', values: WHOLE_DAY, by: 'li.admin' });
  assert.equal(failing.kind, 'ok');
  const { state, problem } = await ended(broken.desk, failing.value.id);
  assert.deepEqual([state, problem?.en], ['failed', 'the disk is gone']);
  assert.deepEqual(readdirSync(broken.folder), []);
  for (const { folder } of [held, broken]) rmSync(folder, { recursive: true });
});

test('a file outlives a restart, what was broken off does not, and after a day both are gone', async () => {
  const { folder, ports, desk } = deskOfItsOwn();
  const { done, bytes } = await exported('volume', 'csv', {}, desk);
  writeFileSync(join(folder, `${'0'.repeat(26)}.csv`), 'half of a file');
  let now = house.now();
  const next = createReportDesk({ ...ports, clock: { now: () => now } });
  await next.start();
  assert.deepEqual(next.listExports({ by: 'li.admin' }).map(({ id, state }) => [id, state]), [[done.id, 'done']]);
  assert.deepEqual(await contentOf(next, done.id), bytes);
  assert.equal(readdirSync(folder).length, 2, 'the file and its note');
  assert.equal(await next.removeExpired(), 0);
  now = new Date(now.getTime() + 24 * 3_600_000);
  const late = await next.openExport({ id: done.id, by: 'li.admin' });
  assert.equal(late.kind === 'refused' && late.code, 'NO_SUCH_ITEM');
  assert.equal(await next.removeExpired(), 1);
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test('so many may wait and no more', async () => {
  const { folder, desk } = deskOfItsOwn();
  const begun = await Promise.all(Array.from({ length: 21 }, () => desk.startExport({ report: 'volume', format: 'csv', values: WHOLE_DAY, by: 'li.admin' })));
  assert.deepEqual(begun.map((one) => (one.kind === 'refused' ? one.code : one.value.state)), [...Array.from({ length: 20 }, () => 'waiting'), 'TOO_MANY_EXPORTS']);
  await desk.stop();
  rmSync(folder, { recursive: true });
});
