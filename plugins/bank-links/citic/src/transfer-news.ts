import { beijingDay, daysBefore, type BankCallContext, type TransferNews, type TransferReference } from '@hospay/plugin-sdk';

import type { AccountRows } from './account-rows.js';
import type { FrontEnd } from './front-end.js';
import type { CiticSettings } from './settings.js';
import { ANSWERED, AWAITS_APPROVAL, meaningOf, stateOf } from './status-codes.js';
import type { Row } from './statement-rows.js';

/** An instruction may wait so long for its approval before it is paid; what comes back later still stands in the statement of its day. */
const DAYS_LOOKED_AT = 31;

type Ports = { readonly frontEnd: FrontEnd; readonly rows: AccountRows; readonly settings: Pick<CiticSettings, 'absentCodes'>; readonly now: () => Date };
type Looked = { readonly kind: 'looked'; readonly row: Row | undefined } | { readonly kind: 'unknown'; readonly reason: string };

/** What became of an instruction (DLCIDSTT); of a paid one also whether it came back, which only the account's movements tell. */
export function createTransferNews({ frontEnd, rows, settings: { absentCodes = [] }, now }: Ports) {
  return async (reference: TransferReference, call: BankCallContext): Promise<TransferNews> => {
    const answer = await frontEnd.ask('DLCIDSTT', { clientID: reference.instructionNo, type: 'DLOUTTRN' }, call);
    if (answer.kind !== 'answer') return unknown('reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message');
    if (absentCodes.includes(answer.status)) return { kind: 'absent' };
    if (answer.status !== ANSWERED) return unknown(`the bank answered ${answer.status}`);
    const [row, ...others] = answer.rows;
    if (row === undefined) return { kind: 'absent' };
    if (others.length > 0) return unknown('the bank told of several instructions under one number');
    const { stt, status = '', statusText = '' } = row;
    switch (stateOf(stt)) {
      case 'failed':
        return { kind: 'failed', code: status === '' ? `stt ${stt ?? ''}` : status.slice(0, 64), message: statusText.slice(0, 300) };
      case 'open':
        return meaningOf(status, []) === 'unknown' ? unknown(`the bank does not know yet (${status.slice(0, 12)})`) : { kind: 'processing', awaitsBankApproval: status === AWAITS_APPROVAL };
      case 'paid':
        return paid(await movementOf({ rows, now }, reference, call));
      case 'unreadable':
        return unknown('the bank’s answer names no state');
    }
  };
}

/** Paid, and perhaps back again. A success whose return could not be asked about is no news: told as a success it would hide the return for as long as the bank does not answer. */
function paid(movement: Looked): TransferNews {
  if (movement.kind === 'unknown') return unknown(`it was paid; whether it came back could not be asked: ${movement.reason}`);
  const { row } = movement;
  if (row?.isMarkedReturned === true) return { kind: 'returned', message: '退汇', ...(row.line.isReturn ? { returnedAt: row.line.at } : {}) };
  return { kind: 'succeeded', ...(row === undefined ? {} : { paidAt: row.line.at, bankTransferNo: row.tranNo }) };
}

/** The movement that carries our number: what went out, or what came back where the bank marks that one. */
async function movementOf({ rows, now }: Pick<Ports, 'rows' | 'now'>, { instructionNo, fromAccountNo, amountFen, requestedAt }: TransferReference, call: BankCallContext): Promise<Looked> {
  const [first, today] = [beijingDay(requestedAt), beijingDay(now())];
  const latest = daysBefore(first, -DAYS_LOOKED_AT);
  const wanted = { accountNo: fromAccountNo, amountFen, first, last: latest < today ? latest : today };
  let seen = 0;
  let total: number;
  let found: Row | undefined;
  do {
    const page = await rows.page(wanted, seen + 1, call);
    if (page.kind !== 'page') return { kind: 'unknown', reason: page.reason };
    const ours = page.rows.filter(({ line }) => line.instructionNo === instructionNo);
    const returned = ours.find(({ isMarkedReturned }) => isMarkedReturned);
    if (returned !== undefined) return { kind: 'looked', row: returned };
    found ??= ours[0];
    seen += page.rows.length;
    total = page.total;
    if (page.rows.length === 0) break;
  } while (seen < total);
  return seen < total ? { kind: 'unknown', reason: 'a page of the account’s movements is empty' } : { kind: 'looked', row: found };
}

function unknown(reason: string): TransferNews {
  return { kind: 'unknown', reason: reason.slice(0, 500) };
}
