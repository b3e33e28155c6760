import { beijingDay, StatementLineSchema, type StatementEnd, type StatementLine } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

import type { SandboxBooks } from './sandbox-books.js';

const TotalsSchema = Type.Object({ paymentFen: Type.Integer(), refundFen: Type.Integer(), lines: Type.Integer() }, { additionalProperties: false });
const StatementFile = Compile(Type.Object({ lines: Type.Array(StatementLineSchema), totals: TotalsSchema }, { additionalProperties: false }));

/** The bill of one day as a file (JSON): what was paid and what was refunded on that day, and the totals. */
export function writeStatement(books: SandboxBooks, day: string): Uint8Array {
  const payments = books.orders().flatMap((order): StatementLine[] => {
    if (order.paidAt === undefined || beijingDay(order.paidAt) !== day) return [];
    const { tradeNo, amountFen } = order.request;
    return [{ kind: 'payment', tradeNo, channelTradeNo: order.channelTradeNo, amountFen, feeMilliFen: 0, status: 'SUCCESS', at: order.paidAt.toISOString() }];
  });
  const refunds = books.refunds().flatMap((refund): StatementLine[] => {
    if (refund.state === 'closed' || beijingDay(refund.createdAt) !== day) return [];
    const { refundNo, refundFen, payment: { tradeNo } } = refund.request;
    const channelTradeNo = books.order(tradeNo)?.channelTradeNo ?? '';
    const status = refund.state.toUpperCase();
    return [{ kind: 'refund', tradeNo, refundNo, channelTradeNo, channelRefundNo: refund.channelRefundNo, amountFen: refundFen, feeMilliFen: 0, status, at: refund.createdAt.toISOString() }];
  });
  const lines = [...payments, ...refunds];
  return new TextEncoder().encode(JSON.stringify({ lines, totals: totalsOf(lines) }));
}

/** Reads such a file as a channel reads its bill: the totals must equal the rows. */
export function readStatement(raw: Uint8Array, give: (line: StatementLine) => void): StatementEnd {
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return { kind: 'malformed', message: 'the statement is not JSON' };
  }
  if (!StatementFile.Check(file)) return { kind: 'malformed', message: 'the statement has another shape' };
  const { lines, totals } = file;
  const ofRows = totalsOf(lines);
  if (ofRows.lines !== totals.lines || ofRows.paymentFen !== totals.paymentFen || ofRows.refundFen !== totals.refundFen) {
    return { kind: 'malformed', message: 'the totals of the statement differ from its rows' };
  }
  for (const line of lines) give(line);
  return lines.length === 0 ? { kind: 'empty' } : { kind: 'ok', totals };
}

function totalsOf(lines: readonly StatementLine[]): { paymentFen: number; refundFen: number; lines: number } {
  const sum = (kind: StatementLine['kind']): number => lines.filter((line) => line.kind === kind).reduce((total, line) => total + line.amountFen, 0);
  return { paymentFen: sum('payment'), refundFen: sum('refund'), lines: lines.length };
}
