import { beijingDay, fen, isBankReceiptMedia, yuanFromFen, type BankCallContext, type BankReceiptOutcome, type BankReceiptRequest } from '@hospay/plugin-sdk';

import type { AccountRows } from './account-rows.js';
import type { FrontEnd } from './front-end.js';
import { readReceiptZip } from './receipt-zip.js';
import type { CiticSettings } from './settings.js';
import { amountOf } from './statement-rows.js';
import { ANSWERED } from './status-codes.js';
import type { Fields } from './stream-message.js';

/** Receipts on a page, the most the bank gives. */
const PAGE_ROWS = 100;
const MEDIA = 'application/pdf';

/** Which number of a movement the bank's list of receipts calls transeqNo: its manual does not say. */
type NumberName = NonNullable<CiticSettings['receiptNumber']>;
type Ports = { readonly frontEnd: FrontEnd; readonly rows: AccountRows; readonly receiptNumber: NumberName; readonly notReadyCodes: readonly string[] | undefined; readonly now: () => Date };
type Movement = { readonly kind: 'movement'; readonly day: string; readonly number: string };
type Listed = { readonly kind: 'listed'; readonly receiptNo: string; readonly billType: string };
type NoAnswer = { readonly kind: 'notReady' | 'unknown'; readonly reason: string };

/**
 * The receipt of one movement: found in the bank's list of the day (DLEDDRSQ) by the number of the movement together with its amount and day, then fetched (DLEDCDTD). The number alone decides: another movement of
 * the same amount is never taken for it.
 */
export function createMovementReceipt({ frontEnd, rows, receiptNumber, notReadyCodes = [], now }: Ports) {
  return async (request: BankReceiptRequest, call: BankCallContext): Promise<BankReceiptOutcome> => {
    const movement = movementOf(request, receiptNumber) ?? (await findMovement(rows, request, receiptNumber, call));
    if (movement.kind !== 'movement') return movement;
    // Today's receipts and those of closed days are two lists of the bank's.
    const isToday = movement.day === beijingDay(now());
    const listed = await findListed(frontEnd, request, { ...movement, isToday, notReadyCodes }, call);
    if (listed.kind !== 'listed') return listed;
    const { receiptNo, billType } = listed;
    const answer = await frontEnd.ask('DLEDCDTD', { bankId: '', isCurrDay: isToday ? '1' : '2', accNo: request.accountNo }, call, [{ brSeqNo: receiptNo, billType }]);
    if (answer.kind !== 'answer') return unknown('reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message');
    if (answer.status !== ANSWERED) return { kind: notReadyCodes.includes(answer.status) ? 'notReady' : 'unknown', reason: `the bank answered ${answer.status}` };
    const bytes = await readReceiptZip(Buffer.from(answer.fields['fileConTent'] ?? '', 'base64'));
    return bytes !== undefined && isBankReceiptMedia(bytes, MEDIA) ? { kind: 'receipt', receiptNo, mediaType: MEDIA, bytes } : unknown('what came holds not one PDF');
  };
}

/** From the number the statement gave the line: day, tranNo, sumTranNo. */
function movementOf({ bankLineNo, instructionNo }: BankReceiptRequest, by: NumberName): Movement | undefined {
  const [, date, tranNo, sumTranNo] = /^(\d{8})-([^-]+)(?:-(.+))?$/.exec(bankLineNo ?? '') ?? [];
  const number = { tranNo, sumTranNo, clientID: instructionNo }[by];
  return date === undefined || number === undefined ? undefined : { kind: 'movement', day: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`, number };
}

/** Before its statement is read a transfer is found among the movements by our number. */
async function findMovement(account: AccountRows, request: BankReceiptRequest, by: NumberName, call: BankCallContext): Promise<Movement | NoAnswer> {
  const { accountNo, amountFen, direction, instructionNo, firstDay, lastDay } = request;
  let [seen, total] = [0, 0];
  do {
    const page = await account.page({ accountNo, amountFen, first: firstDay, last: lastDay }, seen + 1, call);
    if (page.kind !== 'page') return { kind: page.kind === 'notReady' ? 'notReady' : 'unknown', reason: page.reason };
    const found = page.rows.find(({ line }) => line.instructionNo === instructionNo && line.direction === direction && !line.isReturn);
    if (found !== undefined) return movementOf({ ...request, bankLineNo: found.line.bankLineNo }, by) ?? { kind: 'unknown', reason: `the movement has no ${by}` };
    [seen, total] = [seen + page.rows.length, page.total];
    if (page.rows.length === 0) break;
  } while (seen < total);
  return { kind: 'notReady', reason: 'the account shows no such movement yet' };
}

async function findListed(frontEnd: FrontEnd, { accountNo, amountFen }: BankReceiptRequest, { day, number, isToday, notReadyCodes }: Movement & { readonly isToday: boolean; readonly notReadyCodes: readonly string[] }, call: BankCallContext): Promise<Listed | NoAnswer> {
  const [date, amount] = [day.replaceAll('-', ''), yuanFromFen(fen(amountFen))];
  const found: Fields[] = [];
  let [seen, total] = [0, 0];
  do {
    const answer = await frontEnd.ask('DLEDDRSQ', { qryType: isToday ? '1' : '2', accNo: accountNo, billType: '0', minAmt: amount, maxAmt: amount, startDate: date, endDate: date, pageSize: String(PAGE_ROWS), startNo: String(seen + 1) }, call);
    if (answer.kind !== 'answer') return unknown('reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message');
    if (answer.status !== ANSWERED) return { kind: notReadyCodes.includes(answer.status) ? 'notReady' : 'unknown', reason: `the bank answered ${answer.status}` };
    const { fields, rows } = answer;
    if (!/^\d{1,7}$/.test(fields['totalCount'] ?? '')) return unknown('the list of receipts does not count itself');
    found.push(...rows.filter((row) => row['transeqNo'] === number && row['tranDate'] === date && amountOf(row['tranAmt']) === amountFen));
    [seen, total] = [seen + rows.length, Number(fields['totalCount'])];
    if (rows.length === 0) break;
  } while (seen < total);
  const [row, ...others] = found;
  if (row === undefined) return { kind: 'notReady', reason: 'the bank lists no receipt of it yet' };
  // Users of the interface have met three spellings of one field.
  const receiptNo = row['brseqNo'] ?? row['brSeqNo'] ?? row['bresqNo'] ?? '';
  const isPlain = others.length === 0 && /^[0-9A-Za-z]{1,64}$/.test(receiptNo) && /^\d{6}$/.test(row['billType'] ?? '');
  return isPlain ? { kind: 'listed', receiptNo, billType: row['billType'] ?? '' } : unknown('the list names the receipt not once, or without its number and kind');
}

function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason: reason.slice(0, 500) };
}
