import type { OperatingReport } from '@hospay/plugin-sdk';

/** 收费员月报: what went into and out of each cashier's till, month by month. The platform writes the names: the report has seen numbers only. */
export const OPERATOR_MONTHS: OperatingReport = {
  title: { zh: '收费员月报', en: 'Cashiers by month' },
  note: { zh: '只含进入收费员钱箱的收款；终端自己的钱箱不在内。', en: 'What went into a cashier\'s till; the tills of machines are left out.' },
  parameters: [{ name: 'method' }],
  mostDays: 3_660,
  columns: [
    { zh: '月份', en: 'Month', kind: 'text' }, { zh: '收费员', en: 'Cashier', kind: 'operator' }, { zh: '收款笔数', en: 'Payments', kind: 'count', isTotalled: true }, { zh: '收款金额', en: 'Paid', kind: 'fen', isTotalled: true },
    { zh: '退款笔数', en: 'Refunds', kind: 'count', isTotalled: true }, { zh: '退款金额', en: 'Refunded', kind: 'fen', isTotalled: true },
  ],
  async read({ from, to, method }, reader) {
    const rows = await reader.sums({ from, to, by: ['month', 'operator'], ...(method === undefined ? {} : { method }) });
    return {
      kind: 'rows',
      rows: rows.filter(({ of: { operator = '' } }) => operator !== '').map(({ of: { month = '', operator = '' }, paidCount, paidFen, refundedCount, refundedFen }) => [month, operator, paidCount, paidFen, refundedCount, refundedFen])
        .toSorted((left, right) => (`${String(left[0])}/${String(left[1])}` < `${String(right[0])}/${String(right[1])}` ? -1 : 1)),
    };
  },
};
