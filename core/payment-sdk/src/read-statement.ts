import { unknownResult, type ApiResult } from './api-result.js';

export type StatementRow = {
  readonly kind: 'payment' | 'refund';
  readonly tradeNo: string;
  readonly paymentNo: string;
  readonly refundNo: string;
  readonly channel: string;
  readonly method: string;
  readonly channelTradeNo: string;
  readonly channelRefundNo: string;
  readonly amountFen: number;
  /** Beijing time, `yyyy-MM-dd HH:mm:ss`. */
  readonly at: string;
  /** Your own key; empty when the platform itself refunded. */
  readonly idempotencyKey: string;
  /** What funded it in the channel's own word: a bank, a wallet; `eCny` is the digital yuan (数字人民币). Empty when the channel does not say. */
  readonly fundingSource: string;
};
export type Statement = {
  readonly rows: readonly StatementRow[];
  readonly paymentFen: number;
  readonly refundFen: number;
  readonly sha256: string;
  /** The file as it came: keep it. */
  readonly raw: Uint8Array;
};

const COLUMNS = {
  kind: '类型', tradeNo: '平台订单号', paymentNo: '支付单号', refundNo: '退款单号', channel: '渠道', method: '支付方式',
  channelTradeNo: '渠道订单号', channelRefundNo: '渠道退款号', amount: '金额(元)', at: '完成时间', idempotencyKey: '请求幂等键', fundingSource: '付款来源',
} as const;
type ColumnName = keyof typeof COLUMNS;

/** Reads a statement by its header row and proves it against its own totals: a file that contradicts itself is never half used. */
export function readStatement(raw: Uint8Array, sha256: string): ApiResult<Statement> {
  const [header, ...lines] = parseCsv(new TextDecoder('utf-8').decode(raw));
  const totals = lines.pop();
  if (header === undefined || totals === undefined || totals[0] !== '合计') return unknownResult('the statement has no header or no totals');
  const rows: StatementRow[] = [];
  for (const line of lines) {
    const row = readRow(header, line);
    if (row === undefined) return unknownResult(`the statement has a row of another shape: row ${String(rows.length + 2)}`);
    rows.push(row);
  }
  const payments = rows.filter(({ kind }) => kind === 'payment');
  const refunds = rows.filter(({ kind }) => kind === 'refund');
  const paymentFen = sum(payments);
  const refundFen = sum(refunds);
  const expected = [`支付笔数:${String(payments.length)}`, `支付金额:${yuan(paymentFen)}`, `退款笔数:${String(refunds.length)}`, `退款金额:${yuan(refundFen)}`];
  if (!expected.every((text) => totals.includes(text))) return unknownResult('the totals of the statement differ from its rows');
  return { kind: 'ok', value: { rows, paymentFen, refundFen, sha256, raw } };
}

function readRow(header: readonly string[], line: readonly string[]): StatementRow | undefined {
  const at = (name: ColumnName): string | undefined => {
    const index = header.indexOf(COLUMNS[name]);
    return index < 0 ? undefined : line[index]?.replace(/^'(?=[=+\-@\t\r\n|%＝＋－＠])/, '');
  };
  const kind = at('kind') === '支付' ? 'payment' : at('kind') === '退款' ? 'refund' : undefined;
  const amount = /^(\d{1,13})\.(\d\d)$/.exec(at('amount') ?? '');
  const [tradeNo, paymentNo, refundNo, channel, method, channelTradeNo, channelRefundNo, time, idempotencyKey] =
    [at('tradeNo'), at('paymentNo'), at('refundNo'), at('channel'), at('method'), at('channelTradeNo'), at('channelRefundNo'), at('at'), at('idempotencyKey')];
  if (
    kind === undefined || amount === null || line.length !== header.length || tradeNo === undefined || paymentNo === undefined || refundNo === undefined || channel === undefined ||
    method === undefined || channelTradeNo === undefined || channelRefundNo === undefined || time === undefined || idempotencyKey === undefined
  ) {
    return undefined;
  }
  // Two runs of digits joined are the fen: no float is met on the way.
  const amountFen = Number(`${amount[1] ?? ''}${amount[2] ?? ''}`);
  return { kind, tradeNo, paymentNo, refundNo, channel, method, channelTradeNo, channelRefundNo, amountFen, at: time, idempotencyKey, fundingSource: at('fundingSource') ?? '' };
}

function sum(rows: readonly StatementRow[]): number {
  return rows.reduce((total, { amountFen }) => total + amountFen, 0);
}

function yuan(amountFen: number): string {
  const digits = String(amountFen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) return [];
    const [, quoted = '', end = ''] = match;
    row.push(quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted);
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
