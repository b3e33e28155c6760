import { fen, subtractFen, type Fen, type InsuranceOrder, type PaymentMethod } from '@hospay/plugin-sdk';
import { refused, type ErrorCode, type Refused } from '../domain/errors.js';
import type { OrderChange } from '../domain/order-change.js';
import type { InsuranceSplit, Presettlement, StoredQuote } from '../domain/order.js';
import { insuredFen, mayBeTaken, settlesLast } from '../domain/presettlement.js';
import { refundableFen } from '../domain/reserve-refund.js';
import type { PaymentPorts, TenderDetails } from './ports.js';

/** What a new order must bring, and what its first payment takes of it. `wallet`: a payment beside it, whose confirmation settles the first (医保混合收款). */
export type Payable = {
  readonly wholeFen: Fen;
  readonly firstFen: Fen;
  readonly insurance: { readonly presettlement: Presettlement; readonly split: InsuranceSplit } | undefined;
  readonly wallet?: { readonly cashFen: Fen; readonly insuranceOrder: InsuranceOrder };
};

/** Inside the app that the patient pays with; only there can one confirmation settle the insurance too. */
const INSIDE_WALLET: readonly PaymentMethod[] = ['jsapi', 'miniProgram'];

/** Whether the wallet is to settle the insurance together with the payment. */
function isMixedRequest({ method, presettlementNo }: { readonly method: PaymentMethod; readonly presettlementNo?: string }): boolean {
  return presettlementNo !== undefined && INSIDE_WALLET.includes(method);
}

/**
 * Without insurance: the quote's self-pay. With it (医保): all that the quote is about, because fund, personal account and cash are all brought by payments;
 * the first is exactly what the centre said the insurance pays.
 */
export async function payableOf(ports: PaymentPorts, quote: StoredQuote, request: { readonly method: PaymentMethod; readonly tenderFen?: number } & TenderDetails): Promise<Payable | Refused> {
  const { tenderFen, presettlementNo = '', insurancePayer } = request;
  const isMixed = isMixedRequest(request);
  const isSelfPayFirst = ports.policy.insuranceOrder === 'selfPayFirst' && request.presettlementNo !== undefined && !isMixed;
  if (request.method !== 'medicalInsurance' && !isMixed && !isSelfPayFirst) {
    if (tenderFen !== undefined && (!Number.isSafeInteger(tenderFen) || tenderFen <= 0 || tenderFen > quote.selfPayFen)) return refused('TENDER_EXCEEDS_REMAINING');
    return { wholeFen: quote.selfPayFen, firstFen: tenderFen === undefined ? quote.selfPayFen : fen(tenderFen), insurance: undefined };
  }
  const presettlement = await ports.presettlements.find(presettlementNo);
  // Of this quote, and so of its owner: nobody else could have made it.
  if (presettlement?.quoteId !== quote.quoteId) return refused('PRESETTLEMENT_NOT_FOUND');
  const { split, state } = presettlement;
  if (split === undefined || state !== 'presettled') return refused('PRESETTLEMENT_NOT_OPEN', state);
  if (isSelfPayFirst && split.cashFen > 0) return selfPayFirst(quote, request, { presettlement, split });
  const firstFen = insuredFen(split);
  if (tenderFen !== undefined && tenderFen !== firstFen) return refused('AMOUNT_MISMATCH', `the insurance pays ${String(firstFen)} fen, asked ${String(tenderFen)} fen`);
  const insured = { wholeFen: quote.totalFen, firstFen, insurance: { presettlement, split } };
  if (!isMixed) return insured;
  if (tenderFen !== undefined || insurancePayer === undefined) return refused('MALFORMED_REQUEST', 'insurancePayer is required, and tenderFen has no meaning here');
  if (split.cashFen === 0) return refused('WALLET_PAYS_NOTHING');
  if (presettlement.mobileOrder === undefined) return refused('MIXED_PAYMENT_UNAVAILABLE', 'the pre-settlement is not one of mobile payment');
  return { ...insured, wallet: { cashFen: split.cashFen, insuranceOrder: { ...presettlement.mobileOrder, fundFen: split.fundFen, accountFen: split.accountFen } } };
}

/** 先自费: the order begins with what the patient pays himself, or a part of it; the insurance follows. */
function selfPayFirst(quote: StoredQuote, { method, tenderFen }: { readonly method: PaymentMethod; readonly tenderFen?: number }, insurance: NonNullable<Payable['insurance']>): Payable | Refused {
  const { cashFen } = insurance.split;
  if (method === 'medicalInsurance') return refused('SELF_PAY_FIRST', `${String(cashFen)} fen`);
  if (tenderFen !== undefined && (!Number.isSafeInteger(tenderFen) || tenderFen <= 0 || tenderFen > cashFen)) return refused('TENDER_EXCEEDS_REMAINING');
  return { wholeFen: quote.totalFen, firstFen: tenderFen === undefined ? cashFen : fen(tenderFen), insurance };
}

/** What of an order that settles last the patient has still to pay himself; undefined for any other. */
export function selfPayLeftFen(change: Pick<OrderChange, 'order' | 'payments' | 'refunds' | 'presettlement'>): Fen | undefined {
  const { presettlement, payments } = change;
  if (!settlesLast(change) || presettlement?.split === undefined) return undefined;
  return payments.reduce<Fen>((left, payment) => (payment.method === 'medicalInsurance' ? left : subtractFen(left, refundableFen(change, payment))), presettlement.split.cashFen);
}

/**
 * Whether a further payment of this order may be made so: of an insured order nothing is taken before the insurance has paid, or, where it settles last, the insurance not before all the rest is in; and it pays once,
 * exactly what was pre-settled. Asked inside the transaction that adds the payment.
 */
export function checkInsuredTender(change: OrderChange, request: { readonly method: PaymentMethod; readonly presettlementNo?: string }, payment: { readonly channel: string; readonly amountFen: Fen }): ErrorCode | undefined {
  const { order, presettlement, payments, now } = change;
  const isInsured = request.method === 'medicalInsurance';
  if (order.presettlementNo === undefined) return isInsured ? 'PRESETTLEMENT_NOT_FOUND' : undefined;
  const selfPayFen = selfPayLeftFen(change);
  if (selfPayFen !== undefined && !isInsured) return payment.amountFen > selfPayFen ? 'TENDER_EXCEEDS_REMAINING' : undefined;
  if (selfPayFen !== undefined && selfPayFen > 0) return 'SELF_PAY_FIRST';
  const hasPaid = payments.some((paid) => paid.method === 'medicalInsurance' && refundableFen(change, paid) > 0);
  if (!isInsured) return hasPaid ? undefined : 'INSURANCE_FIRST';
  if (hasPaid) return 'TENDER_EXCEEDS_REMAINING';
  if (presettlement === undefined || request.presettlementNo !== order.presettlementNo) return 'PRESETTLEMENT_NOT_FOUND';
  // The order has taken it already; its payment before had no effect.
  const isOurs = presettlement.state === 'settling' && presettlement.tradeNo === order.tradeNo;
  return isOurs && mayBeTaken({ ...presettlement, state: 'presettled' }, order, payment, now) ? undefined : 'PRESETTLEMENT_NOT_OPEN';
}
