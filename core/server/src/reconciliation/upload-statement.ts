import { beijingDay, type StatementReading } from '@hospay/plugin-sdk';
import { billDayAt } from '../domain/bill-day.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { fileNameOf } from '../domain/file-name.js';
import { LARGEST_STATEMENT_BYTES } from '../domain/reconciliation-store.js';
import { fileOf } from './day-statement.js';
import type { ReconciliationPorts, StatementUploadRequest } from './ports.js';

/**
 * Takes the file of a day that a person took from the channel's portal. It is read before it is kept: a file of another day, another merchant or another kind is told to the person who holds it, not to the night
 * shift. What the channel gives by itself goes before it, so a file that somebody altered lasts no longer than the channel is silent.
 */
export async function uploadStatement({ store, engine, channels, sources, archive, clock, audit }: ReconciliationPorts, { source, day, fileName, bytes, reason, by }: StatementUploadRequest): Promise<Outcome<undefined>> {
  const name = fileNameOf(fileName);
  if (name === undefined) return refused('MALFORMED_REQUEST', 'the file has no usable name');
  if (day >= beijingDay(clock.now())) return refused('CONFLICT', `${day} is not over`);
  if (bytes.length === 0 || bytes.length > LARGEST_STATEMENT_BYTES) return refused('MALFORMED_REQUEST', `a file of 1 to ${String(LARGEST_STATEMENT_BYTES)} bytes`);
  const known = sources().find((one) => one.source === source);
  const files = known === undefined ? undefined : channels.find(source)?.statementFiles;
  if (files === undefined) return refused('NO_SUCH_ITEM', `no active channel ${source} reads statements from files`);
  const read = files.reader === undefined ? await files.readStatement({ day, raw: bytes }) : await engine.readStatement({ reader: files.reader, day, raw: bytes });
  if (read.kind !== 'ok') return refused('STATEMENT_UNUSABLE', read.kind === 'empty' ? 'the file has no rows' : read.kind === 'unknown' ? read.reason : read.message);
  const strays = otherDay(read, day, known?.cutOff);
  if (strays !== undefined) return refused('STATEMENT_UNUSABLE', strays);
  // The file first: a row that names it is only written when it is there.
  const fileSha256 = await archive.keep({ day, name: fileOf(source), bytes });
  const { totals: { paymentFen, refundFen, lines } } = read;
  await store.addUpload({ source, day, fileName: name, fileSha256, bytes: bytes.length, rows: lines, paymentFen, refundFen, reason, by, at: clock.now() });
  await audit.record({ who: by, what: 'reconciliation.upload', object: `statement ${source} ${day}`, after: { fileName: name, fileSha256, rows: lines, paymentFen, refundFen, reason } });
  return ok(undefined);
}

/** Refunds name the time of their payment in some files; most rows are of the day all the same. */
function otherDay({ lines }: Extract<StatementReading, { kind: 'ok' }>, day: string, cutOff: string | undefined): string | undefined {
  const days = new Map<string, number>();
  for (const { at } of lines) {
    const own = billDayAt(at, cutOff);
    days.set(own, (days.get(own) ?? 0) + 1);
  }
  if ((days.get(day) ?? 0) * 2 >= lines.length) return undefined;
  const [most] = [...days].toSorted(([, one], [, other]) => other - one);
  return `most of its ${String(lines.length)} rows are of ${most?.[0] ?? ''}, not of ${day}`;
}
