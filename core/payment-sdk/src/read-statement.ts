import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { unknownResult, type ApiResult } from './api-result.js';

/** One payment that succeeded, or one refund that did. Texts are '' where there is nothing. */
export type StatementRow = {
  readonly kind: 'payment' | 'refund';
  readonly tradeNo: string;
  /** Your own key; '' when the platform itself refunded. */
  readonly idempotencyKey: string;
  readonly paymentNo: string;
  readonly refundNo: string;
  readonly channel: string;
  readonly channelTradeNo: string;
  readonly channelRefundNo: string;
  readonly method: string;
  /** What funded it in the channel's own word: a bank, a wallet; `eCny` is the digital yuan (数字人民币). '' when the channel does not say. */
  readonly fundingSource: string;
  readonly amountFen: number;
  /** Beijing time, `yyyy-MM-dd HH:mm:ss`, by the channel's clock. */
  readonly at: string;
  /** The number under which the HIS booked the order. */
  readonly settlementNo: string;
  readonly business: string;
  readonly feeType: string;
  readonly ownerKind: string;
  readonly ownerId: string;
  readonly operatorId: string;
};
export type Statement = {
  readonly hospitalId: string;
  readonly scope: string;
  readonly appId: string;
  /** Bill day, `yyyy-MM-dd`. */
  readonly day: string;
  readonly version: number;
  /** Beijing time. */
  readonly madeAt: string;
  readonly rows: readonly StatementRow[];
  readonly paymentFen: number;
  readonly refundFen: number;
  /** Two versions of the same hash say the same. */
  readonly bodySha256: string;
  readonly sha256: string;
  /** The file as it came: keep it. */
  readonly raw: Uint8Array;
};

const TEXTS = [
  'tradeNo', 'idempotencyKey', 'paymentNo', 'refundNo', 'channel', 'channelTradeNo', 'channelRefundNo', 'method', 'fundingSource', 'at', 'settlementNo', 'business', 'feeType', 'ownerKind', 'ownerId', 'operatorId',
] as const;

/**
 * Reads a statement file (对账文件): finds its columns by their names and proves it against its own totals and the hash of its body. A file that was cut, changed or contradicts itself is `unknown`, never half
 * used. Verify the signature as well: `isStatementSigned`; the client's `downloadStatement` does both.
 */
export function readStatement(raw: Uint8Array): ApiResult<Statement> {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw);
  const [format, head, columns, ...lines] = parseCsv(text);
  const foot = lines.splice(-3);
  if (format?.[0] !== 'hospay-statement' || format[1] !== '1') return unknownResult('the file is no statement of a version this reader knows');
  const [mark, hospitalId, scope, appId, day, version, madeAt] = head ?? [];
  if (mark !== 'head' || hospitalId === undefined || scope === undefined || appId === undefined || day === undefined || !/^\d{1,9}$/.test(version ?? '') || madeAt === undefined || columns?.[0] !== 'kind') return unknownResult('the statement has no head');
  const rows: StatementRow[] = [];
  for (const line of lines) {
    const row = readRow(columns, line);
    if (row === undefined) return unknownResult(`the statement has a row of another shape: row ${String(rows.length + 4)}`);
    rows.push(row);
  }
  const [paymentFen, refundFen] = [sum(rows, 'payment'), sum(rows, 'refund')];
  const bodySha256 = createHash('sha256').update(bodyOf(text)).digest('hex');
  const expected = [['total', 'payment', String(count(rows, 'payment')), yuan(paymentFen)], ['total', 'refund', String(count(rows, 'refund')), yuan(refundFen)], ['sha256', bodySha256]];
  if (expected.some((line, index) => line.join(',') !== foot[index]?.join(','))) return unknownResult('totals or hash of the statement differ from its rows');
  return { kind: 'ok', value: { hospitalId, scope, appId, day, version: Number(version), madeAt, rows, paymentFen, refundFen, bodySha256, sha256: createHash('sha256').update(raw).digest('hex'), raw } };
}

/** Whether a statement file was signed with this application's secret: HMAC-SHA256(secret, "HOSPAY-STATEMENT-FILE" \n appId \n fileName \n sha256 of the whole file \n), lower-case hex. In constant time. */
export function isStatementSigned({ secret, appId, fileName, raw, signature }: { readonly secret: string; readonly appId: string; readonly fileName: string; readonly raw: Uint8Array; readonly signature: string }): boolean {
  const sha256 = createHash('sha256').update(raw).digest('hex');
  const expected = createHmac('sha256', secret).update(`HOSPAY-STATEMENT-FILE\n${appId}\n${fileName}\n${sha256}\n`).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** From the column line to the last row: what is between the first two lines and the last three, line ends within a quoted text included. */
function bodyOf(text: string): string {
  const lines = text.split('\r\n');
  return lines.slice(2, -4).map((line) => `${line}\r\n`).join('');
}

function readRow(columns: readonly string[], line: readonly string[]): StatementRow | undefined {
  const at = (name: string): string | undefined => {
    const index = columns.indexOf(name);
    // One apostrophe in front was put there, so that no spreadsheet runs a text as a formula.
    return index < 0 ? undefined : line[index]?.replace(/^'/, '');
  };
  const kind = at('kind');
  const amount = /^(\d{1,13})\.(\d\d)$/.exec(at('amount') ?? '');
  const texts = TEXTS.map((name) => [name, at(name)] as const);
  if ((kind !== 'payment' && kind !== 'refund') || amount === null || line.length !== columns.length || texts.some(([, value]) => value === undefined)) return undefined;
  // Two runs of digits joined are the fen: no float is met on the way.
  return { kind, amountFen: Number(`${amount[1] ?? ''}${amount[2] ?? ''}`), ...(Object.fromEntries(texts) as Record<(typeof TEXTS)[number], string>) };
}

function count(rows: readonly StatementRow[], kind: StatementRow['kind']): number {
  return rows.filter((row) => row.kind === kind).length;
}
function sum(rows: readonly StatementRow[], kind: StatementRow['kind']): number {
  return rows.reduce((total, row) => (row.kind === kind ? total + row.amountFen : total), 0);
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
