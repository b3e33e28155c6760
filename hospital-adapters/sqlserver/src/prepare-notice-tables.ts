/** The middle tables in which a HIS tells what it tells by itself: how each kind is read, and how a row is told what became of it. */
import { NOTICE_ANSWER_FIELDS, prepareNotices, type CanonicalOperation, type NoticeMapping, type PreparedNotice } from '@hospay/plugin-sdk/his-mapping';
import type { NoticesMapping, NoticeTableMapping } from './mapping-schema.js';
import { columnsOf, prepareCall } from './prepare-call.js';
import type { CallSite, PreparedCall } from './prepared-call.js';
import type { SqlServerVersion } from './server-generations.js';

export type NoticeTable = { readonly notice: PreparedNotice; readonly pending: PreparedCall; readonly told: PreparedCall; /** The column of the notice's number. */ readonly numberColumn: string };
export type NoticeTables = { readonly everyMs: number; readonly againAfterMs: number; readonly tables: readonly NoticeTable[] };

/** `found`: what is read decides about money, so that it is never read past locks. */
const PENDING: CanonicalOperation = { shape: 'found', books: false, request: {}, result: {} };
const TOLD: CanonicalOperation = { shape: 'row', books: true, request: NOTICE_ANSWER_FIELDS, result: {} };

export function prepareNoticeTables({ everyMs = 2_000, againAfterMs = 5_000, kinds }: NoticesMapping, version: SqlServerVersion, complaints: string[]): NoticeTables {
  const prepared = prepareNotices(Object.fromEntries(Object.entries(kinds).map(([kind, table]) => [kind, plain(kind, table)])), 'notices.kinds', complaints, { isAskedAgain: true });
  const tables = [...prepared.values()].flatMap((notice): NoticeTable[] => {
    const table = kinds[notice.kind];
    if (table === undefined) return [];
    const path = `notices.kinds.${notice.kind}`;
    const site = (at: string, canonical: CanonicalOperation): CallSite => ({ name: 'notice', canonical, path: `${path}.${at}`, version, complain: (below, expected) => { complaints.push(`${path}.${at}${below}: ${expected}`); } });
    const numberColumn = table.fields[notice.kind === 'refundRequested' ? 'hisRefundNo' : 'noticeNo']?.column;
    if (notice.kind === 'refundQueried') complaints.push(`${path}: a middle table asks nothing: a refund that is under way is told again by itself`);
    if (numberColumn === undefined) complaints.push(`${path}.fields: the notice's number must come from a column`);
    for (const [name, { out }] of Object.entries(table.fields)) if (out !== undefined) complaints.push(`${path}.fields.${name}.out: a row has columns`);
    if (!table.told.parameters.some(({ from }) => from === 'number')) complaints.push(`${path}.told.parameters: missing number: which row is told?`);
    return [{ notice, numberColumn: numberColumn?.toLowerCase() ?? '', pending: prepareCall(table.pending, columnsOf(table.fields, []), site('pending', PENDING)), told: prepareCall(table.told, [], site('told', TOLD)) }];
  });
  return { everyMs, againAfterMs, tables };
}

/** As every other wire declares it; the kind itself is the call. */
function plain(kind: string, { fields, separator, told }: NoticeTableMapping): NoticeMapping {
  const answer = told.parameters.filter(({ direction }) => direction !== 'out').map(({ type: _type, direction: _direction, column: _column, compare: _compare, time: _time, ...parameter }) => parameter);
  return { call: kind, fields, answer, ...(separator === undefined ? {} : { separator }), ...(kind === 'clinicStopped' ? { rows: 'rows' } : {}) };
}
