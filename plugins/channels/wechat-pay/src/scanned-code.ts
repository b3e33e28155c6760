import type { CallContext, ChargeOutcome, ChargeRequest, CloseOutcome, PaymentNews, PaymentReference, PluginContext } from '@hospay/plugin-sdk';

import type { ReverseBook } from './reverse-book.js';
import type { WechatPaySettings } from './settings.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type NotSent = { readonly kind: 'notSent'; readonly reason: string };
type Succeeded = Extract<PaymentNews, { kind: 'succeeded' }>;

/** What the charge of a scanned code was answered. `refused` only for codes that are documented as an end. */
export type ScannedCharge = Succeeded | { readonly kind: 'payerIsPaying' } | { readonly kind: 'refused'; readonly code: string; readonly message: string } | NotSent | Unknown;

/** The two interfaces for scanned codes, API v2 and v3, as the rules below need them. */
export type ScannedCodeInterface = {
  charge(request: ChargeRequest, call: CallContext): Promise<ScannedCharge>;
  /** `isSpent`: the order is there, its code is used up and nobody is paying. */
  query(tradeNo: string, call: CallContext): Promise<{ readonly news: PaymentNews; readonly isSpent: boolean }>;
  /** `again`: WeChat Pay wants the same reverse once more (recall=Y). */
  reverse(tradeNo: string, call: CallContext): Promise<{ readonly kind: 'done' | 'again' } | Unknown>;
};

export type ScannedCode = {
  charge(request: ChargeRequest, call: CallContext): Promise<ChargeOutcome>;
  query(payment: PaymentReference, call: CallContext): Promise<PaymentNews>;
  close(payment: PaymentReference, call: CallContext): Promise<CloseOutcome>;
};

/** WeChat Pay asks to leave this long between a charge and its reverse. */
const DEFAULT_REVERSE_AFTER_MS = 15_000;
const RECALL_GAP_MS = 1_000;
/** In one call; the platform closes again until the number is dead. */
const MOST_RECALLS = 3;

/**
 * 付款码支付: the payer's code was scanned. The answer to the charge may be the payment; whatever is not certain is asked about. The only way to end an
 * unpaid number is the reverse (撤销), which also gives back what was paid meanwhile. So it goes out only after a last question, and from then on the way is
 * one: no success of the number is believed any more, and it is reversed until WeChat Pay says that it is.
 */
export function createScannedCode(context: PluginContext<WechatPaySettings>, api: ScannedCodeInterface, book: ReverseBook): ScannedCode {
  const reverseAfterMs = context.settings.reverseAfterMs ?? DEFAULT_REVERSE_AFTER_MS;

  const reverse = async ({ tradeNo, submittedAt }: PaymentReference, call: CallContext): Promise<CloseOutcome> => {
    const earliest = Date.parse(submittedAt) + reverseAfterMs;
    if (context.now().getTime() < earliest) return unknown(`WeChat Pay wants ${String(reverseAfterMs)} ms between a charge and its reverse`);
    await book.ask(tradeNo);
    for (let times = 0; times < MOST_RECALLS; times += 1) {
      const answer = await api.reverse(tradeNo, call);
      if (answer.kind === 'unknown') return answer;
      if (answer.kind === 'done') {
        // The answer of API v2 names no number: what became of ours is asked.
        const { news } = await api.query(tradeNo, call);
        return news.kind === 'closed' ? news : unknown(`reversed, yet the payment is ${news.kind}`);
      }
      await pause(context, RECALL_GAP_MS, call.signal);
    }
    return unknown('WeChat Pay asks to reverse again');
  };

  return {
    async charge(request, call) {
      if (!/^1[0-5]\d{16}$/.test(request.authCode ?? '')) return { kind: 'notSent', reason: 'the scanned code is no payment code of WeChat' };
      if (call.signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
      if (await book.isAsked(request.tradeNo)) return unknown('this number was reversed: it is asked about, never charged again');
      const answer = await api.charge(request, call);
      switch (answer.kind) {
        case 'succeeded':
          return (await book.isAsked(request.tradeNo)) ? unknown('paid, and reversed meanwhile') : answer;
        case 'payerIsPaying':
          return { kind: 'pending', present: { kind: 'none' } };
        case 'refused': {
          // A refused repeat proves nothing about the first attempt, and neither does a refusal about an order that somebody is paying.
          if (call.attempt > 1) return unknown(`WeChat Pay answered ${answer.code}`);
          const { news, isSpent } = await api.query(request.tradeNo, call);
          return news.kind === 'notFound' || isSpent ? { kind: 'declined', code: answer.code, message: answer.message } : unknown(`WeChat Pay answered ${answer.code}`);
        }
        case 'notSent':
        case 'unknown':
          return answer;
      }
    },

    async query(payment, call) {
      const { news } = await api.query(payment.tradeNo, call);
      // Paid, and a reverse may be under way: the money is going back, and closing goes on until it has.
      if (news.kind === 'succeeded' && (await book.isAsked(payment.tradeNo))) return { kind: 'pending' };
      return news.kind === 'closed' && payment.paidAt !== undefined ? unknown('a payment known to be paid was reversed by somebody else') : news;
    },

    async close(payment, call) {
      const isAsked = await book.isAsked(payment.tradeNo);
      const { news } = await api.query(payment.tradeNo, call);
      switch (news.kind) {
        case 'succeeded':
          return isAsked ? reverse(payment, call) : { kind: 'alreadyPaid' };
        case 'pending':
          return reverse(payment, call);
        case 'closed':
        case 'notFound':
        case 'unknown':
          return news;
        case 'declined':
          return unknown('a scanned code is never declined by a query');
      }
    },
  };
}

function pause(context: Pick<PluginContext<unknown>, 'after'>, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = context.after(milliseconds, resolve);
    signal.addEventListener('abort', () => {
      timer.cancel();
      resolve();
    }, { once: true });
  });
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
