import { CHART, type AccountCode } from '../domain/ledger.js';
import type { LedgerRow, Words } from './ports.js';
import { report, type Report } from './report.js';

type VoucherRow = LedgerRow & { readonly voucherNo: string };

/** 摘要: what kind of business the journals of a voucher are of. */
const SUMMARY: Words = {
  'payment/succeeded': { zh: '收款', en: 'Payments' }, 'confirmation/confirmed': { zh: '医院入账结转', en: 'Booked by the HIS' }, 'refund/reserved': { zh: '退款预留', en: 'Refunds reserved' }, 'refund/accepted': { zh: '退款受理', en: 'Refunds accepted' },
  'refund/succeeded': { zh: '退款', en: 'Refunds' }, 'refund/released': { zh: '退款预留释放', en: 'Refund reservations released' }, 'shift/counted': { zh: '收费员交班', en: 'Tills counted' }, 'cashAct/handOver': { zh: '现金入库', en: 'Cash into the vault' },
  'cashAct/deposit': { zh: '现金送存银行', en: 'Cash to the bank' }, 'cashAct/recount': { zh: '重新清点', en: 'Counted anew' }, 'cashAct/reversal': { zh: '现金冲正', en: 'Cash acts reversed' }, 'reconciliation/run': { zh: '日对账（手续费、长短款、HIS 日清）', en: 'Days reconciled: fees, long and short, HIS days' },
  'caseAct/writtenOff': { zh: '长短款核销', en: 'Long and short written off' }, 'arrival/matched': { zh: '到账', en: 'Arrivals' }, 'arrival/assigned': { zh: '来款认领', en: 'Arrivals assigned' }, 'arrival/overdue': { zh: '逾期未到账挂账', en: 'Arrivals overdue' },
  'arrival/unexpected': { zh: '不明来款挂账', en: 'Unexpected arrivals' }, 'payout/accepted': { zh: '付款受理', en: 'Payouts accepted' }, 'payout/succeeded': { zh: '付款', en: 'Payouts' }, 'payout/released': { zh: '付款未成转回', en: 'Payouts released' }, 'payout/returned': { zh: '退票', en: 'Payouts returned' },
};
const ACCOUNTS = CHART as Readonly<Record<string, (typeof CHART)[AccountCode]>>;

/** 记账凭证: what the hospital's accounting takes over. One voucher per accounting day and kind of business, its debits equal to its credits; the hospital maps accounts to its own codes where it imports them. */
export const VOUCHER_REPORT: Report = report<VoucherRow>({
  id: 'vouchers', group: 'finance', title: { zh: '记账凭证', en: 'Accounting vouchers' }, parameters: [], mostDays: { screen: 31, export: 366 },
  note: { zh: '按记账日与业务汇总，每张凭证借贷相等；明细科目为渠道、账户或医院。只含正式分录。', en: 'By accounting day and business, each voucher balanced; the detail is the channel, account or hospital. Final entries only.' },
  columns: [
    { zh: '记账日', en: 'Day', kind: 'day', value: ({ day }) => day },
    { zh: '凭证号', en: 'Voucher', kind: 'text', value: ({ voucherNo }) => voucherNo },
    { zh: '摘要', en: 'Business', kind: 'word', words: SUMMARY, value: ({ bizType, step }) => `${bizType}/${step}` },
    { zh: '科目编码', en: 'Account', kind: 'text', value: ({ code }) => code },
    { zh: '科目名称', en: 'Name', kind: 'text', value: ({ code }) => ACCOUNTS[code]?.zh ?? code },
    { zh: '明细科目', en: 'Detail', kind: 'text', value: ({ account, code }) => account.slice(code.length + 1) },
    { zh: '借方金额', en: 'Debit', kind: 'fen', isTotalled: true, value: ({ debitFen }) => debitFen },
    { zh: '贷方金额', en: 'Credit', kind: 'fen', isTotalled: true, value: ({ creditFen }) => creditFen },
    { zh: '业务笔数', en: 'Journals', kind: 'count', value: ({ journals }) => journals },
  ],
  async read(reader, { from, to }) {
    const rows = numbered(await reader.ledger({ from, to }));
    const total = rows.reduce((sum, { debitFen, creditFen }) => ({ debitFen: sum.debitFen + debitFen, creditFen: sum.creditFen + creditFen }), { debitFen: 0, creditFen: 0 });
    return { rows, total: { day: '', bizType: '', step: '', account: '', code: '', journals: 0, voucherNo: '', ...total } };
  },
});

/** 记-20261120-01: numbered within the day, in the order of the businesses; the same day always numbers the same. */
function numbered(rows: readonly LedgerRow[]): VoucherRow[] {
  return [...Map.groupBy(rows, ({ day }) => day)].flatMap(([day, ofDay]) => {
    const businesses = [...new Set(ofDay.map(({ bizType, step }) => `${bizType}/${step}`))];
    return ofDay.map((row) => ({ ...row, voucherNo: `记-${day.replaceAll('-', '')}-${String(businesses.indexOf(`${row.bizType}/${row.step}`) + 1).padStart(2, '0')}` }));
  });
}
