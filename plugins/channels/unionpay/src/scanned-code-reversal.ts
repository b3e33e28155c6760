import type { CallContext, PaymentNews, PaymentReference } from '@hospay/plugin-sdk';

import { meaningOfAnswer } from './response-codes.js';
import type { ReversalBook } from './reversal-book.js';
import type { UnionpaySettings } from './settings.js';
import { reversalFields } from './transaction-content.js';
import { newsOfPaid } from './transaction-news.js';
import type { Seen } from './transaction-query.js';
import type { Wire } from './wire.js';

type Parts = {
  readonly settings: UnionpaySettings;
  readonly wire: Wire;
  readonly reversals: ReversalBook;
  readonly see: (payment: PaymentReference, call: Pick<CallContext, 'signal'>) => Promise<Seen>;
};

/**
 * Reverses (冲正) a scanned code whose payment is not known to be paid, and says what became of the number. UnionPay answers that it took the reversal,
 * not what it did: only a question asked afterwards closes the number. A reversal without an answer stays open in the book and is sent again, under the
 * same identity, by whoever asks next.
 */
export function createScannedCodeReversal({ settings, wire, reversals, see }: Parts): (payment: PaymentReference, call: CallContext) => Promise<PaymentNews> {
  return async (payment, call) => {
    await reversals.asked(payment.tradeNo);
    const answer = await wire.ask('back', reversalFields(payment), call);
    if (answer.kind !== 'answer') return unknown(answer.reason);
    const meaning = meaningOfAnswer(answer.code, settings.refusalCodes);
    if (meaning === 'done') await reversals.accepted(payment.tradeNo);
    // 12, a duplicate: the reversal goes under the number of the payment, so it may speak of either. It proves nothing.
    else if (meaning !== 'refused' && meaning !== 'missing' && meaning !== 'duplicate') return unknown(`UnionPay answered ${answer.code} to the reversal`);

    const seen = await see(payment, call);
    if (seen.kind === 'missing') {
      await reversals.closed(payment.tradeNo);
      return { kind: 'notFound' };
    }
    if (seen.kind !== 'found') return unknown(seen.reason);
    switch (seen.outcome) {
      case 'refused':
        await reversals.closed(payment.tradeNo);
        return { kind: 'closed' };
      case 'unsettled':
        return unknown('the result of the reversal is not there yet');
      case 'done':
        if (meaning === 'done' || meaning === 'duplicate') return unknown('UnionPay took a reversal, or may have, and tells of a payment');
        await reversals.refused(payment.tradeNo);
        return newsOfPaid(seen.fields, settings);
    }
  };
}

function unknown(reason: string): PaymentNews {
  return { kind: 'unknown', reason };
}
