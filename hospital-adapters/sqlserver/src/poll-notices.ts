/**
 * Looks at the middle tables again and again. A row is told what became of it only when the core has kept its notice; when that is lost the row waits still, is delivered again,
 * and gets the same answer. What is no notice is left as it is and named in the log once.
 */
import type { DeliverNotice, NoticeReceiver } from '@hospay/plugin-sdk';
import { noticeAnswerValues, readNotice, type NoticeMessage } from '@hospay/plugin-sdk/his-mapping';
import { bindCall } from './bind-call.js';
import { callWithRetries } from './call-with-retries.js';
import type { Engine } from './engine.js';
import { pause } from './pause.js';
import type { PreparedCall } from './prepared-call.js';
import type { NoticeTable, NoticeTables } from './prepare-notice-tables.js';

const CALL_MS = 10_000;
/** Asking and telling again are harmless: both are by the notice's number. */
const SENT_AGAIN: ReadonlySet<number> = new Set([1205, 1222]);

export function pollNotices(engine: Engine, notices: NoticeTables, deliver: DeliverNotice): NoticeReceiver {
  const stopping = new AbortController();
  const polls = notices.tables.map((table) => poll(engine, notices, { table, deliver, signal: stopping.signal, toldAt: new Map(), isNamed: new Set() }));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(polls);
    },
  };
}

type Poll = { readonly table: NoticeTable; readonly deliver: DeliverNotice; readonly signal: AbortSignal; /** Rows that wait still, by number. */ readonly toldAt: Map<string, number>; readonly isNamed: Set<string> };

async function poll(engine: Engine, notices: NoticeTables, one: Poll): Promise<void> {
  do await look(engine, notices, one); while (await pause(notices.everyMs, one.signal));
}

async function look(engine: Engine, { againAfterMs }: NoticeTables, one: Poll): Promise<void> {
  const { table: { notice, pending, numberColumn }, toldAt, isNamed, signal } = one;
  if (signal.aborted) return;
  const read = await call(engine, pending, {});
  if (read.kind !== 'answered') {
    engine.log.warn('a middle table of notices could not be read', { kind: notice.kind, reason: read.reason });
    return;
  }
  const rows = read.answer.sets[0]?.rows ?? [];
  const byNumber = Map.groupBy(rows, (row) => textOf(row.get(numberColumn)));
  for (const known of toldAt.keys()) if (!byNumber.has(known)) toldAt.delete(known);
  for (const known of isNamed) if (!byNumber.has(known)) isNamed.delete(known);
  for (const [number, group] of byNumber) {
    if (signal.aborted) return;
    if (engine.now().getTime() - (toldAt.get(number) ?? -Infinity) < againAfterMs) continue;
    await take(engine, one, { number, message: { rows: group, out: new Map() } });
  }
}

async function take(engine: Engine, { table: { notice, told }, deliver, toldAt, isNamed }: Poll, { number, message }: { readonly number: string; readonly message: NoticeMessage }): Promise<void> {
  const read = readNotice(notice, message, engine);
  if (read.kind === 'malformed') {
    if (!isNamed.has(number)) engine.log.warn('a row of a middle table is no notice', { kind: notice.kind, reason: read.reason });
    isNamed.add(number);
    return;
  }
  const answer = await deliver(read.notice);
  // Perhaps not kept: the row waits still.
  if (answer.kind === 'unknown') return;
  const written = await call(engine, told, noticeAnswerValues(number, answer));
  if (written.kind === 'answered') toldAt.set(number, engine.now().getTime());
  else engine.log.warn('a row of a middle table was not told what became of it; told again', { kind: notice.kind, reason: written.reason });
}

type Called = { readonly kind: 'answered'; readonly answer: { readonly sets: readonly { readonly rows: readonly ReadonlyMap<string, unknown>[] }[] } } | { readonly kind: 'failed'; readonly reason: string };

async function call(engine: Engine, prepared: PreparedCall, request: Parameters<typeof bindCall>[2]): Promise<Called> {
  const bound = bindCall(engine, prepared, request);
  if (bound.kind === 'ended') return { kind: 'failed', reason: 'reason' in bound.outcome ? bound.outcome.reason : 'message' in bound.outcome ? bound.outcome.message : bound.outcome.kind };
  const outcome = await callWithRetries(engine, prepared, bound.parameters, { operation: 'notice', urgency: 'ordinary', books: false, retryOnErrors: SENT_AGAIN, signal: AbortSignal.timeout(CALL_MS) });
  switch (outcome.kind) {
    case 'answered': return outcome;
    case 'sqlError': return { kind: 'failed', reason: `SQL error ${String(outcome.number)}: ${outcome.message}` };
    case 'notSent': case 'lost': return { kind: 'failed', reason: outcome.reason };
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}
