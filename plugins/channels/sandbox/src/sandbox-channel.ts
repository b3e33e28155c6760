import { createHash } from 'node:crypto';
import type { CallContext, ChargeOutcome, ChargeRequest, CloseOutcome, NotificationAnswer, FullPaymentChannel, RefundOutcome, RefundRequest, StatementLine, StatementOutcome } from '@hospay/plugin-sdk';

import { newsOfOrder, newsOfRefund, SandboxBooks, type SandboxOrder } from './sandbox-books.js';
import { readNotice } from './sandbox-notification.js';
import { readStatement, writeStatement } from './sandbox-statement.js';
import { DEFAULT_SCRIPT, type SandboxSettings, type ScriptedEnd } from './settings.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** A fault for one call. The two time-outs differ in whether the sandbox did its work before it fell silent. */
export type SandboxFault = 'timeoutBeforeExecution' | 'timeoutAfterExecution' | 'noConnection';
export type SandboxOperation = 'charge' | 'query' | 'close' | 'refund' | 'queryRefund' | 'downloadStatement';

export type Sandbox = {
  readonly channel: FullPaymentChannel;
  readonly books: SandboxBooks;
  /** The next call of this operation meets the fault. */
  failNext(operation: SandboxOperation, fault: SandboxFault): void;
  /** From now on new refunds stay in progress until `books.settleRefund`. */
  holdRefunds(): void;
  /** Spoils the bytes of the next statement. */
  spoilNextStatement(spoil: (raw: Uint8Array) => Uint8Array): void;
};

/** A channel that lives in this process and follows a script: for training, demonstrations and drills. No money, no network. */
export function createSandbox(options: { readonly settings: SandboxSettings; readonly now: () => Date }): Sandbox {
  const { settings, now } = options;
  const merchantNo = settings.merchantNo ?? 'SANDBOX';
  const payAfterMs = (settings.payAfterSeconds ?? 5) * 1000;
  const script: readonly { readonly amountEndsWith: string; readonly end: ScriptedEnd }[] = settings.script ?? DEFAULT_SCRIPT;
  const books = new SandboxBooks(now);
  const faults = new Map<SandboxOperation, SandboxFault>();
  let refundsAreHeld = false;
  let spoil: ((raw: Uint8Array) => Uint8Array) | undefined;

  const endOf = (amountFen: number): ScriptedEnd | undefined => script.find((line) => String(amountFen).padStart(9, '0').endsWith(line.amountEndsWith))?.end;

  const charge = (request: ChargeRequest): ChargeOutcome => {
    const known = books.order(request.tradeNo);
    if (known !== undefined) return repeated(known, request);
    if (books.full) return { kind: 'notSent', reason: 'the sandbox is full: restart it' };
    const end = endOf(request.amountFen);
    if (end === 'declined') return { kind: 'declined', code: 'SANDBOX_DECLINED', message: '演练：渠道拒绝 / sandbox: refused by script' };
    books.open({ request, end, paysAt: end === 'neverPaid' ? undefined : new Date(now().getTime() + payAfterMs) });
    return end === 'unknownThenPaid' ? { kind: 'unknown', reason: 'sandbox: the answer is lost by script' } : shown(request.tradeNo);
  };

  const refund = (request: RefundRequest): RefundOutcome => {
    const known = books.refund(request.refundNo);
    if (known !== undefined) {
      const same = known.request.payment.tradeNo === request.payment.tradeNo && known.request.refundFen === request.refundFen;
      const news = newsOfRefund(known);
      return same && (news.kind === 'succeeded' || news.kind === 'processing') ? news : { kind: 'unknown', reason: 'another refund has this number' };
    }
    const order = books.order(request.payment.tradeNo);
    if (order?.state !== 'paid') return { kind: 'declined', code: 'SANDBOX_NOT_PAID', message: '演练：订单未支付 / sandbox: the order is not paid' };
    if (request.payment.amountFen !== order.request.amountFen || request.refundFen > books.refundableFen(request.payment.tradeNo)) {
      return { kind: 'declined', code: 'SANDBOX_OVER_REFUND', message: '演练：超过可退金额 / sandbox: more than can be refunded' };
    }
    if (order.end === 'refundDeclined') return { kind: 'declined', code: 'SANDBOX_NOT_ENOUGH', message: '演练：商户余额不足 / sandbox: no merchant balance' };
    const news = newsOfRefund(books.addRefund(request, refundsAreHeld ? 'processing' : 'succeeded'));
    if (order.end === 'refundUnknown' || (news.kind !== 'succeeded' && news.kind !== 'processing')) return { kind: 'unknown', reason: 'sandbox: the answer is lost by script' };
    return news;
  };

  /** Runs one call, with the fault that waits for it if there is one. `unreached` is the answer when no connection came about. */
  const perform = async <Outcome>(operation: SandboxOperation, { signal }: CallContext, work: () => Outcome, unreached: Outcome): Promise<Outcome | typeof LATE> => {
    const fault = faults.get(operation);
    faults.delete(operation);
    if (signal.aborted || fault === 'noConnection') return unreached;
    if (fault === undefined) return work();
    if (fault === 'timeoutAfterExecution') work();
    await aborted(signal);
    return LATE;
  };

  return {
    books,
    failNext: (operation, fault) => {
      faults.set(operation, fault);
    },
    holdRefunds: () => {
      refundsAreHeld = true;
    },
    spoilNextStatement: (how) => {
      spoil = how;
    },
    channel: {
      merchantNo,
      methods: ['nativeQr'],
      charge: (request, context) => perform('charge', context, () => charge(request), NOT_SENT),
      query: ({ tradeNo }, context) => perform('query', context, () => newsOfOrder(books.order(tradeNo), merchantNo), UNREACHED),
      close: ({ tradeNo }, context) => perform('close', context, () => closed(books, tradeNo), UNREACHED),
      refund: (request, context) => perform('refund', context, () => refund(request), NOT_SENT),
      queryRefund: ({ refundNo }, context) => perform('queryRefund', context, () => newsOfRefund(books.refund(refundNo)), UNREACHED),
      readNotification: (raw) => Promise.resolve(readNotice(raw, { merchantNo, notificationKey: settings.notificationKey })),
      answerNotification,
      downloadStatement: ({ day }, context) =>
        perform(
          'downloadStatement',
          context,
          (): StatementOutcome => {
            const raw = writeStatement(books, day);
            const spoiled = spoil?.(raw) ?? raw;
            spoil = undefined;
            const lines: StatementLine[] = [];
            const read = readStatement(spoiled, (line) => { lines.push(line); });
            return read.kind === 'ok' ? { ...read, lines, raw: spoiled, sha256: createHash('sha256').update(spoiled).digest('hex') } : read;
          },
          UNREACHED,
        ),
    },
  };
}

const LATE: Unknown = { kind: 'unknown', reason: 'the deadline passed' };
const UNREACHED: Unknown = { kind: 'unknown', reason: 'no connection to the sandbox' };
const NOT_SENT: { readonly kind: 'notSent'; readonly reason: string } = { kind: 'notSent', reason: 'no connection to the sandbox' };

function shown(tradeNo: string): ChargeOutcome {
  return { kind: 'pending', present: { kind: 'qr', content: `hospay-sandbox:${tradeNo}` } };
}

/** The same number again: the same order, or a contradiction that only the query may resolve. */
function repeated(order: SandboxOrder, request: ChargeRequest): ChargeOutcome {
  const same = order.request.amountFen === request.amountFen && order.request.expiresAt === request.expiresAt;
  if (!same) return { kind: 'unknown', reason: 'another order has this number' };
  return order.state === 'open' ? shown(request.tradeNo) : { kind: 'unknown', reason: `the order is already ${order.state}` };
}

function closed(books: SandboxBooks, tradeNo: string): CloseOutcome {
  books.close(tradeNo);
  const order = books.order(tradeNo);
  if (order === undefined) return { kind: 'notFound' };
  return order.state === 'paid' ? { kind: 'alreadyPaid' } : { kind: 'closed' };
}

function answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  const status = { stored: 200, refused: 401, retryLater: 503 }[result];
  return { status, headers: { 'content-type': 'text/plain' }, body: result };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => { resolve(); }, { once: true });
  });
}
