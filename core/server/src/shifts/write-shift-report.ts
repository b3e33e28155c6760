import { assertNever } from '../domain/assert-never.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { FORM_KINDS } from '../domain/numbered-form.js';
import type { FeeTypeSum, ShiftRecord, UsedForm } from '../domain/shift.js';
import { amountInCapitals } from './amount-in-capitals.js';
import type { ReportWanted, ShiftCaller, ShiftPorts } from './ports.js';
import { isVisible } from './read-shifts.js';
import { receiptGaps, receiptRuns } from '../domain/receipt-runs.js';
import { addUp, type ReportFigures } from './report-figures.js';
import type { ReportField, ShiftReport } from './shift-report-view.js';

/** No till is closed more often on one day. */
const MOST_SHIFTS = 200;
const BEIJING_MS = 8 * 60 * 60 * 1000;

/** 缴款日报 in both forms hospitals use, of one shift or of a till's day. What the platform does not know stands there empty: the HIS knows it. */
export async function readShiftReport({ store, hospitalName, walletOf }: ShiftPorts, { wanted, caller }: { readonly wanted: ReportWanted; readonly caller: ShiftCaller }): Promise<Outcome<ShiftReport>> {
  const found = 'shiftNo' in wanted ? [await store.find(wanted.shiftNo)] : (await store.list({ ...wanted, limit: MOST_SHIFTS })).shifts.toReversed();
  const records = found.filter((record): record is ShiftRecord => record !== undefined && isVisible(caller, record.shift.tillNo));
  const [first, last] = [records[0]?.shift, records.at(-1)?.shift];
  if (first === undefined || last === undefined) return refused('NO_SUCH_ITEM');
  const figures = addUp(records, walletOf);
  const head = { hospitalName, tillNo: first.tillNo, cashier: first.tillNo.slice(first.tillNo.indexOf(':') + 1), from: first.openedAt, until: last.closedAt };
  const items = figures.bills.feeTypes.map((sum) => ({ name: nameOf(sum), amountFen: sum.totalFen }));
  return ok({
    ...head,
    shiftNos: records.map(({ shift }) => shift.shiftNo),
    hashes: records.map(({ shift }) => shift.hash),
    items,
    layoutA: layoutA(figures, head, items, last.closedAt),
    layoutB: layoutB(figures, head),
    denominations: figures.denominations,
    open: records.flatMap(({ shift }) => shift.figures.open).map(({ kind, number, method, amountFen }) => ({ kind, number, method, amountFen })),
  });
}

type Head = Pick<ShiftReport, 'hospitalName' | 'cashier' | 'from' | 'until'>;
const unknown = (name: string): ReportField => ({ name });
const amount = (name: string, amountFen: number): ReportField => ({ name, amountFen });
const text = (name: string, value: string): ReportField => ({ name, text: value });

/** The HIS's own word for what is paid, else what kind of business it is. */
function nameOf({ business, feeType }: FeeTypeSum): string {
  if (feeType !== '') return feeType;
  switch (business) {
    case 'bill':
      return '未分类';
    case 'registration':
      return '挂号';
    case 'deposit':
      return '住院预交金';
    case 'discharge':
      return '出院结算';
    default:
      return assertNever(business);
  }
}

/** 医疗保险: what the platform settled with the insurance, and what the HIS settled itself before it quoted the rest. */
function insuredFen({ net, bills }: ReportFigures): number {
  return net.insurance + bills.totalFen + (bills.roundingFen ?? 0) - bills.paidFen;
}

function layoutA(figures: ReportFigures, { hospitalName, cashier, from, until }: Head, items: ShiftReport['items'], madeAt: string): ReportField[] {
  const { net, bills, receiptNos, refundedReceiptNos, refunded, refundedOfEarlier, depositFen, forms } = figures;
  const insured = insuredFen(figures);
  return [
    text('机构', hospitalName),
    text('收费员', cashier),
    text('收款日期', `${beijingTime(from)} ~ ${beijingTime(until)}`),
    ...items.map(({ name, amountFen }) => amount(name, amountFen)),
    amount('门诊 医保', bills.fundFen + bills.personalAccountFen),
    amount('门诊 自费', bills.totalFen - depositFen - bills.fundFen - bills.personalAccountFen),
    amount('住院 预交金', depositFen),
    amount('划价合计', bills.totalFen),
    text('大写金额', amountInCapitals(bills.totalFen)),
    amount('现金', net.cash),
    amount('POS机', net.bankCard),
    unknown('支票'),
    amount('货币误差', bills.roundingFen ?? 0),
    amount('微信支付', net.wechat),
    amount('支付宝支付', net.alipay),
    ...alsoTaken(net),
    amount('医疗保险', insured),
    unknown('记账'),
    amount('退费金额', refunded.amountFen),
    amount('其中退以前班次', refundedOfEarlier.amountFen),
    ...(forms === undefined ? [text('发票号', receiptRuns(receiptNos).join(' ')), text('发票张数', `共 ${String(receiptNos.length)} 张`), text('断号处数', String(receiptGaps(receiptNos)))] : [text('发票号', runsOf(forms.printed)), text('发票张数', `共 ${String(forms.printed.length)} 张`), text('断号处数', String(gapsOf(forms)))]),
    text('退费票据', receiptRuns(refundedReceiptNos).join(' ')),
    text('退费票据张数', `共 ${String(refundedReceiptNos.length)} 张`),
    ...(forms === undefined ? [unknown('作废发票张数'), unknown('作废金额'), unknown('作废发票号码')] : [text('作废发票张数', `共 ${String(forms.voided.length)} 张`), unknown('作废金额'), text('作废发票号码', runsOf(forms.voided))]),
    ...handedOver(figures),
    text('制表', cashier),
    text('审核', ''),
    text('制表日期', beijingTime(madeAt).slice(0, 10)),
  ];
}

function layoutB(figures: ReportFigures, { cashier, from, until }: Head): ReportField[] {
  const { net, bills, receiptNos, refundedReceiptNos, refunded, fundFen, accountFen, depositFen, depositRefundedFen, forms } = figures;
  const valid = receiptNos.filter((receiptNo) => !refundedReceiptNos.includes(receiptNo)).length;
  return [
    text('收费员', cashier),
    text('起止时间', `${beijingTime(from)} ~ ${beijingTime(until)}`),
    text('起始结束票据号', forms === undefined ? spanOf(receiptNos) : FORM_KINDS.map((kind) => spanOf([...forms.printed, ...forms.voided].filter((form) => form.kind === kind).map(({ number }) => number).toSorted())).filter((span) => span !== '').join(' ')),
    text('票据总数', String(forms === undefined ? receiptNos.length : forms.printed.length + forms.voided.length)),
    text('有效票据', String(forms === undefined ? valid : forms.printed.length)),
    text('退费票据张数', String(refundedReceiptNos.length)),
    text('退费票据号码', receiptRuns(refundedReceiptNos).join(' ')),
    ...(forms === undefined ? [unknown('作废票据张数'), unknown('作废票据号码')] : [text('作废票据张数', String(forms.voided.length)), text('作废票据号码', runsOf(forms.voided))]),
    amount('退费金额', refunded.amountFen),
    unknown('作废金额'),
    amount('押金金额', depositFen),
    amount('退押金额', depositRefundedFen),
    unknown('减免金额'),
    amount('四舍五入', bills.roundingFen ?? 0),
    ...['公费医疗', '公费医疗自费', '公费医疗账户', '市保自费', '市保账户', '市保统筹', '市保大额', '省保自费', '省保账户', '省保统筹', '省保大额', '省保公务员'].map(unknown),
    amount('医保统筹（平台结算）', fundFen),
    amount('医保账户（平台结算）', accountFen),
    ...handedOver(figures),
    unknown('上缴支票额'),
    amount('上缴银联额', net.bankCard),
    amount('上缴微信额', net.wechat),
    amount('上缴支付宝额', net.alipay),
    ...alsoTaken(net),
  ];
}

function spanOf(numbers: readonly string[]): string {
  return numbers.length === 0 ? '' : `${numbers[0] ?? ''} ~ ${numbers.at(-1) ?? ''}`;
}
/** Numbers of different kinds of forms never follow each other. */
function runsOf(forms: readonly UsedForm[]): string {
  return FORM_KINDS.flatMap((kind) => receiptRuns(forms.filter((form) => form.kind === kind).map(({ number }) => number).toSorted())).join(' ');
}
/** Within a run there is none: what is neither printed nor void here was so in another shift, or is given and not confirmed. */
function gapsOf({ printed, voided }: NonNullable<ReportFigures['forms']>): number {
  const runs = Map.groupBy([...printed, ...voided], ({ runNo }) => runNo);
  return [...runs.values()].reduce((sum, forms) => sum + receiptGaps(forms.map(({ number }) => number).toSorted()), 0);
}

/** Ways the old forms had no column for; shown where there is anything. */
function alsoTaken(net: ReportFigures['net']): ReportField[] {
  return [amount('云闪付', net.unionpay), amount('数字人民币', net.eCny), amount('其他支付', net.other)].filter(({ amountFen }) => amountFen !== 0);
}

function handedOver({ handedFen, changeMoneyFen, longFen, shortFen }: ReportFigures): ReportField[] {
  return [amount('上缴现金额', handedFen), text('上缴现金额大写', amountInCapitals(handedFen)), amount('备用金', changeMoneyFen), amount('长款', longFen), amount('短款', shortFen)];
}

function beijingTime(at: string): string {
  return at === '' ? '' : new Date(Date.parse(at) + BEIJING_MS).toISOString().slice(0, 19).replace('T', ' ');
}
