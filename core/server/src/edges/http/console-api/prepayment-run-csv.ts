import { fen, yuanFromFen } from '@hospay/plugin-sdk';
import type { PrepaymentRunView } from '../../../prepayment/run-view.js';
import { cell } from '../csv-cell.js';

/** One row per account, for whoever pays the rest by bank transfer. Amounts in yuan; numbers that are names end in a tab, so that a spreadsheet keeps their digits. UTF-8 with its mark and CRLF. `patients`: return number → plain number; who is not in it stays masked. */
export function prepaymentRunCsv({ returns }: Pick<PrepaymentRunView, 'returns'>, patients: ReadonlyMap<string, string> = new Map()): string {
  const yuan = (amountFen: number): string => yuanFromFen(fen(amountFen));
  const rows = [
    ['清退单号', '患者ID', '状态', '清退金额', '冻结金额', '原路退回', '转账退还', '原路退回订单', '医院退还单号', '说明'],
    ...returns.map(({ returnNo, patientId, state, amountFen, frozenFen, transferFen, shares, hisReturnNo, news }) => [
      name(returnNo), name(patients.get(returnNo) ?? patientId), state, yuan(amountFen), yuan(frozenFen), yuan(amountFen - transferFen), yuan(transferFen),
      name(shares.filter((share) => share.state !== 'refused').map(({ tradeNo }) => tradeNo).join(' ')), name(hisReturnNo ?? ''), cell(news?.zh ?? ''),
    ]),
  ];
  return `\uFEFF${rows.map((row) => `${row.join(',')}\r\n`).join('')}`;
}

function name(text: string): string {
  return /^(0\d+|\d{12,})$/.test(text) ? `${text}\t` : cell(text);
}
