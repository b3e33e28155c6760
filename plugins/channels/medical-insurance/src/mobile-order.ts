import { instantOfBeijing } from '@hospay/plugin-sdk';
import { fenAt, fieldsAt, textAt, type Fields } from './answer-fields.js';
import type { Presettlement } from './presettlement-book.js';
import { addUp, type Settlement, type Split } from './settlement.js';
import type { CompleteSettings } from './settings.js';

/** The split an order tells, its identity checked: feeSumamt = fundPay + psnAcctPay + ownPayAmt (+ othFeeAmt); otherwise why it cannot be believed. */
export function readOrderSplit(order: Fields, settings: Pick<CompleteSettings, 'familyAccount'>): Split | string {
  try {
    const [totalFen, fundFen, ownAccountFen, ownFen] = ['feeSumamt', 'fundPay', 'psnAcctPay', 'ownPayAmt'].map((name) => fenAt(order, name));
    if (totalFen === undefined || fundFen === undefined || ownAccountFen === undefined || ownFen === undefined) return 'the order lacks one of its amounts';
    if ([totalFen, fundFen, ownAccountFen, ownFen].some((amountFen) => amountFen < 0)) return 'an amount of the order is negative';
    const accountFen = ownAccountFen + (settings.familyAccount === 'separate' ? (fenAt(order, 'acctMulaidPay') ?? 0) : 0);
    const cashFen = ownFen + (fenAt(order, 'othFeeAmt') ?? 0);
    return addUp({ totalFen, fundFen, accountFen, cashFen }, fenAt(order, 'hospPartAmt') ?? 0) ?? 'fund, account and cash are not the whole';
  } catch {
    return 'an amount of the order is no amount';
  }
}

/** The settlement of the order a pre-settlement made; otherwise why it is not that one. `otherwiseAt` is when it was heard of, where the centre tells no time. */
export function readOrderSettlement(order: Fields, { presettlement, settings, otherwiseAt }: { readonly presettlement: Pick<Presettlement, 'payOrder' | 'presettlementNo' | 'totalFen' | 'insuranceType'>; readonly settings: CompleteSettings; readonly otherwiseAt: Date }): Settlement | string {
  const split = readOrderSplit(order, settings);
  if (typeof split === 'string') return split;
  if (!isOrderOf(order, presettlement) || split.totalFen !== presettlement.totalFen) return 'the answer is about another order or another total';
  const detail = fieldsAt(order['extData'], 'setlinfo');
  const told = [textAt(order, 'traceTime'), textAt(detail, 'setlTime'), textAt(detail, 'setl_time')].map(instantOfBeijing).find((at) => at !== undefined);
  return { settlementId: presettlement.payOrder?.id ?? '', settledAt: told ?? otherwiseAt.toISOString(), split, insuranceType: presettlement.insuranceType, clearingType: '', clearingOffice: '' };
}

export type OrderName = { readonly payOrder?: Presettlement['payOrder']; readonly presettlementNo?: string };

/** An order is named by the centre's number, and where both sides know ours, by that as well. */
export function isOrderOf(order: Fields, { payOrder, presettlementNo }: OrderName): boolean {
  const [id, own] = [textAt(order, 'payOrdId'), textAt(order, 'medOrgOrd')];
  return id !== '' && id === payOrder?.id && (own === '' || presettlementNo === undefined || own === presettlementNo);
}
