import { ok, refused, type Outcome } from '../domain/errors.js';
import { mayBeClosed } from '../domain/joined-payments.js';
import { endTender } from '../domain/mixed-tender.js';
import type { Owner } from '../domain/order.js';
import { isPaymentEnded } from '../domain/payment-states.js';
import { askChannel, closeAtChannel, mustBeClosed } from './ask-channel.js';
import { isOwnedBy } from './find-order.js';
import { viewOrder, type OrderView } from './order-view.js';
import type { PaymentPorts } from './ports.js';

/**
 * Cancels an unpaid order (撤销): asked once more, then closed at the channel. If the last question finds it paid, the order goes on to the
 * hospital and the answer says so: a cancel never loses a payment and never claims an end the channel has not confirmed.
 */
export async function cancelPayment(ports: PaymentPorts, request: { readonly owner: Owner; readonly tradeNo: string; readonly by: string }): Promise<Outcome<OrderView>> {
  const found = await ports.store.findOrder(request.tradeNo);
  if (found === undefined || !isOwnedBy(found, request.owner)) return refused('ORDER_NOT_FOUND');
  const open = found.payments.filter((payment) => !isPaymentEnded(payment.state));
  if (open.length === 0) {
    if (found.order.tenderUntil !== undefined && found.order.confirmation === 'none') return giveUpTender(ports, request);
    const isSettled = found.payments.some((payment) => payment.state === 'succeeded') || (found.payments.length === 0 && found.order.confirmation !== 'rejected');
    return isSettled ? refused('NOT_CANCELLABLE') : ok(viewOrder(found));
  }
  const now = ports.clock.now();
  const closing = await ports.store.change({ tradeNo: request.tradeNo, cause: { kind: 'request', id: `cancel/${request.by}` }, now }, (change) => {
    // No further payment; when the open one ends short of the whole, what was paid before it goes back.
    if (change.order.tenderUntil !== undefined && change.order.tenderEndingAt === undefined) change.setOrder({ tenderEndingAt: now.toISOString() });
    for (const { paymentNo } of open) {
      const { state } = change.payment(paymentNo);
      if (isPaymentEnded(state)) continue;
      if (state !== 'closing') change.movePayment(paymentNo, 'closing', 'cancel');
      // If the calls below are cut short, the timer carries on at once.
      change.schedule('advancePayment', paymentNo, new Date(now.getTime() + 2_000));
    }
  });
  if (closing.kind !== 'changed') return refused('ORDER_NOT_FOUND');
  // Of two that end together the wallet comes first: what it settles waits for it.
  for (const { paymentNo, channel } of open.toReversed()) {
    const guest = ports.channels.find(channel);
    const payment = closing.aggregate.payments.find((candidate) => candidate.paymentNo === paymentNo);
    if (guest === undefined || payment === undefined || isPaymentEnded(payment.state)) continue;
    const { news, aggregate } = await askChannel(ports, payment, guest);
    const asked = aggregate?.payments.find((candidate) => candidate.paymentNo === paymentNo) ?? payment;
    if (mustBeClosed(news, asked) && aggregate !== undefined && mayBeClosed(aggregate, asked, ports.clock.now(), ports.policy)) await closeAtChannel(ports, asked, guest);
  }
  const after = await ports.store.findOrder(request.tradeNo);
  return after === undefined ? refused('ORDER_NOT_FOUND') : ok(viewOrder(after));
}

/** Nothing is open, and the order still waits for the rest: it ends here, and what was paid goes back, the last payment first. */
async function giveUpTender(ports: PaymentPorts, request: { readonly tradeNo: string; readonly by: string }): Promise<Outcome<OrderView>> {
  const ended = await ports.store.change({ tradeNo: request.tradeNo, cause: { kind: 'request', id: `cancel/${request.by}` }, now: ports.clock.now() }, (change) => {
    if (change.order.confirmation === 'none') endTender(change, 'cancel');
  });
  return ended.kind === 'changed' ? ok(viewOrder(ended.aggregate)) : refused('ORDER_NOT_FOUND');
}
