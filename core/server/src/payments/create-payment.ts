import { fen } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { ChannelGuest } from '../domain/guests.js';
import type { Cause } from '../domain/order-change.js';
import type { Order, OrderAggregate, StoredQuote } from '../domain/order.js';
import { makeTradeNo } from '../domain/trade-number.js';
import { chargePayment } from './charge-payment.js';
import { detailsOf, makePayment } from './new-payment.js';
import { viewOrder, type OrderView } from './order-view.js';
import type { CreatePaymentRequest, PaymentPorts } from './ports.js';

/**
 * Takes a payment for a quote: the intent (order, payment, bill claims, next question) is committed first, then the channel is called once.
 * A repeat with the same key answers what became of the first, never charges again.
 */
export async function createPayment(ports: PaymentPorts, request: CreatePaymentRequest): Promise<Outcome<OrderView>> {
  const earlier = await ports.store.findOrderByKey(request.idempotency.tenant, request.idempotency.key);
  // A replay is answered even when no new payment may be taken, and after its quote has long expired.
  if (earlier === undefined) {
    const reason = ports.reasonToRefuse();
    if (reason !== undefined) return refused('STOPPED_FOR_SAFETY', reason);
  }
  const quote = await ports.store.findQuote(request.quoteId);
  if (quote === undefined || quote.owner.kind !== request.owner.kind || quote.owner.id !== request.owner.id) return refused('QUOTE_NOT_FOUND');
  const channel = ports.channels.choose({
    method: request.method,
    amountFen: request.tenderFen ?? quote.selfPayFen,
    hospitalId: quote.hospitalId,
    owner: request.owner,
    terminalKind: request.terminalKind,
    feeType: quote.feeType,
    wanted: request.channel,
  });
  const refusal = earlier === undefined ? whyNot(ports, request, quote, channel) : undefined;
  if (refusal !== undefined) return refusal;
  const merchant = channel ?? { id: request.channel ?? 'none', merchantNo: 'none' };
  const accepted = await ports.store.accept(acceptance(ports, request, quote, merchant));
  switch (accepted.kind) {
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'billTaken':
      return refused('BILL_IN_PAYMENT', accepted.tradeNo);
    case 'replayed':
      return ok(viewOrder(accepted.aggregate));
    case 'accepted':
      return ok(viewOrder(await chargeFirstTime(ports, accepted.aggregate, channel, request)));
  }
}

function whyNot(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote, channel: ChannelGuest | undefined) {
  if (Date.parse(quote.validUntil) - ports.clock.now().getTime() < ports.policy.quoteMarginMs) return refused('QUOTE_EXPIRED');
  if (quote.selfPayFen === 0) return refused('NOTHING_TO_PAY');
  if (request.amountFen !== quote.selfPayFen) return refused('AMOUNT_MISMATCH', `quote ${String(quote.selfPayFen)} fen, asked ${String(request.amountFen)} fen`);
  if (request.tenderFen !== undefined && (!Number.isSafeInteger(request.tenderFen) || request.tenderFen <= 0 || request.tenderFen > quote.selfPayFen)) return refused('TENDER_EXCEEDS_REMAINING');
  if (channel === undefined) return refused('CHANNEL_UNAVAILABLE');
  if (ports.hospitals.find(quote.hospitalId) === undefined) return refused('HIS_UNAVAILABLE');
  return undefined;
}

function acceptance(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote, channel: Pick<ChannelGuest, 'id' | 'merchantNo'>) {
  const now = ports.clock.now();
  const tradeNo = makeTradeNo(now, ports.random);
  const isMixed = request.tenderFen !== undefined && request.tenderFen < quote.selfPayFen;
  const tenderUntil = isMixed ? new Date(Math.min(now.getTime() + ports.policy.tenderLifetimeMs, Date.parse(quote.validUntil))).toISOString() : undefined;
  const cause: Cause = { kind: 'request', id: `${request.idempotency.tenant}/${request.idempotency.key}` };
  const order: Order = {
    tradeNo,
    hospitalId: quote.hospitalId,
    merchantId: request.merchantId,
    owner: request.owner,
    quoteId: quote.quoteId,
    hisQuoteNo: quote.hisQuoteNo,
    patientId: quote.patientId,
    patientLabel: quote.patientLabel,
    billNos: quote.billNos,
    description: request.description,
    totalFen: quote.totalFen,
    fundFen: quote.fundFen,
    personalAccountFen: quote.personalAccountFen,
    amountFen: quote.selfPayFen,
    createdAt: now.toISOString(),
    version: 1,
    confirmation: 'none',
    settlementNo: undefined,
    receiptNo: undefined,
    pickupWindow: undefined,
    guide: undefined,
    confirmedAt: undefined,
    hisDay: undefined,
    confirmAttempts: 0,
    paidAt: undefined,
    receiptPrintedAt: undefined,
    tenderUntil,
    tenderEndingAt: undefined,
  };
  const { payment, job } = makePayment(ports, { tradeNo, leg: 1, channel, method: request.method, amountFen: fen(request.tenderFen ?? quote.selfPayFen), noLaterThan: tenderUntil ?? quote.validUntil });
  const { paymentNo } = payment;
  return {
    idempotency: request.idempotency,
    order,
    payment,
    cause,
    now,
    events: [
      { axis: 'payment' as const, subject: paymentNo, from: undefined, to: 'created', trigger: 'accept', cause },
      { axis: 'payment' as const, subject: paymentNo, from: 'created', to: 'submitted', trigger: 'accept', cause },
    ],
jobs: tenderUntil === undefined ? [job] : [job, { kind: 'advanceTender' as const, subject: tradeNo, dueAt: new Date(tenderUntil) }],
  };
}

async function chargeFirstTime(ports: PaymentPorts, aggregate: OrderAggregate, channel: ChannelGuest | undefined, request: CreatePaymentRequest): Promise<OrderAggregate> {
  const payment = aggregate.payments[0];
  if (payment === undefined || channel === undefined) return aggregate;
  return chargePayment(ports, aggregate, payment, channel, detailsOf(request));
}
