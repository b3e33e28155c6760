import type { Fields } from './cms-message.js';
import { readRow, type MovementRow } from './movement-rows.js';
import { DONE, type NetSafeClient } from './net-safe-client.js';
import { RETURN_WORDS, type IcbcSettings } from './settings.js';

/** `days`: closed ones, first and last included, with the balance after each movement (QHISD). `today`: what moved since midnight, without balances (QPD). */
export type MovementsWanted = { readonly accountNo: string; readonly of: { readonly kind: 'days'; readonly first: string; readonly last: string } | { readonly kind: 'today' }; /** Only movements of exactly this. */ readonly amountFen?: number };
export type Page = { readonly kind: 'page'; readonly rows: readonly MovementRow[]; /** Where to go on; undefined on the last page. */ readonly nextTag: string | undefined; readonly bytes: Uint8Array };
export type AllRows = { readonly kind: 'rows'; readonly rows: readonly MovementRow[]; readonly bytes: Uint8Array };
export type NoRows = { readonly kind: 'notReady'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string } | { readonly kind: 'unreadable'; readonly reason: string; readonly bytes: Uint8Array };

/** The largest amount the bank's field holds, in fen. */
const LARGEST = '99999999999999999';

/** Movements of an account, page by page from tag to tag; the bank lists the oldest first. */
export function createAccountMovements(client: NetSafeClient, { notReadyCodes = [], noMovementCodes = [], ...settings }: Pick<IcbcSettings, 'notReadyCodes' | 'noMovementCodes' | 'returnWords'>) {
  const returnWords: readonly string[] = settings.returnWords ?? RETURN_WORDS;
  const page = async (wanted: MovementsWanted, nextTag: string, call: { readonly signal: AbortSignal }): Promise<Page | NoRows> => {
    const { accountNo, of } = wanted;
    const answer = await client.ask(of.kind === 'days' ? 'QHISD' : 'QPD', { fields: questionOf(wanted, nextTag) }, call);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: 'reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message' };
    const { code, fields, bytes } = answer;
    if (code !== DONE && noMovementCodes.includes(code) && nextTag === '') return { kind: 'page', rows: [], nextTag: undefined, bytes };
    if (code !== DONE) return { kind: notReadyCodes.includes(code) ? 'notReady' : 'unknown', reason: `the bank answered ${code}` };
    const unreadable = (reason: string): NoRows => ({ kind: 'unreadable', reason, bytes });
    const rows = answer.rows.map((row) => readRow(row, returnWords));
    const next = fields['NextTag'] ?? '';
    if (fields['AccNo'] !== accountNo) return unreadable('the statement is of another account');
    if (fields['TotalNum'] !== String(rows.length)) return unreadable('the page counts its rows wrongly');
    if (!rows.every((row) => row !== undefined)) return unreadable('a row cannot be read');
    if (of.kind === 'days' && rows.some(({ day }) => day < of.first || day > of.last)) return unreadable('a row is of another day');
    if (of.kind === 'days' && rows.some(({ balanceFen }) => balanceFen === undefined)) return unreadable('a row has no balance');
    if (next !== '' && rows.length === 0) return unreadable('it goes on after an empty page');
    return { kind: 'page', rows, nextTag: next === '' ? undefined : next, bytes };
  };

  return {
    /** The first page, which begins with the oldest movement. */
    firstPage: (wanted: MovementsWanted, call: { readonly signal: AbortSignal }) => page(wanted, '', call),
    async all(wanted: MovementsWanted, call: { readonly signal: AbortSignal }): Promise<AllRows | NoRows> {
      const pages: Page[] = [];
      const tags = new Set<string>();
      let tag: string | undefined = '';
      while (tag !== undefined) {
        const read = await page(wanted, tag, call);
        if (read.kind === 'unreadable') return { ...read, bytes: joined([...pages.map(({ bytes }) => bytes), read.bytes]) };
        if (read.kind !== 'page') return read;
        pages.push(read);
        tag = read.nextTag;
        if (tag === undefined) break;
        if (tags.has(tag)) return { kind: 'unreadable', reason: 'the statement goes on where it was before: it has no end', bytes: joined(pages.map(({ bytes }) => bytes)) };
        tags.add(tag);
      }
      return { kind: 'rows', rows: pages.flatMap(({ rows }) => rows), bytes: joined(pages.map(({ bytes }) => bytes)) };
    },
  };
}
export type AccountMovements = ReturnType<typeof createAccountMovements>;

function questionOf({ accountNo, of, amountFen }: MovementsWanted, nextTag: string): Fields {
  const amounts = { MinAmt: amountFen === undefined ? '0' : String(amountFen), MaxAmt: amountFen === undefined ? LARGEST : String(amountFen) };
  return of.kind === 'days'
    ? { AccNo: accountNo, BeginDate: of.first.replaceAll('-', ''), EndDate: of.last.replaceAll('-', ''), ...amounts, BankType: '', NextTag: nextTag, CurrType: '001', DueBillNo: '', AcctSeq: '' }
    : { AccNo: accountNo, AreaCode: '', ...amounts, BeginTime: '', EndTime: '', NextTag: nextTag, ReqReserved1: '', ReqReserved2: '', CurrType: '001', AcctSeq: '' };
}

function joined(files: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(files.flatMap((file, index) => (index === 0 ? [file] : [Buffer.from('\n'), file]))));
}
