import type { ChannelGuest } from '../domain/guests.js';
import { endTender } from '../domain/mixed-tender.js';
import type { OrderAggregate } from '../domain/order.js';
import { own } from '../domain/own-words.js';
import { applyChargeOutcome, withdraw } from '../domain/payment-news.js';
import { chargePayment, learnCharge, sendCharge } from './charge-payment.js';
import { detailsOf } from './new-payment.js';
import type { PaymentPorts, Tender } from './ports.js';

/**
 * 医保混合收款, both payments being committed: first the insurance channel takes the right to the pre-settlement (nothing goes to the centre), then the wallet places
 * the order the patient confirms. Without the right the wallet is never called.
 */
export async function chargeJoined(ports: PaymentPorts, aggregate: OrderAggregate, { insurance, wallet }: { readonly insurance: ChannelGuest; readonly wallet: ChannelGuest }, tender: Tender): Promise<OrderAggregate> {
  const insured = aggregate.payments.find(({ settledBy }) => settledBy !== undefined);
  const cash = aggregate.payments.find(({ paymentNo }) => paymentNo === insured?.settledBy);
  if (insured === undefined || cash === undefined) return aggregate;
  const { presettlementNo, ...details } = detailsOf(tender);
  const outcome = await sendCharge(ports, aggregate, insured, insurance, { isSettledByWallet: true, ...(presettlementNo === undefined ? {} : { presettlementNo }) });
  const isTaken = outcome.kind === 'pending' || outcome.kind === 'succeeded';
  const learned = await learnCharge(ports, aggregate, insured, insurance, outcome, (change) => {
    if (!isTaken) withdraw(change, cash.paymentNo, own('preSettlementNotTaken'));
    applyChargeOutcome(change, insured.paymentNo, outcome, ports.policy);
    if (!isTaken) endTender(change, 'timer');
  });
  // Cancelled meanwhile, there is nothing to confirm any more.
  const isStillWanted = learned.payments.some(({ paymentNo, state }) => paymentNo === cash.paymentNo && state === 'submitted');
  return isTaken && isStillWanted ? chargePayment(ports, learned, cash, wallet, details) : learned;
}
