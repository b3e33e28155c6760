import { beijingDay, type ChargeRequest, daysBefore, oneAfterAnother, type PaymentChannel, type PluginContext, type Refunding, type RefundReference, type RefundRequest, type Statement } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import { bookNo, dayStatement } from './day-statement.js';
import { DEFAULT_KEEP_DAYS, type CashSettings } from './settings.js';
import type { EntryOf, TillBook } from './till-book.js';
import { tillDay } from './till-days.js';

/** Which day's book holds a refund, and how much of its payment it takes. Written before the line, so that the sum of refunds is never too small. */
const PlaceCheck = Compile(Type.Object({ refundFen: Type.Integer(), day: Type.String() }));
type Place = { readonly refundFen: number; readonly day: string };

/** What the platform keeps of a payment for us: the till it went into and the change that was given. */
const NoteSchema = Type.Object({ till: Type.String(), tenderedFen: Type.Integer(), changeFen: Type.Integer() });
type Note = Static<typeof NoteSchema>;
const noteCheck = Compile(NoteSchema);

const NOT_SENT_LATE = { kind: 'notSent', reason: 'the deadline had passed before anything was counted' } as const;

type CashChannel = PaymentChannel & Refunding & Statement;

/** 现金: counted into a till. The money is in when the charge answers; the book of the till says so for ever. */
export function createCashChannel({ context, book }: { readonly context: PluginContext<CashSettings>; readonly book: TillBook }): CashChannel {
  const { settings, store } = context;
  const merchantNo = settings.merchantNo ?? 'CASH';
  // Looking at what is left and writing the refund belong together; the plugin's store has this one writer.
  const inTurn = oneAfterAnother();

  const succeeded = (entry: EntryOf<'charge'>) =>
    ({
      kind: 'succeeded',
      tradeNo: entry.number,
      merchantNo,
      amountFen: entry.amountFen,
      channelTradeNo: bookNo(entry.number),
      paidAt: entry.at,
      fundingSource: 'cash',
      channelNote: JSON.stringify({ till: entry.tillNo, tenderedFen: entry.tenderedFen, changeFen: entry.tenderedFen - entry.amountFen } satisfies Note),
    }) as const;

  const refunded = (entry: EntryOf<'refund'>) =>
    ({ kind: 'succeeded', refundNo: entry.number, tradeNo: entry.tradeNo, refundFen: entry.amountFen, channelRefundNo: bookNo(entry.number), refundedAt: entry.at }) as const;

  const findRefund = async ({ refundNo, payment: { tradeNo } }: Pick<RefundReference, 'refundNo' | 'payment'>): Promise<EntryOf<'refund'> | undefined> => {
    const place = readPlace(await store.get(placeKey(tradeNo, refundNo)));
    return place === undefined ? undefined : book.find(place.day, 'refund', refundNo);
  };

  const payOut = async (request: RefundRequest, signal: AbortSignal): ReturnType<CashChannel['refund']> => {
    const { refundNo, refundFen, payment } = request;
    const known = await findRefund(request);
    if (known !== undefined) return known.amountFen === refundFen ? refunded(known) : { kind: 'unknown', reason: 'another refund has this number' };
    const paid = (await book.find(beijingDay(payment.submittedAt), 'charge', payment.tradeNo)) ?? fromLongAgo(payment);
    if (paid === undefined) return { kind: 'declined', code: 'NOT_PAID', message: '账本中没有这笔现金收款 / no cash was counted under this number' };
    const others = (await store.list(`refund/${payment.tradeNo}/`, { limit: 1000 })).filter(({ key }) => key !== placeKey(payment.tradeNo, refundNo));
    const takenFen = others.reduce((sum, { value }) => sum + (readPlace(value)?.refundFen ?? 0), 0);
    if (takenFen + refundFen > paid.amountFen) return { kind: 'declined', code: 'OVER_REFUND', message: '超过可退金额 / more than what is left of the payment' };
    const now = context.now();
    const day = beijingDay(now);
    const tillNo = request.operatorId === undefined ? paid.tillNo : `operator:${request.operatorId}`;
    const holdsFen = Math.min(tillDay(day, tillNo, await book.entriesOf(day)).balanceFen, request.tillHoldsFen ?? Number.MAX_SAFE_INTEGER);
    if ((settings.refundBeyondTill ?? 'refuse') === 'refuse' && holdsFen < refundFen) {
      return { kind: 'declined', code: 'TILL_SHORT', message: `钱箱 ${tillNo} 现金不足 / the till does not hold enough` };
    }
    if (signal.aborted) return NOT_SENT_LATE;
    const place: Place = { refundFen, day };
    const entry = { kind: 'refund', number: refundNo, tillNo, amountFen: refundFen, at: now.toISOString(), tradeNo: payment.tradeNo } as const;
    try {
      await store.put(placeKey(payment.tradeNo, refundNo), place);
      // The one write that counts: without it the place above is only a reservation, and the same number may be asked for again.
      return (await book.write(day, entry)) ? refunded(entry) : { kind: 'unknown', reason: 'the till book has another line under this number' };
    } catch (error) {
      return isFull(error) ? { kind: 'notSent', reason: 'the till book is full' } : { kind: 'unknown', reason: 'the till book did not confirm the line' };
    }
  };

  /** A payment whose day has left the book: the platform hands back what the book once told it. */
  const fromLongAgo = ({ submittedAt, paidAt, channelNote, amountFen }: RefundRequest['payment']): { tillNo: string; amountFen: number } | undefined => {
    const note = channelNote === undefined ? undefined : readNote(channelNote);
    const hasLeft = beijingDay(submittedAt) < daysBefore(beijingDay(context.now()), settings.keepDays ?? DEFAULT_KEEP_DAYS);
    return note === undefined || paidAt === undefined || !hasLeft ? undefined : { tillNo: note.till, amountFen };
  };

  return {
    merchantNo,
    methods: ['cash'],

    async charge(request, { signal }) {
      const day = beijingDay(request.submittedAt);
      const known = await book.find(day, 'charge', request.tradeNo);
      if (known !== undefined) return known.amountFen === request.amountFen ? succeeded(known) : { kind: 'unknown', reason: 'another payment has this number' };
      const entry = counted(request);
      if (entry.kind !== 'charge') return entry;
      if (signal.aborted) return NOT_SENT_LATE;
      // The one write. Lost before it: the query finds nothing. Lost after it: the query finds the payment.
      try {
        if (await book.write(day, entry)) return succeeded(entry);
      } catch (error) {
        return isFull(error) ? { kind: 'notSent', reason: 'the till book is full' } : { kind: 'unknown', reason: 'the till book did not confirm the line' };
      }
      return { kind: 'unknown', reason: 'another call counted this number at the same moment' };
    },

    async query({ tradeNo, submittedAt }) {
      const entry = await book.find(beijingDay(submittedAt), 'charge', tradeNo);
      return entry === undefined ? { kind: 'notFound' } : succeeded(entry);
    },

    refund: (request, { signal }) => inTurn(() => payOut(request, signal)),

    async queryRefund(request) {
      const entry = await findRefund(request);
      return entry === undefined ? { kind: 'notFound' } : refunded(entry);
    },

    async downloadStatement({ day }) {
      if (day >= beijingDay(context.now())) return { kind: 'notReady', message: '当日尚未结束 / the day is not over' };
      return dayStatement(await book.entriesOf(day));
    },
  };
}

/** The line of a charge, or why there can be none. */
function counted(request: ChargeRequest): EntryOf<'charge'> | { readonly kind: 'notSent'; readonly reason: string } | { readonly kind: 'declined'; readonly code: string; readonly message: string } {
  const { tradeNo, amountFen, tenderedFen, method, operatorId, terminalId, submittedAt } = request;
  if (method !== 'cash') return { kind: 'notSent', reason: `method ${method} is not offered by this channel` };
  const tillNo = operatorId === undefined ? (terminalId === undefined ? undefined : `terminal:${terminalId}`) : `operator:${operatorId}`;
  if (tillNo === undefined) return { kind: 'notSent', reason: 'no till: neither an operator nor a terminal is named' };
  if (tenderedFen === undefined) return { kind: 'notSent', reason: 'the money was not counted: tenderedFen is missing' };
  if (tenderedFen < amountFen) return { kind: 'declined', code: 'TENDERED_TOO_LITTLE', message: '实收金额少于应收金额 / less was counted in than is due' };
  // The money was counted when the cashier pressed the key, whenever this call gets here: the day of a payment cannot depend on a repeat.
  return { kind: 'charge', number: tradeNo, tillNo, amountFen, tenderedFen, at: submittedAt };
}

function placeKey(tradeNo: string, refundNo: string): string {
  return `refund/${tradeNo}/${refundNo}`;
}

function readPlace(value: unknown): Place | undefined {
  if (value === undefined) return undefined;
  if (!PlaceCheck.Check(value)) throw new Error('the place of a refund cannot be read');
  return value;
}

function readNote(text: string): Note | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return noteCheck.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreFullError';
}
