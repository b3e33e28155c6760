import { beijingDay, type StatementFile } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { fileNameOf } from '../domain/file-name.js';
import type { StatementFilesGuest } from '../domain/guests.js';
import { heard } from '../domain/own-words.js';
import { LARGEST_STATEMENT_BYTES } from '../domain/reconciliation-store.js';
import { countRowsOfDays } from './count-rows-of-days.js';
import { fileOf } from './day-statement.js';
import type { ReconciliationPorts, StatementGist, StatementUploadRequest } from './ports.js';

/**
 * Takes the file of a day that a person took from the channel's portal. It is read before it is kept: a file of another day, another merchant or another kind is told to the person who holds it, not to the night
 * shift. What the channel gives by itself goes before it, so a file that somebody altered lasts no longer than the channel is silent.
 */
export async function uploadStatement({ store, engine, channels, sources, archive, clock, audit }: ReconciliationPorts, { source, day, fileName, bytes, reason, by }: StatementUploadRequest): Promise<Outcome<undefined>> {
  const name = fileNameOf(fileName);
  if (name === undefined) return refused('MALFORMED_REQUEST', { zh: '文件名无法使用', en: 'the file has no usable name' });
  if (day >= beijingDay(clock.now())) return refused('CONFLICT', { zh: `${day} 尚未结束，次日才有账单`, en: `${day} is not over` });
  if (bytes.length === 0 || bytes.length > LARGEST_STATEMENT_BYTES) return refused('MALFORMED_REQUEST', { zh: `文件不能为空，最大 ${String(LARGEST_STATEMENT_BYTES)} 字节`, en: `a file of 1 to ${String(LARGEST_STATEMENT_BYTES)} bytes` });
  const known = sources().find((one) => one.source === source);
  const files = known === undefined ? undefined : channels.find(source)?.statementFiles;
  if (files === undefined) return refused('NO_SUCH_ITEM', { zh: `没有运行中的渠道 ${source} 能读取账单文件`, en: `no active channel ${source} reads statements from files` });
  const cutOff = known?.cutOff;
  const read = files.reader === undefined ? await readByChannel(files, { day, raw: bytes }, cutOff) : await engine.readStatement({ reader: files.reader, day, raw: bytes, cutOff });
  if (read.kind !== 'ok') return refused('STATEMENT_UNUSABLE', read.kind === 'empty' ? { zh: '文件中没有交易', en: 'the file has no rows' } : heard(read.kind === 'unknown' ? read.reason : read.message));
  const strays = otherDay(read, day);
  if (strays !== undefined) return refused('STATEMENT_UNUSABLE', strays);
  // The file first: a row that names it is only written when it is there.
  const fileSha256 = await archive.keep({ day, name: fileOf(source), bytes });
  const { totals: { paymentFen, refundFen, lines } } = read;
  await store.addUpload({ source, day, fileName: name, fileSha256, bytes: bytes.length, rows: lines, paymentFen, refundFen, reason, by, at: clock.now() });
  await audit.record({ who: by, what: 'reconciliation.upload', object: `statement ${source} ${day}`, after: { fileName: name, fileSha256, rows: lines, paymentFen, refundFen, reason } });
  return ok(undefined);
}

async function readByChannel(files: StatementFilesGuest, file: StatementFile, cutOff: string | undefined): Promise<StatementGist | { readonly kind: 'unknown'; readonly reason: string }> {
  const read = await files.readStatement(file);
  if (read.kind !== 'ok') return read;
  const rowsOfDay = countRowsOfDays(cutOff);
  for (const line of read.lines) rowsOfDay.take(line);
  return { kind: 'ok', totals: read.totals, rowsOfDay: rowsOfDay.counted };
}

/** Refunds name the time of their payment in some files; most rows are of the day all the same. */
function otherDay({ rowsOfDay }: Extract<StatementGist, { kind: 'ok' }>, day: string): Bilingual | undefined {
  const rows = [...rowsOfDay.values()].reduce((sum, ofDay) => sum + ofDay, 0);
  if ((rowsOfDay.get(day) ?? 0) * 2 >= rows) return undefined;
  const [most] = [...rowsOfDay].toSorted(([, one], [, other]) => other - one);
  return { zh: `文件共 ${String(rows)} 笔，多数属于 ${most?.[0] ?? ''}，不是 ${day} 的账单`, en: `most of its ${String(rows)} rows are of ${most?.[0] ?? ''}, not of ${day}` };
}
