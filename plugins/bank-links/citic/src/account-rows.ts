import { fen, yuanFromFen } from '@hospay/plugin-sdk';

import type { FrontEnd } from './front-end.js';
import type { CiticSettings } from './settings.js';
import { readRow, type Row } from './statement-rows.js';
import { ANSWERED } from './status-codes.js';

/** Rows on a page, the most the bank gives (manual V5.0, DLTRNALL). */
const PAGE_ROWS = 20;
/** The largest amount of decimal(15,2). */
const LARGEST = '9999999999999.99';

export type RowsWanted = { readonly accountNo: string; readonly first: string; readonly last: string; /** Only movements of exactly this. */ readonly amountFen?: number };
export type Page = { readonly kind: 'page'; readonly total: number; readonly rows: readonly Row[]; readonly bytes: Uint8Array };
export type NoRows = { readonly kind: 'notReady'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string } | { readonly kind: 'unreadable'; readonly reason: string; readonly bytes: Uint8Array };

/** Movements of an account (DLTRNALL), a page at a time. Days are `yyyy-MM-dd`, first and last included; the bank lists the oldest first. */
export function createAccountRows(frontEnd: FrontEnd, { notReadyCodes = [] }: Pick<CiticSettings, 'notReadyCodes'>) {
  return {
    /** @param startRecord 1 for the first row */
    async page({ accountNo, first, last, amountFen }: RowsWanted, startRecord: number, call: { readonly signal: AbortSignal }): Promise<Page | NoRows> {
      const amounts = amountFen === undefined ? { lowAmount: '0.00', upAmount: LARGEST } : { lowAmount: yuanFromFen(fen(amountFen)), upAmount: yuanFromFen(fen(amountFen)) };
      const answer = await frontEnd.ask('DLTRNALL', { accountNo, ...amounts, startDate: first.replaceAll('-', ''), endDate: last.replaceAll('-', ''), pageNumber: String(PAGE_ROWS), startRecord: String(startRecord) }, call);
      if (answer.kind !== 'answer') return { kind: 'unknown', reason: 'reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message' };
      if (answer.status !== ANSWERED) return { kind: notReadyCodes.includes(answer.status) ? 'notReady' : 'unknown', reason: `the bank answered ${answer.status}` };
      const { fields, bytes } = answer;
      const rows = answer.rows.map(readRow);
      const [total, returned] = [countOf(fields['totalRecords']), countOf(fields['returnRecords'])];
      if (fields['accountNo'] !== accountNo) return { kind: 'unreadable', reason: 'the statement is of another account', bytes };
      if (total === undefined || returned !== rows.length || rows.length > PAGE_ROWS || startRecord - 1 + rows.length > total) return { kind: 'unreadable', reason: 'the page counts its rows wrongly', bytes };
      if (!rows.every((row) => row !== undefined)) return { kind: 'unreadable', reason: 'a row cannot be read', bytes };
      if (rows.some(({ day }) => day < first || day > last)) return { kind: 'unreadable', reason: 'a row is of another day', bytes };
      return { kind: 'page', total, rows, bytes };
    },
    pageRows: PAGE_ROWS,
  };
}
export type AccountRows = ReturnType<typeof createAccountRows>;

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;
}
