import type { Fen } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { ChannelGuest } from '../domain/guests.js';
import type { AcceptanceResult } from '../domain/money-store.js';
import type { Cause } from '../domain/order-change.js';
import type { OrderAggregate, StoredQuote } from '../domain/order.js';
import { tillOfPayment } from '../domain/own-till.js';
import { isSelfTest } from '../domain/self-test.js';
import { makeTradeNo } from '../domain/trade-number.js';
import { giveBack, lockBills, type BillLock } from './bill-lock.js';
import { doubtBooking } from './doubt-booking.js';
import { chargeJoined } from './charge-joined.js';
import { chargePayment } from './charge-payment.js';
import { acceptNothingToPay } from './accept-nothing-to-pay.js';
import { payableOf, type Payable } from './insured-tender.js';
import { makeOrder } from './new-order.js';
import { detailsOf, makePayment, paymentNoOf, type NewPayment } from './new-payment.js';
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
  if (quote.subject?.returnFen !== undefined) return refused('NOTHING_TO_PAY', 'nothing of this discharge is to be collected: settle it');
  // The store answers a replay whatever stands here.
  if (earlier !== undefined) return answerOf(ports, await ports.store.accept(acceptance(ports, request, quote, { wholeFen: quote.selfPayFen, firstFen: quote.selfPayFen, insurance: undefined }, { channel: NOBODY })), {}, request);
  // Only quick pay knows the token, and when it may be charged.
  if (request.method === 'quickPay' && request.agreementToken === undefined) return refused('CHANNEL_UNAVAILABLE', 'quickPay: pay with a bound card');
  const payable = await payableOf(ports, quote, request);
  // The same request may have been accepted in this very moment, and have taken the pre-settlement: then it is answered, not refused.
  if ('code' in payable) return (await ports.store.findOrderByKey(request.idempotency.tenant, request.idempotency.key)) === undefined ? payable : createPayment(ports, request);
  const refusal = whyNot(ports, request, quote, payable);
  if (refusal !== undefined) return refusal;
  if (payable.wholeFen === 0) return acceptNothingToPay(ports, request, quote);
  const guests = chooseChannels(ports, request, quote, payable);
  const { channel, wallet } = guests;
  if (channel === undefined || (payable.wallet !== undefined && wallet === undefined)) return refused('CHANNEL_UNAVAILABLE');
  if (wallet !== undefined && wallet.settlingInsurance === undefined) return refused('MIXED_PAYMENT_UNAVAILABLE', wallet.id);
  // Of a self-test the HIS is not told: its channel may be tested while the HIS is down.
  if (!isSelfTest(quote) && ports.hospitals.find(quote.hospitalId) === undefined) return refused('HIS_UNAVAILABLE');
  const lock = await lockBills(ports, quote, request.idempotency);
  if (lock !== undefined && 'code' in lock) return lock;
  const accepted = await ports.store.accept(acceptance(ports, request, quote, payable, { channel, wallet, lock }));
  await giveBack(ports, quote, lock, accepted);
  return answerOf(ports, accepted, guests, request);
}

const NOBODY = { id: 'none', merchantNo: 'none' } as const;

type Guests = { readonly channel?: ChannelGuest | undefined; readonly wallet?: ChannelGuest | undefined };

/** What was pre-settled lies with one channel; everything else is routed. */
function chooseChannels(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote, { firstFen, insurance, wallet }: Payable): Guests {
  if (insurance === undefined || (wallet === undefined && request.method !== 'medicalInsurance')) return { channel: route(ports, request, quote, firstFen) };
  const { channel } = insurance.presettlement;
  if (wallet !== undefined) return { channel: ports.channels.find(channel), wallet: route(ports, request, quote, wallet.cashFen) };
  return { channel: request.channel === undefined || request.channel === channel ? ports.channels.find(channel) : undefined };
}

function route(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote, amountFen: Fen): ChannelGuest | undefined {
  // A test names what it tests: rules choose for patients, and one that has just failed is tested all the more.
  if (isSelfTest(quote)) return namedChannel(ports, request);
  return ports.channels.choose({
    method: request.method,
    amountFen,
    hospitalId: quote.hospitalId,
    owner: request.owner,
    terminalKind: request.terminalKind,
    feeType: quote.feeType,
    wanted: request.channel,
  });
}

function namedChannel({ channels }: PaymentPorts, { channel = '', method }: CreatePaymentRequest): ChannelGuest | undefined {
  const named = channels.find(channel);
  return named?.methods.includes(method) === true ? named : undefined;
}

async function answerOf(ports: PaymentPorts, accepted: AcceptanceResult, guests: Guests, request: CreatePaymentRequest): Promise<Outcome<OrderView>> {
  switch (accepted.kind) {
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'presettlementNotOpen':
      return refused('PRESETTLEMENT_NOT_OPEN');
    case 'billTaken':
      await doubtBooking(ports, accepted.tradeNo);
      return refused('BILL_IN_PAYMENT', accepted.tradeNo);
    case 'replayed':
      return ok(viewOrder(accepted.aggregate));
    case 'accepted':
      return ok(viewOrder(await chargeFirstTime(ports, accepted.aggregate, guests, request)));
  }
}

function whyNot(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote, { wholeFen }: Payable) {
  if (Date.parse(quote.validUntil) - ports.clock.now().getTime() < ports.policy.quoteMarginMs) return refused('QUOTE_EXPIRED');
  if (request.amountFen !== wholeFen) return refused('AMOUNT_MISMATCH', `to be paid ${String(wholeFen)} fen, asked ${String(request.amountFen)} fen`);
  return undefined;
}

function acceptance(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote, { wholeFen, firstFen, insurance, wallet }: Payable, guests: { readonly channel: NewPayment['channel']; readonly wallet?: NewPayment['channel'] | undefined; readonly lock?: BillLock }) {
  const now = ports.clock.now();
  const tradeNo = makeTradeNo(now, ports.random);
  const isMixed = firstFen < wholeFen;
  const tenderUntil = isMixed ? new Date(Math.min(now.getTime() + ports.policy.tenderLifetimeMs, Date.parse(quote.validUntil))).toISOString() : undefined;
  const cause: Cause = { kind: 'request', id: `${request.idempotency.tenant}/${request.idempotency.key}` };
  const order = makeOrder(request, quote, {
    tradeNo, now, amountFen: wholeFen, tenderUntil, fundFen: insurance?.split.fundFen, personalAccountFen: insurance?.split.accountFen, presettlementNo: insurance?.presettlement.presettlementNo, lockNo: guests.lock?.lockNo,
  });
  const noLaterThan = tenderUntil ?? quote.validUntil;
  const tillNo = tillOfPayment(request.owner, request.operatorId);
  const isJoined = wallet !== undefined && guests.wallet !== undefined;
  const first = makePayment(ports, { tradeNo, leg: 1, channel: guests.channel, method: isJoined ? 'medicalInsurance' : request.method, amountFen: firstFen, noLaterThan, tillNo, settledBy: isJoined ? paymentNoOf(ports, tradeNo, 2) : undefined });
  const beside = isJoined ? makePayment(ports, { tradeNo, leg: 2, channel: guests.wallet, method: request.method, amountFen: wallet.cashFen, noLaterThan, tillNo, insuranceOrder: wallet.insuranceOrder }) : undefined;
  const made = beside === undefined ? [first] : [first, beside];
  return {
    idempotency: request.idempotency,
    order,
    payment: first.payment,
    ...(beside === undefined ? {} : { paymentBeside: beside.payment }),
    cause,
    now,
    events: made.flatMap(({ payment: { paymentNo } }) => [
      { axis: 'payment' as const, subject: paymentNo, from: undefined, to: 'created', trigger: 'accept', cause },
      { axis: 'payment' as const, subject: paymentNo, from: 'created', to: 'submitted', trigger: 'accept', cause },
    ]),
    jobs: [...made.map(({ job }) => job), ...(tenderUntil === undefined ? [] : [{ kind: 'advanceTender' as const, subject: tradeNo, dueAt: new Date(tenderUntil) }])],
  };
}

async function chargeFirstTime(ports: PaymentPorts, aggregate: OrderAggregate, { channel, wallet }: Guests, request: CreatePaymentRequest): Promise<OrderAggregate> {
  const payment = aggregate.payments[0];
  if (payment === undefined || channel === undefined) return aggregate;
  if (wallet !== undefined) return chargeJoined(ports, aggregate, { insurance: channel, wallet }, request);
  return chargePayment(ports, aggregate, payment, channel, detailsOf(request));
}
