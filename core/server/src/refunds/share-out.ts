import { fen, subtractFen, type Fen } from '@hospay/plugin-sdk';
import type { OrderChange } from '../domain/order-change.js';
import type { Payment } from '../domain/order.js';
import { refundableFen } from '../domain/reserve-refund.js';

export type Share = { readonly payment: Payment; readonly refundFen: Fen };

/** Which payments give the amount: the last first, each up to what is left of it. */
export function shareOut(change: OrderChange, paid: readonly Payment[], amountFen: Fen): Share[] {
  const shares: Share[] = [];
  let wanted = amountFen;
  for (const payment of paid.toReversed()) {
    const refundFen = fen(Math.min(wanted, refundableFen(change, payment)));
    if (refundFen === 0) continue;
    shares.push({ payment, refundFen });
    wanted = subtractFen(wanted, refundFen);
  }
  return shares;
}

/** A payment that is undone only whole (医保) is asked for a part, or would go back while what was paid beside it stays: neither stands alone. */
export function breaksWhole(change: OrderChange, shares: readonly Share[]): boolean {
  const wholeOnly = shares.filter(({ payment }) => payment.refundsWholeOnly === true);
  if (wholeOnly.some(({ payment, refundFen }) => refundFen !== payment.amountFen)) return true;
  const isAllThatIsLeft = change.payments.every((payment) => refundableFen(change, payment) === (shares.find((share) => share.payment.paymentNo === payment.paymentNo)?.refundFen ?? 0));
  return wholeOnly.length > 0 && !isAllThatIsLeft;
}
