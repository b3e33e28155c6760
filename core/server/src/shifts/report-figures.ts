import type { Wallet } from '../checkout/ports.js';
import { handedFen, standingCountFen, type Denomination, type FeeTypeSum, type ShiftFigures, type ShiftRecord, type ShiftTender, type Sum, type UsedForm } from '../domain/shift.js';

/** A way of payment as a report has columns for it. */
export type TenderKind = 'cash' | 'bankCard' | 'insurance' | Wallet | 'other';

/** What one report adds up: one shift, or all shifts of a till that were closed on a day. */
export type ReportFigures = {
  readonly records: readonly ShiftRecord[];
  /** Taken − refunded, in fen. */
  readonly net: Readonly<Record<TenderKind, number>>;
  readonly fundFen: number;
  readonly accountFen: number;
  readonly refunded: Sum;
  readonly refundedOfEarlier: Sum;
  readonly bills: ShiftFigures['bills'];
  /** 押金: inpatient deposits taken and given back, in fen. */
  readonly depositFen: number;
  readonly depositRefundedFen: number;
  readonly receiptNos: readonly string[];
  readonly refundedReceiptNos: readonly string[];
  /** Numbered forms of the till; undefined where it never had any: the HIS's receipt numbers are then the only ones. */
  readonly forms: { readonly printed: readonly UsedForm[]; readonly voided: readonly UsedForm[] } | undefined;
  readonly changeMoneyFen: number;
  /** 上缴现金: what was counted without the change money. */
  readonly handedFen: number;
  /** 长款 above zero, 短款 below, each on its own: one does not make up for the other. */
  readonly longFen: number;
  readonly shortFen: number;
  readonly denominations: readonly Denomination[];
};

export function addUp(records: readonly ShiftRecord[], walletOf: (channel: string) => Wallet | undefined): ReportFigures {
  const figures = records.map(({ shift }) => shift.figures);
  const tenders = figures.flatMap((one) => one.tenders);
  const net: Record<TenderKind, number> = { cash: 0, bankCard: 0, insurance: 0, wechat: 0, alipay: 0, unionpay: 0, eCny: 0, other: 0 };
  for (const tender of tenders) net[kindOf(tender, walletOf)] += tender.taken.amountFen - tender.refunded.amountFen;
  const differences = records.map((record) => standingCountFen(record) - record.shift.figures.expectedFen);
  return {
    records,
    net,
    fundFen: total(tenders, ({ fundFen }) => fundFen),
    accountFen: total(tenders, ({ accountFen }) => accountFen),
    refunded: sumUp(tenders, ({ refunded }) => refunded),
    refundedOfEarlier: sumUp(tenders, ({ refundedOfEarlier }) => refundedOfEarlier),
    bills: addBills(figures),
    depositFen: total(figures.flatMap(({ bills }) => bills.feeTypes), ({ business, totalFen }) => (business === 'deposit' ? totalFen : 0)),
    depositRefundedFen: total(figures, ({ depositsRefunded }) => depositsRefunded.amountFen),
    receiptNos: figures.flatMap(({ receipts }) => receipts.receiptNos).toSorted(),
    refundedReceiptNos: [...new Set(figures.flatMap(({ receipts }) => receipts.refundedReceiptNos))].toSorted(),
    forms: addForms(figures),
    changeMoneyFen: total(figures, ({ changeMoney }) => changeMoney.amountFen),
    handedFen: total(records, (record) => handedFen(standingCountFen(record), record.shift.figures)),
    longFen: total(differences, (difference) => Math.max(0, difference)),
    shortFen: total(differences, (difference) => Math.max(0, -difference)),
    denominations: addDenominations(records),
  };
}

/** Digital yuan is its own way, whichever channel carried it; a wallet is known by the channel that serves it. */
function kindOf({ method, isECny, channel }: ShiftTender, walletOf: (channel: string) => Wallet | undefined): TenderKind {
  if (method === 'cash' || method === 'bankCard') return method;
  if (method === 'medicalInsurance') return 'insurance';
  return isECny ? 'eCny' : (walletOf(channel) ?? 'other');
}

function addBills(figures: readonly ShiftFigures[]): ShiftFigures['bills'] {
  const feeTypes = new Map<string, FeeTypeSum>();
  for (const { business, feeType, count, totalFen } of figures.flatMap(({ bills }) => bills.feeTypes)) {
    const known = feeTypes.get(`${business}/${feeType}`) ?? { count: 0, totalFen: 0 };
    feeTypes.set(`${business}/${feeType}`, { business, feeType, count: known.count + count, totalFen: known.totalFen + totalFen });
  }
  const sum = (of: (bills: ShiftFigures['bills']) => number): number => total(figures, ({ bills }) => of(bills));
  return {
    count: sum(({ count }) => count), totalFen: sum(({ totalFen }) => totalFen), fundFen: sum(({ fundFen }) => fundFen), personalAccountFen: sum(({ personalAccountFen }) => personalAccountFen),
    paidFen: sum(({ paidFen }) => paidFen), roundingFen: sum(({ roundingFen = 0 }) => roundingFen), feeTypes: [...feeTypes.values()],
  };
}

function addForms(figures: readonly ShiftFigures[]): ReportFigures['forms'] {
  const forms = figures.flatMap(({ forms: of }) => of ?? []);
  // Printed in one shift and void in a later one of the same day: at the end of the day it is void.
  const voided = forms.flatMap((of) => of.voided);
  const isVoid = new Set(voided.map(({ runNo, number }) => `${runNo} ${number}`));
  return forms.length === 0 ? undefined : { printed: forms.flatMap((of) => of.printed).filter(({ runNo, number }) => !isVoid.has(`${runNo} ${number}`)), voided };
}

function addDenominations(records: readonly ShiftRecord[]): Denomination[] {
  const pieces = new Map<number, number>();
  for (const { shift, acts } of records) {
    const standing = acts.findLast(({ kind }) => kind === 'recount')?.denominations ?? shift.denominations;
    for (const { faceFen, pieces: more } of standing) pieces.set(faceFen, (pieces.get(faceFen) ?? 0) + more);
  }
  return [...pieces].toSorted(([left], [right]) => right - left).map(([faceFen, count]) => ({ faceFen, pieces: count }));
}

function total<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
function sumUp(tenders: readonly ShiftTender[], of: (tender: ShiftTender) => Sum): Sum {
  return { count: total(tenders, (tender) => of(tender).count), amountFen: total(tenders, (tender) => of(tender).amountFen) };
}
