import { createHash } from 'node:crypto';
import type { StatementLine, StatementOutcome } from '@hospay/plugin-sdk';
import { readJson, StatementAnswer } from './messages.js';

/** The gateway's day: its totals must be the sums of its rows, else none of it is used. */
export function readStatement(raw: Uint8Array): StatementOutcome {
  const answer = readJson(StatementAnswer, raw);
  if (answer === undefined) return { kind: 'malformed', message: 'the statement has another shape' };
  const lines = answer.rows.map(({ kind, orderNo, refundNo, gatewayTradeNo, gatewayRefundNo, amountFen, feeMilliFen, at }): StatementLine => ({
    kind: kind === 'PAY' ? 'payment' : 'refund', tradeNo: orderNo, channelTradeNo: gatewayTradeNo, amountFen, feeMilliFen, status: kind, at,
    ...(refundNo === undefined ? {} : { refundNo }), ...(gatewayRefundNo === undefined ? {} : { channelRefundNo: gatewayRefundNo }),
  }));
  const sum = (kind: StatementLine['kind']): number => lines.filter((line) => line.kind === kind).reduce((total, line) => total + line.amountFen, 0);
  const totals = { paymentFen: sum('payment'), refundFen: sum('refund'), lines: lines.length };
  if (totals.paymentFen !== answer.paidFen || totals.refundFen !== answer.refundedFen) return { kind: 'malformed', message: 'the totals of the statement differ from its rows' };
  if (lines.length === 0) return { kind: 'empty' };
  return { kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines, totals };
}
