import { fenFromYuan, type FundMovement, type FundStatementEnd, type FundStatementLine, instantOfBeijing } from '@hospay/plugin-sdk';

import { cell, countOf, mustEqual, positive, readBillRows, wholeOrMalformed, type Row } from './bill-rows.js';

const SHAPE = {
  columns: ['记账时间', '微信支付业务单号', '资金流水单号', '业务类型', '收支类型', '收支金额(元)', '账户结余(元)', '业务凭证号'],
  summary: ['资金流水总笔数', '收入笔数', '收入金额', '支出笔数', '支出金额'],
} as const;

/** Reads a fund bill (资金账单). Counts and sums of both directions must equal the file's own summary row. */
export function readFundBill(raw: Uint8Array, give: (line: FundStatementLine) => void): FundStatementEnd {
  return wholeOrMalformed((): FundStatementEnd => {
    const sums = { lines: 0, inLines: 0, inFen: 0, outLines: 0, outFen: 0 };
    const totals = readBillRows(raw, SHAPE, (row) => {
      const line = lineOf(row);
      sums.lines += 1;
      sums[`${line.direction}Lines`] += 1;
      sums[`${line.direction}Fen`] += line.amountFen;
      give(line);
    });
    mustEqual('资金流水总笔数', sums.lines, countOf(totals, '资金流水总笔数'));
    mustEqual('收入笔数', sums.inLines, countOf(totals, '收入笔数'));
    mustEqual('收入金额', sums.inFen, fenFromYuan(cell(totals, '收入金额')));
    mustEqual('支出笔数', sums.outLines, countOf(totals, '支出笔数'));
    mustEqual('支出金额', sums.outFen, fenFromYuan(cell(totals, '支出金额')));
    return sums.lines === 0 ? { kind: 'empty' } : { kind: 'ok', totals: sums };
  });
}

function lineOf(row: Row): FundStatementLine {
  const at = instantOfBeijing(cell(row, '记账时间'));
  if (at === undefined) throw new Error('a row has no readable 记账时间');
  const fundFlowNo = cell(row, '资金流水单号');
  if (fundFlowNo === '') throw new Error('a row has no 资金流水单号');
  const direction = directionOf(cell(row, '收支类型'));
  const kindWord = cell(row, '业务类型');
  const voucherNo = cell(row, '业务凭证号');
  return {
    fundFlowNo,
    businessNo: cell(row, '微信支付业务单号'),
    ...(voucherNo === '' ? {} : { voucherNo }),
    direction,
    kind: movementOf(kindWord, direction),
    kindWord,
    amountFen: positive(fenFromYuan(cell(row, '收支金额(元)'))),
    balanceFen: fenFromYuan(cell(row, '账户结余(元)')),
    at,
  };
}

function directionOf(word: string): FundStatementLine['direction'] {
  if (word === '收入') return 'in';
  if (word === '支出') return 'out';
  throw new Error(`a row has 收支类型 "${word.slice(0, 20)}"`);
}

/** WeChat Pay's words, each only in the direction it makes sense in; whatever else there is stays `other` and keeps its word. */
function movementOf(word: string, direction: FundStatementLine['direction']): FundMovement {
  if (word.includes('手续费')) return direction === 'out' ? 'fee' : 'feeReturned';
  if (word === '交易' && direction === 'in') return 'payment';
  if (word === '退款' && direction === 'out') return 'refund';
  return word.includes('提现') && direction === 'out' ? 'withdrawal' : 'other';
}
