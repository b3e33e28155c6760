/** The file as core/docs/statement-files.md describes it: CSV by RFC 4180 in UTF-8, without a byte order mark, since machines read it. */
import { createHash } from 'node:crypto';
import { beijingTime, fen, yuanFromFen } from '@hospay/plugin-sdk';
import type { MoneyFact, Receiver } from './ports.js';

/** What the file calls itself. Another number: the lines mean something else. Further columns may come under the same number. */
export const STATEMENT_FORMAT = ['hospay-statement', '1'] as const;

/** The column line is the contract: readers find columns by these names, not by position. */
export const STATEMENT_COLUMNS = [
  'kind', 'tradeNo', 'idempotencyKey', 'paymentNo', 'refundNo', 'channel', 'channelTradeNo', 'channelRefundNo', 'method', 'fundingSource', 'amount', 'at', 'settlementNo', 'business', 'feeType', 'ownerKind', 'ownerId', 'operatorId',
] as const;

export type StatementHead = Receiver & { readonly hospitalId: string; readonly day: string; readonly version: number; readonly madeAt: Date };
export type StatementTotals = { readonly payments: number; readonly paymentFen: number; readonly refunds: number; readonly refundFen: number; readonly bodySha256: string };

/** Writes one file from its head to its foot: `head`, then `rows` as often as there are some, then `foot`, each giving the text to append. */
export function statementWriter(head: StatementHead): { head(): string; rows(facts: readonly MoneyFact[]): string; foot(): { readonly text: string; readonly totals: StatementTotals } } {
  const body = createHash('sha256');
  const totals = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };
  const inBody = (text: string): string => {
    body.update(text);
    return text;
  };
  return {
    head() {
      const { hospitalId, scope, appId, day, version, madeAt } = head;
      return `${line(STATEMENT_FORMAT)}${line(['head', hospitalId, scope, appId, day, String(version), beijingTime(madeAt)])}${inBody(line(STATEMENT_COLUMNS))}`;
    },
    rows(facts) {
      for (const { kind, amountFen } of facts) {
        totals[kind === 'payment' ? 'payments' : 'refunds'] += 1;
        totals[kind === 'payment' ? 'paymentFen' : 'refundFen'] += amountFen;
      }
      return inBody(facts.map((fact) => line(rowOf(fact))).join(''));
    },
    foot() {
      const bodySha256 = body.digest('hex');
      const text = [['total', 'payment', String(totals.payments), yuan(totals.paymentFen)], ['total', 'refund', String(totals.refunds), yuan(totals.refundFen)], ['sha256', bodySha256]].map(line).join('');
      return { text, totals: { ...totals, bodySha256 } };
    },
  };
}

function rowOf(fact: MoneyFact): string[] {
  return STATEMENT_COLUMNS.map((column) => {
    if (column === 'amount') return yuan(fact.amountFen);
    return column === 'at' ? beijingTime(fact.at) : fact[column];
  });
}

function yuan(amountFen: number): string {
  return yuanFromFen(fen(amountFen));
}

function line(fields: readonly string[]): string {
  return `${fields.map(cell).join(',')}\r\n`;
}

/**
 * RFC 4180 quoting. A text that a spreadsheet would run as a formula gets an apostrophe in front, and so does one that begins with an apostrophe: whoever takes one leading apostrophe away has the text
 * as it was. OWASP, "CSV Injection".
 */
export function cell(text: string): string {
  const safe = /^['=+\-@\t\r\n|%＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
