import { E_CNY, instantNear, type StatementEnd, type StatementLine } from '@hospay/plugin-sdk';

import { fundingOfCard } from './card-kinds.js';
import type { UnionpaySettings } from './settings.js';
import { readZmeLine, readZmLine, ZM_LINE_BYTES, ZME_LINE_BYTES, type ZmeLine, type ZmLine } from './settlement-layout.js';

export type SettlementDay = { readonly day: string; readonly settings: UnionpaySettings };
const LINE_END = Buffer.from('\r\n', 'latin1');

/** The payments that error lines name, by trace number. A day may have a million lines: no other is held. */
type NamedPayments = Map<string, Pick<ZmLine, 'orderId' | 'queryId'> | undefined>;

/**
 * Reads the lines of a day, payments and errors one file behind another: which is which shows in the length. The file carries no totals to hold its lines against, so
 * each line must be right to the byte: its length, the blanks, digits where digits belong, our merchant, money flowing the way its type says.
 */
export function readSettlementLines(files: readonly Buffer[], of: SettlementDay, give: (line: StatementLine) => void): StatementEnd {
  const amounts: Record<StatementLine['kind'], number> = { payment: 0, refund: 0 };
  let lines = 0;
  try {
    const named = namedPayments(files);
    for (const bytes of linesOf(files)) {
      lines += 1;
      const line = numbered(lines, () => lineOf(bytes, of, named));
      amounts[line.kind] += line.amountFen;
      give(line);
    }
  } catch (error) {
    return { kind: 'malformed', message: error instanceof Error ? error.message.slice(0, 500) : '' };
  }
  return lines === 0 ? { kind: 'empty' } : { kind: 'ok', totals: { paymentFen: amounts.payment, refundFen: amounts.refund, lines } };
}

function numbered<Read>(number: number, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    throw new Error(`line ${String(number)}: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
}

function* linesOf(files: readonly Buffer[]): Generator<Buffer> {
  for (const file of files) {
    for (let start = 0; start < file.length;) {
      const end = file.indexOf(LINE_END, start);
      if (end < 0) throw new Error('the last line is cut off');
      yield file.subarray(start, end);
      start = end + LINE_END.length;
    }
  }
}

/** Which payments the errors name, before any is known. */
function namedPayments(files: readonly Buffer[]): NamedPayments {
  const named: NamedPayments = new Map();
  let lines = 0;
  for (const line of linesOf(files)) {
    lines += 1;
    if (line.length === ZME_LINE_BYTES) named.set(originalOf(numbered(lines, () => readZmeLine(line))), undefined);
  }
  return named;
}

const originalOf = ({ originalTraceNo, originalTime }: ZmeLine): string => `${originalTraceNo} ${originalTime}`;

function lineOf(line: Buffer, of: SettlementDay, named: NamedPayments): StatementLine {
  if (line.length === ZME_LINE_BYTES) return errorLine(readZmeLine(line), of, named);
  if (line.length !== ZM_LINE_BYTES) throw new Error(`${String(line.length)} bytes are neither a payment nor an error`);
  const zm = readZmLine(line);
  if (zm.merId !== of.settings.merId) throw new Error('it belongs to another merchant');
  const trace = `${zm.traceNo} ${zm.traceTime}`;
  if (named.has(trace)) named.set(trace, { orderId: zm.orderId, queryId: zm.queryId });
  switch (zm.txnType) {
    case '01':
      return paymentLine(zm, of);
    case '31':
    case '04':
      return refundLine(zm, of);
    default:
      throw new Error(`transactions of type ${zm.txnType} are none of this channel`);
  }
}

function paymentLine(zm: ZmLine, of: SettlementDay): StatementLine {
  mustFlow(zm.settlement, 'in', of.settings);
  return { kind: 'payment', tradeNo: filled(zm.orderId, 'orderId'), channelTradeNo: filled(zm.queryId, 'queryId'), ...shared(zm, of) };
}

function refundLine(zm: ZmLine, of: SettlementDay): StatementLine {
  mustFlow(zm.settlement, 'out', of.settings);
  const channelTradeNo = filled(zm.originalQueryId, 'original queryId');
  // An older layout leaves the payment's own number out: UnionPay's number for it still leads there.
  const tradeNo = zm.originalOrderId === '' ? channelTradeNo : zm.originalOrderId;
  return { kind: 'refund', tradeNo, refundNo: filled(zm.orderId, 'orderId'), channelTradeNo, channelRefundNo: filled(zm.queryId, 'queryId'), ...(zm.originalOrderId === '' ? { isUnnamed: true } : {}), ...shared(zm, of) };
}

/**
 * An error moves money of a payment nobody here asked to move, so it stands among the lines under the payment it names by trace number, and reconciliation
 * finds it without a counterpart.
 */
function errorLine(zme: ZmeLine, of: SettlementDay, named: NamedPayments): StatementLine {
  const trace = originalOf(zme);
  const payment = named.get(trace);
  const tradeNo = payment?.orderId ?? `trace ${trace}`;
  const channelTradeNo = payment?.queryId ?? `trace ${trace}`;
  const { amountFen, feeMilliFen, at } = shared(zme, of);
  const line = { tradeNo, channelTradeNo, amountFen, feeMilliFen, at, status: `ZME ${zme.transactionCode} ${zme.reason}`.trim(), ...(payment === undefined ? { isUnnamed: true as const } : {}) };
  if (isIn(zme.settlement, of.settings)) return { kind: 'payment', ...line };
  const errorNo = `ZME ${zme.traceNo} ${zme.traceTime}`;
  return { kind: 'refund', ...line, refundNo: errorNo, channelRefundNo: errorNo };
}

function shared(line: ZmLine | ZmeLine, { day, settings }: SettlementDay): Pick<StatementLine, 'amountFen' | 'feeMilliFen' | 'status' | 'at' | 'fundingSource'> {
  if (!/^\d{12}$/.test(line.amount) || Number(line.amount) === 0) throw new Error('the amount is no number of fen');
  const at = instantNear(line.traceTime, `${day}T12:00:00+08:00`);
  if (at === undefined) throw new Error('the time is none');
  const feeFen = fenOf(line.fee);
  const fundingSource = fundingSourceOf(line, settings);
  return {
    amountFen: Number(line.amount),
    // What the merchant pays is positive; on a refund it comes back.
    feeMilliFen: feeFen === 0 ? 0 : (isIn(line.fee, settings) ? -feeFen : feeFen) * 1000,
    status: line.transactionCode,
    at,
    ...(fundingSource === undefined ? {} : { fundingSource }),
  };
}

function fundingSourceOf(line: ZmLine | ZmeLine, { eCnyStatementMark: mark }: UnionpaySettings): string | undefined {
  const marked = mark === undefined ? undefined : Object.entries(line).find(([column]) => column === mark.column)?.[1];
  return marked !== undefined && mark?.values.includes(marked) === true ? E_CNY : fundingOfCard({ kind: line.cardKind });
}

/** A payment that takes from the merchant, or a refund that gives to it, contradicts itself; so does a whole file when the configured letter is wrong. */
function mustFlow(settlement: string, direction: 'in' | 'out', settings: UnionpaySettings): void {
  if (fenOf(settlement) !== 0 && isIn(settlement, settings) !== (direction === 'in')) throw new Error(`its settlement amount flows the wrong way (see settings.creditLetter)`);
}

function isIn(signedAmount: string, { creditLetter = 'C' }: UnionpaySettings): boolean {
  return signedAmount.startsWith(creditLetter);
}

function fenOf(signedAmount: string): number {
  const [, digits] = /^[CD](\d{12})$/.exec(signedAmount) ?? [];
  if (digits === undefined) throw new Error('a signed amount is none');
  return Number(digits);
}

function filled(text: string, column: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(text)) throw new Error(`the column ${column} holds no number`);
  return text;
}
