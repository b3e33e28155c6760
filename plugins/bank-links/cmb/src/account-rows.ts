import { ACCEPTED, rowsOf, textOf, type CdcWire, type Row } from './cdc-wire.js';
import { RETURN_WORDS, type CmbSettings } from './settings.js';
import { amountOf, readRow, type StatementRow } from './statement-rows.js';

export type RowsWanted = { readonly accountNo: string; readonly first: string; readonly last: string };
/** What the bank counts, of this page or of the whole question: its documents do not say which. */
export type Totals = { readonly outs: number; readonly outFen: number; readonly ins: number; readonly inFen: number };
/** `next`: where to go on. */
export type Page = { readonly kind: 'page'; readonly rows: readonly StatementRow[]; readonly totals: Totals; readonly next: Continuation | undefined; readonly text: string };
export type Continuation = { readonly accountNo: string; readonly place: Row };
export type NoRows = { readonly kind: 'notReady'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string } | { readonly kind: 'unreadable'; readonly reason: string; readonly text: string };

/** Movements of an account (trsQryByBreakPoint), a page at a time. Days are `yyyy-MM-dd`, first and last included; the bank lists the oldest first. */
export function createAccountRows(wire: CdcWire, { notReadyCodes = [], ...settings }: Pick<CmbSettings, 'notReadyCodes' | 'returnWords'>) {
  const returnWords = settings.returnWords ?? RETURN_WORDS;
  return {
    async page({ accountNo, first, last }: RowsWanted, from: Continuation | undefined, call: { readonly signal: AbortSignal }): Promise<Page | NoRows> {
      const wanted = { cardNbr: accountNo, beginDate: first.replaceAll('-', ''), endDate: last.replaceAll('-', ''), transactionSequence: '1', queryAcctNbr: from?.accountNo ?? '', loanCode: '' };
      const answer = await wire.ask('trsQryByBreakPoint', accountNo, { TRANSQUERYBYBREAKPOINT_X1: [wanted], ...(from === undefined ? {} : { TRANSQUERYBYBREAKPOINT_Y1: [from.place] }) }, call);
      if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
      if (answer.code !== ACCEPTED) return { kind: notReadyCodes.includes(answer.code) ? 'notReady' : 'unknown', reason: `the bank answered ${answer.code}` };
      const { body, text } = answer;
      const [summary, ...others] = rowsOf(body, 'TRANSQUERYBYBREAKPOINT_Z1') ?? [];
      if (summary === undefined || others.length > 0) return { kind: 'unknown', reason: 'the answer has no summary of the question' };
      const unreadable = (reason: string): NoRows => ({ kind: 'unreadable', reason, text });
      const [totals, more] = [totalsOf(summary), textOf(summary, 'ctnFlag')];
      const rows = (rowsOf(body, 'TRANSQUERYBYBREAKPOINT_Z2') ?? []).map((row) => readRow(row, returnWords));
      const [place] = rowsOf(body, 'TRANSQUERYBYBREAKPOINT_Y1') ?? [];
      if (totals === undefined || (more !== 'Y' && more !== 'N')) return unreadable('the page counts nothing');
      if (!rows.every((row) => row !== undefined)) return unreadable('a row cannot be read');
      if (rows.some(({ day }) => day < first || day > last)) return unreadable('a row is of another day');
      if (more === 'Y' && (place === undefined || rows.length === 0)) return unreadable('it goes on, and says not where');
      return { kind: 'page', rows, totals, next: more === 'Y' && place !== undefined ? { accountNo: textOf(summary, 'queryAcctNbr'), place } : undefined, text };
    },
  };
}
export type AccountRows = ReturnType<typeof createAccountRows>;

/** Counted from the rows themselves. */
export function countedOf(rows: readonly StatementRow[]): Totals {
  const [outs, ins] = [rows.filter(({ signedFen }) => signedFen < 0), rows.filter(({ signedFen }) => signedFen > 0)];
  const sum = (of: readonly StatementRow[]): number => of.reduce((total, { signedFen }) => total + Math.abs(signedFen), 0);
  return { outs: outs.length, outFen: sum(outs), ins: ins.length, inFen: sum(ins) };
}

export function isSame(one: Totals, other: Totals): boolean {
  return one.outs === other.outs && one.outFen === other.outFen && one.ins === other.ins && one.inFen === other.inFen;
}

function totalsOf(summary: Row): Totals | undefined {
  const [outs, ins] = [countOf(textOf(summary, 'debitNums')), countOf(textOf(summary, 'creditNums'))];
  const [outFen, inFen] = [amountOf(textOf(summary, 'debitAmount')), amountOf(textOf(summary, 'creditAmount'))];
  return outs === undefined || ins === undefined || outFen === undefined || inFen === undefined ? undefined : { outs, outFen: Math.abs(outFen), ins, inFen };
}

function countOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
