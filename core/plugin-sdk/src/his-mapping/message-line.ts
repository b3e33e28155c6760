/** One mapped operation of an adapter that sends messages, from canonical request to what is known of it: bind, exchange, judge. */
import type { PluginLog } from '../plugin.js';
import type { HisAnswer, HisRequest, OperationOutcome } from './his-answer.js';
import { bindMessage, type MessageOperation, type MessageValue } from './message-mapping.js';
import { readVerdict } from './read-answer.js';

/** What came of sending one message. */
export type Exchange =
  | { readonly kind: 'answered'; readonly answer: HisAnswer }
  /** The message cannot be written: nothing was sent. */
  | { readonly kind: 'unwritable'; readonly message: string }
  /** The HIS's own definite word that it did not take the message. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** No byte left. */
  | { readonly kind: 'notSent'; readonly reason: string }
  /** No answer, or something else in its place; the HIS may still be at work. */
  | { readonly kind: 'lost'; readonly reason: string };

export type MessageLine<Operation extends MessageOperation> = {
  readonly exchange: (operation: Operation, values: readonly MessageValue[], signal: AbortSignal) => Promise<Exchange>;
  /** What values must fit, undefined for Unicode. */
  readonly codePage: string | undefined;
  readonly offset: string;
  readonly slowCallMs: number;
  readonly log: PluginLog;
  readonly now: () => Date;
};

export async function runMessage<Operation extends MessageOperation>(line: MessageLine<Operation>, operation: Operation, request: HisRequest, signal: AbortSignal): Promise<OperationOutcome> {
  const bound = bindMessage(operation, request, line);
  if (bound.kind === 'refused') return { kind: 'rejected', code: bound.code, message: bound.message, unsent: true };
  const startedAt = performance.now();
  const exchange = await line.exchange(operation, bound.values, signal);
  logSlowCall(line, operation, bound.values, performance.now() - startedAt, exchange.kind);
  switch (exchange.kind) {
    case 'unwritable': return { kind: 'rejected', code: 'HIS_VALUE_NOT_REPRESENTABLE', message: exchange.message, unsent: true };
    case 'notSent': return { kind: 'unknown', reason: `notSent: ${exchange.reason}` };
    case 'lost': return { kind: 'unknown', reason: `${operation.name}: ${exchange.reason}`.slice(0, 500), mayStillRun: true };
    case 'refused': return refusal(operation, exchange);
    case 'answered': return judge(line, operation, { request, values: bound.values }, exchange.answer);
  }
}

/** Only a read can be refused by what is not its own return code: the same word may come from the middle of a booking. */
function refusal(operation: MessageOperation, { code, message }: Extract<Exchange, { kind: 'refused' }>): OperationOutcome {
  if (operation.canonical.books || operation.canonical.shape === 'found') return { kind: 'unknown', reason: `${operation.name}: ${code}: ${message}`.slice(0, 500), mayStillRun: true };
  return { kind: 'rejected', code: code.slice(0, 64), message: message.slice(0, 500) };
}

function judge(line: Pick<MessageLine<MessageOperation>, 'offset' | 'now'>, operation: MessageOperation, asked: { readonly request: HisRequest; readonly values: readonly MessageValue[] }, answer: HisAnswer): OperationOutcome {
  const reading = { request: asked.request, offset: line.offset, now: line.now };
  const verdict = readVerdict(operation, answer);
  if (verdict.kind === 'ok') {
    const place = strayEcho(operation, answer, asked.values);
    if (place !== undefined) return { kind: 'unknown', reason: `${operation.name}: the answer is to another request: ${place} is not what was sent`, mayStillRun: true };
  }
  switch (verdict.kind) {
    case 'ok': return { kind: 'ok', answer, reading };
    case 'alreadyPaid': return { ...verdict, kind: 'alreadyPaid', answer, reading };
    case 'rejected': case 'mismatch': return { kind: verdict.kind, code: verdict.code, message: verdict.message };
    case 'empty': case 'unknown': return verdict;
  }
}

/** The first place of the answer that should repeat a value of the request and does not. */
function strayEcho({ echo }: MessageOperation, answer: HisAnswer, values: readonly MessageValue[]): string | undefined {
  const repeats = (found: unknown, sent: string): boolean => typeof found === 'string' && found.trim() === sent;
  const stray = echo.find(({ column, out, repeats: field }) => {
    const sent = values.find((value) => value.field === field)?.text;
    if (sent === undefined || sent === '') return false;
    if (out !== undefined) return !repeats(answer.out.get(out.toLowerCase()), sent);
    return answer.sets.some(({ rows }) => rows.some((row) => !repeats(row.get(column?.toLowerCase() ?? ''), sent)));
  });
  return stray?.column ?? stray?.out;
}

/** Our own numbers are shown, so that a call can be found; everything else is only its size. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set(['tradeNo', 'refundNo', 'quoteNo', 'day', 'page', 'pageSize', 'terminalId']);

export function maskValues(values: readonly MessageValue[]): string {
  return values.map(({ name, text, field }) => `${name}=${field !== undefined && SHOWN_FIELDS.has(field) ? text : `***(${String(text.length)})`}`).join(' ');
}

function logSlowCall({ log, slowCallMs }: Pick<MessageLine<MessageOperation>, 'log' | 'slowCallMs'>, { name, call }: MessageOperation, values: readonly MessageValue[], durationMs: number, outcome: string): void {
  if (durationMs < slowCallMs) return;
  log.warn('HIS call was slow', { operation: name, call, durationMs: Math.round(durationMs), outcome, parameters: maskValues(values) });
}
