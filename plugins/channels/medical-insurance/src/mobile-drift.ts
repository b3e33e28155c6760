import type { PaymentNews, PluginContext } from '@hospay/plugin-sdk';

import { textAt, type Fields } from './answer-fields.js';
import type { Attempts, KeptAttempt } from './attempts.js';
import type { MobileLine } from './mobile-line.js';
import { refundInput } from './mobile-messages.js';
import type { MobileOrders } from './mobile-orders.js';
import { stateOf } from './order-states.js';
import type { Presettlement, PresettlementBook } from './presettlement-book.js';
import { SPLIT_CHANGED, type Settlement } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

type Ordered = Presettlement & { readonly payOrder: NonNullable<Presettlement['payOrder']> };

const NOT_SHOWN = { kind: 'unknown', reason: 'the order was settled for another amount, and does not show yet that this is undone' } as const;

/** Returns by 6203 what an order settled for another amount than it was paid for. Declined once the order shows it, unknown until then. */
export type UndoMobileDrift = (kept: KeptAttempt, given: { readonly presettlement: Ordered; readonly order: Fields; readonly settlement: Settlement }, signal: AbortSignal) => Promise<PaymentNews>;

export function createUndoMobileDrift({ context, settings, line, orders, book, attempts }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: MobileLine; readonly orders: MobileOrders; readonly book: PresettlementBook; readonly attempts: Attempts }): UndoMobileDrift {
  return async (kept, { presettlement, order, settlement }, signal) => {
    // The intent stands before 6203 leaves. Its number and its time are those of the payment, so that a repeat is the same message.
    const { number, sentAt, state } = kept.attempt.state === 'reversing' ? kept.attempt : await attempts.end(kept, { state: 'reversing', refusal: SPLIT_CHANGED, settlement });
    if (state !== 'reversing') return { kind: 'unknown', reason: 'the centre settled an order it had revoked' };
    if (stateOf(textAt(order, 'ordStas')).refund !== 'refunded') {
      const { voucherType, voucherNumber, payOrder } = presettlement;
      const { split } = settlement;
      const asked = { order: payOrder, voucher: { kind: voucherType, number: voucherNumber }, fund: split.fundFen, account: split.accountFen };
      const answer = await line.ask({ infno: '6203', data: refundInput(asked, { refundNo: `D${number}`, at: new Date(sentAt), reason: '结算金额与预结算不同' }, settings), signal });
      if (answer.kind !== 'done') context.log.warn('a settlement of another amount is not undone yet', { order: payOrder.id, cause: answer.kind });
      const found = await orders.ask(presettlement, signal);
      if (found.kind === 'unknown') return found;
      if (stateOf(textAt(found.order, 'ordStas')).refund !== 'refunded') return NOT_SHOWN;
    }
    // A returned order is paid no more: the visit needs another one.
    await book.change(presettlement, { abandoned: true, voucherNumber: '' });
    await attempts.endReversal(kept, { state: 'refused', refusal: SPLIT_CHANGED });
    return { kind: 'declined', ...SPLIT_CHANGED };
  };
}
