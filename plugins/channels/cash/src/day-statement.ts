import { createHash } from 'node:crypto';

import type { StatementLine, StatementOutcome } from '@hospay/plugin-sdk';

import type { Entry } from './till-book.js';

/** The number a payment has in the till book, named wherever another channel would name its own. */
export function bookNo(number: string): string {
  return `CASH-${number}`.slice(0, 64);
}

/** The bill of a day, drawn from the till book: cash has no outside party who would write one. */
export function dayStatement(entries: readonly Entry[]): StatementOutcome {
  const moved = entries.filter((entry) => entry.kind !== 'opening');
  if (moved.length === 0) return { kind: 'empty' };
  const header = 'kind,number,tradeNo,till,amountFen,at';
  const rows = moved.map((entry) => [entry.kind, entry.number, entry.kind === 'refund' ? entry.tradeNo : entry.number, entry.tillNo, String(entry.amountFen), entry.at].map(quoted).join(','));
  const raw = Buffer.from(`${[header, ...rows].join('\r\n')}\r\n`, 'utf8');
  const lines = moved.map(lineOf);
  const sum = (kind: StatementLine['kind']): number => lines.filter((line) => line.kind === kind).reduce((total, { amountFen }) => total + amountFen, 0);
  return {
    kind: 'ok',
    raw,
    sha256: createHash('sha256').update(raw).digest('hex'),
    lines,
    totals: { paymentFen: sum('payment'), refundFen: sum('refund'), lines: lines.length },
  };
}

function lineOf(entry: Exclude<Entry, { kind: 'opening' }>): StatementLine {
  const { amountFen, at } = entry;
  const shared = { amountFen, at, feeMilliFen: 0, status: entry.kind, fundingSource: 'cash' };
  if (entry.kind === 'charge') return { kind: 'payment', tradeNo: entry.number, channelTradeNo: bookNo(entry.number), ...shared };
  return { kind: 'refund', tradeNo: entry.tradeNo, refundNo: entry.number, channelTradeNo: bookNo(entry.tradeNo), channelRefundNo: bookNo(entry.number), ...shared };
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
