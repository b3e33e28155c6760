import { daysBefore } from '@hospay/plugin-sdk';
import { DIFFERENCE_CLASSES, type RowKind } from '../../../domain/reconciliation.js';
import type { Confirmed, EndedBatch, EndedRow, FoundNow, RunningCheck, RunningDifference, RunningStore } from '../../../domain/running-reconciliation.js';
import { STANDS_AFTER_RUNS } from '../../../domain/running-reconciliation.js';
import type { GroupCommit } from './group-commit.js';
import { doneChannelRows } from './reconciliation-rows.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements };

/** Events read at once: most are no end of a payment or refund. */
const EVENTS_AT_ONCE = 2_000;
/** A clock that was set back leaves events in the future: they are not waited for. */
const CLOCK_MARGIN_MS = 60_000;
/** A day that was never compared keeps its provisional result for so long. */
const KEPT_DAYS = 3;
const NONE = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };

/** 日间对账 in the money database. What ended is found behind a cursor over the events that are written anyway: no payment pays for it. */
export function sqliteRunningStore({ commits, sql }: Parts): RunningStore {
  return {
    takeEnded: (request) => takeEnded(sql, request),
    // A quiet minute writes nothing.
    keepAsked: ({ cursor, done, later, laterAt, confirmed }) => (done.length + later.length === 0 && cursorOf(sql) >= cursor ? Promise.resolve() : commits.write(() => {
      sql.run('UPDATE ended_cursor SET event_id = max(event_id, ?) WHERE id = 1', cursor);
      for (const row of done) sql.run('DELETE FROM asked_later WHERE kind = ? AND number = ?', row.kind, row.number);
      for (const row of later) {
        sql.run(
          'INSERT INTO asked_later (kind, number, ended_at, tries, is_denied, due_at) VALUES (?,?,?,?,?,?) ON CONFLICT (kind, number) DO UPDATE SET tries = excluded.tries, is_denied = excluded.is_denied, due_at = excluded.due_at',
          row.kind, row.number, row.endedAt, row.tries, row.isDenied ? 1 : 0, laterAt.getTime(),
        );
      }
      for (const one of confirmed) addConfirmed(sql, one);
    })),
    async readChannelNow({ channels, day, from, to }, breathe) {
      const list = JSON.stringify(channels);
      const ours = { ...NONE };
      for (const page of doneChannelRows(sql, { source: '', channels, from, to })) {
        for (const { kind, fen } of page) {
          if (kind === 'payment') [ours.payments, ours.paymentFen] = [ours.payments + 1, ours.paymentFen + fen];
          else [ours.refunds, ours.refundFen] = [ours.refunds + 1, ours.refundFen + fen];
        }
        await breathe();
      }
      const theirs = sql.get('SELECT coalesce(sum(payments), 0) AS payments, coalesce(sum(payment_fen), 0) AS payment_fen, coalesce(sum(refunds), 0) AS refunds, coalesce(sum(refund_fen), 0) AS refund_fen FROM confirmed_sum WHERE day = ? AND channel IN (SELECT value FROM json_each(?))', day, list) ?? {};
      // With the words of the index payment_open, so that SQLite looks at the few open payments alone.
      const unknown = sql.get("SELECT count(*) AS n, coalesce(sum(amount_fen), 0) AS fen FROM payment WHERE state = 'unknown' AND state NOT IN ('succeeded', 'closed', 'failed') AND channel IN (SELECT value FROM json_each(?))", list) ?? {};
      return {
        ours, theirs: { payments: number(theirs, 'payments'), paymentFen: number(theirs, 'payment_fen'), refunds: number(theirs, 'refunds'), refundFen: number(theirs, 'refund_fen') },
        unknown: { payments: number(unknown, 'n'), fen: number(unknown, 'fen') }, denied: deniedOf(sql, list),
      };
    },
    saveCheck: (check) => commits.write(() => { saveCheck(sql, check); }),
    listChecks: () => sql.all('SELECT * FROM running_check ORDER BY day DESC, comparison, source').map(checkOf),
  };
}

function takeEnded(sql: Statements, { until, oldest, now, limit }: Parameters<RunningStore['takeEnded']>[0]): EndedBatch {
  const rows = new Map<string, EndedRow>();
  for (const row of sql.all('SELECT * FROM asked_later WHERE due_at <= ? ORDER BY due_at LIMIT ?', now.getTime(), limit)) {
    const ended: EndedRow = { kind: kindOf(row), number: text(row, 'number'), endedAt: text(row, 'ended_at'), tries: number(row, 'tries'), isDenied: number(row, 'is_denied') === 1 };
    rows.set(`${ended.kind}/${ended.number}`, ended);
  }
  let cursor = cursorOf(sql);
  const events = sql.all('SELECT id, axis, subject, to_state, at FROM state_event WHERE id > ? ORDER BY id LIMIT ?', cursor, EVENTS_AT_ONCE);
  for (const event of events) {
    const at = Date.parse(text(event, 'at'));
    if (rows.size >= limit || (at > until.getTime() && at <= now.getTime() + CLOCK_MARGIN_MS)) return { rows: [...rows.values()], cursor, isMore: rows.size >= limit };
    cursor = number(event, 'id');
    const [axis, to, subject] = [text(event, 'axis'), text(event, 'to_state'), text(event, 'subject')];
    const isEnd = axis === 'payment' ? to === 'succeeded' || (to === 'failed' && !isAskedAnyway(sql, subject)) : axis === 'refund' && (to === 'succeeded' || to === 'closed');
    // What is older than a day stands in a statement by now.
    if (!isEnd || at < oldest.getTime()) continue;
    const kind: RowKind = axis === 'payment' ? 'payment' : 'refund';
    if (!rows.has(`${kind}/${subject}`)) rows.set(`${kind}/${subject}`, { kind, number: subject, endedAt: text(event, 'at'), tries: 0, isDenied: false });
  }
  return { rows: [...rows.values()], cursor, isMore: rows.size >= limit || events.length === EVENTS_AT_ONCE };
}

function cursorOf(sql: Statements): number {
  const row = sql.get('SELECT event_id FROM ended_cursor WHERE id = 1');
  return row === undefined ? 0 : number(row, 'event_id');
}

/** Most of what ended unpaid has work of its own that asks after the end. */
function isAskedAnyway(sql: Statements, paymentNo: string): boolean {
  return sql.get("SELECT 1 AS n FROM job WHERE kind = 'advancePayment' AND subject = ?", paymentNo) !== undefined;
}

function addConfirmed(sql: Statements, { channel, day, kind, fen }: Confirmed): void {
  const isPayment = kind === 'payment';
  sql.run(
    `INSERT INTO confirmed_sum (channel, day, payments, payment_fen, refunds, refund_fen) VALUES (?,?,?,?,?,?)
     ON CONFLICT (channel, day) DO UPDATE SET payments = payments + excluded.payments, payment_fen = payment_fen + excluded.payment_fen, refunds = refunds + excluded.refunds, refund_fen = refund_fen + excluded.refund_fen`,
    channel, day, isPayment ? 1 : 0, isPayment ? fen : 0, isPayment ? 0 : 1, isPayment ? 0 : fen,
  );
}

/** What a person has not ended yet. */
function deniedOf(sql: Statements, channels: string): readonly FoundNow[] {
  return sql.all(
    `SELECT c.subject, c.trade_no, c.opened_at, r.refund_no, coalesce(r.refund_fen, p.amount_fen) AS fen, coalesce(r.state, p.state) AS state FROM discrepancy_case c INDEXED BY discrepancy_case_open
       LEFT JOIN refund r ON r.refund_no = c.subject LEFT JOIN payment p ON p.payment_no = coalesce(r.payment_no, c.subject)
      WHERE c.kind = 'channelDenies' AND c.resolved_at IS NULL AND p.channel IN (SELECT value FROM json_each(?))`,
    channels,
  ).map((row): FoundNow => {
    const isDone = text(row, 'state') === 'succeeded';
    return {
      class: 'status', kind: optionalText(row, 'refund_no') === undefined ? 'payment' : 'refund', key: text(row, 'subject'), tradeNo: optionalText(row, 'trade_no'), ourFen: number(row, 'fen'), at: text(row, 'opened_at'),
      ourState: isDone ? 'done' : 'failed', theirState: isDone ? 'failed' : 'done',
    };
  });
}

function saveCheck(sql: Statements, { comparison, source, day, at, ours, theirs, unknown, found, differences }: Parameters<RunningStore['saveCheck']>[0]): void {
  sql.run('DELETE FROM running_check WHERE day < ?', daysBefore(day, KEPT_DAYS));
  sql.run('DELETE FROM confirmed_sum WHERE day < ?', daysBefore(day, KEPT_DAYS));
  // The final run was quicker: nothing provisional comes after it.
  if (sql.get("SELECT 1 AS n FROM reconciliation_run WHERE comparison = ? AND source = ? AND day = ? AND outcome = 'compared'", comparison, source, day) !== undefined) return;
  const nameOf = ({ class: of, kind, key }: FoundNow): string => `${of}/${kind}/${key}`;
  const before = sql.get('SELECT * FROM running_check WHERE comparison = ? AND source = ? AND day = ?', comparison, source, day);
  const stood = new Map((before === undefined ? [] : differencesIn(before)).map((difference) => [nameOf(difference), difference]));
  const now = differences.map((difference): RunningDifference => {
    const earlier = stood.get(nameOf(difference));
    return { ...difference, since: earlier?.since ?? at, runs: (earlier?.runs ?? 0) + 1 };
  });
  const standing = now.filter(({ runs }) => runs >= STANDS_AFTER_RUNS).length;
  sql.run(
    `INSERT INTO running_check (comparison, source, day, at, figures, found, standing, differences) VALUES (?,?,?,?,?,?,?,?)
     ON CONFLICT (comparison, source, day) DO UPDATE SET at = excluded.at, figures = excluded.figures, found = excluded.found, standing = excluded.standing, differences = excluded.differences`,
    comparison, source, day, at, JSON.stringify({ ours, theirs, unknown }), found, standing, JSON.stringify(now),
  );
}

function checkOf(row: Row): RunningCheck {
  const figures = JSON.parse(text(row, 'figures')) as Pick<RunningCheck, 'ours' | 'theirs' | 'unknown'>;
  return { comparison: text(row, 'comparison') === 'hospital' ? 'hospital' : 'channel', source: text(row, 'source'), day: text(row, 'day'), at: text(row, 'at'), ...figures, found: number(row, 'found'), differences: differencesIn(row) };
}

/** Our own words of the run before; a class that is not known any more is left out. */
function differencesIn(row: Row): readonly RunningDifference[] {
  return (JSON.parse(text(row, 'differences')) as readonly RunningDifference[]).filter((difference) => DIFFERENCE_CLASSES.includes(difference.class));
}

function kindOf(row: Row): RowKind {
  return text(row, 'kind') === 'refund' ? 'refund' : 'payment';
}
