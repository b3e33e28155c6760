import { beijingDay, daysBefore, type BankCallContext, type TransferNews, type TransferReference } from '@hospay/plugin-sdk';

import type { AccountMovements, MovementsWanted } from './account-movements.js';
import { meaningOf } from './instruction-result.js';
import { fenOf, type MovementRow } from './movement-rows.js';
import { DONE, type NetSafeClient } from './net-safe-client.js';
import { ONLY_ROW } from './payment-content.js';
import type { IcbcSettings } from './settings.js';

/** An instruction may wait so long for its approval before it is paid; what comes back later still stands in the statement of its day. */
const DAYS_LOOKED_AT = 31;

type Ports = { readonly client: NetSafeClient; readonly movements: AccountMovements; readonly settings: Pick<IcbcSettings, 'absentCodes'>; readonly now: () => Date };
type Looked = { readonly kind: 'looked'; readonly row: MovementRow | undefined; readonly isBack: boolean } | { readonly kind: 'unknown'; readonly reason: string };

/** What became of an instruction (QPAYENT, by our package number); of a paid one also whether it came back, which only the account's movements tell. */
export function createTransferNews({ client, movements, settings: { absentCodes = [] }, now }: Ports) {
  return async (reference: TransferReference, call: BankCallContext): Promise<TransferNews> => {
    const { instructionNo, fromAccountNo, amountFen } = reference;
    const answer = await client.ask('QPAYENT', { fields: { QryfSeqno: instructionNo, QrySerialNo: '', ReqReserved1: '', ReqReserved2: '' }, rows: [{ iSeqno: ONLY_ROW, QryiSeqno: ONLY_ROW, QryOrderNo: '', ReqReserved3: '', ReqReserved4: '' }] }, call);
    if (answer.kind !== 'answer') return unknown('reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message');
    const [row, ...others] = answer.rows;
    const code = answer.code === DONE ? row?.['iRetCode'] || DONE : answer.code;
    if (absentCodes.includes(code)) return { kind: 'absent' };
    if (code !== DONE || row === undefined || others.length > 0) return unknown(code === DONE ? 'the bank did not tell of one instruction' : `the bank answered ${code.slice(0, 12)}`);
    if ((answer.fields['QryfSeqno'] ?? instructionNo) !== instructionNo || (row['QryiSeqno'] ?? ONLY_ROW) !== ONLY_ROW) return unknown('the answer is about another instruction');
    if (fenOf(row['PayAmt']) !== amountFen || (row['PayAccNo'] ?? fromAccountNo) !== fromAccountNo) return unknown('the bank has another amount or account under this number');
    const meaning = meaningOf(row['Result']);
    switch (meaning) {
      case 'failed':
        return { kind: 'failed', code: (row['instrRetCode'] || `Result ${row['Result'] ?? ''}`).slice(0, 64), message: (row['instrRetMsg'] ?? '').slice(0, 300) };
      case 'inWork':
      case 'awaitsApproval':
        return { kind: 'processing', awaitsBankApproval: meaning === 'awaitsApproval' };
      case 'paid':
        return paid(await movementOf({ movements, now }, reference, call));
      case 'unknown':
        return unknown(`the bank’s answer names no known state (${(row['Result'] ?? '').slice(0, 4)})`);
    }
  };
}

/** Paid, and perhaps back again. A success whose return could not be asked about is no news: told as a success it would hide the return for as long as the bank does not answer. */
function paid(movement: Looked): TransferNews {
  if (movement.kind === 'unknown') return unknown(`it was paid; whether it came back could not be asked: ${movement.reason}`);
  const { row, isBack } = movement;
  if (row === undefined) return { kind: 'succeeded' };
  return isBack ? { kind: 'returned', returnedAt: row.line.at, message: row.line.summary.slice(0, 300) } : { kind: 'succeeded', paidAt: row.line.at, bankTransferNo: row.line.bankLineNo };
}

/** The movement that carries our number: what came back, else what went out. Closed days and today are two questions. */
async function movementOf({ movements, now }: Pick<Ports, 'movements' | 'now'>, { instructionNo, fromAccountNo: accountNo, amountFen, requestedAt }: TransferReference, call: BankCallContext): Promise<Looked> {
  const [first, today] = [beijingDay(requestedAt), beijingDay(now())];
  const [latest, yesterday] = [daysBefore(first, -DAYS_LOOKED_AT), daysBefore(today)];
  const questions: MovementsWanted['of'][] = [];
  if (first <= yesterday) questions.push({ kind: 'days', first, last: latest < yesterday ? latest : yesterday });
  if (today <= latest) questions.push({ kind: 'today' });
  let found: MovementRow | undefined;
  for (const of of questions) {
    const read = await movements.all({ accountNo, of, amountFen }, call);
    if (read.kind !== 'rows') return { kind: 'unknown', reason: read.reason };
    const ours = read.rows.filter(({ line }) => line.instructionNo === instructionNo);
    const back = ours.find(({ line }) => line.isReturn && line.direction === 'in');
    if (back !== undefined) return { kind: 'looked', row: back, isBack: true };
    found ??= ours[0];
  }
  return { kind: 'looked', row: found, isBack: false };
}

function unknown(reason: string): TransferNews {
  return { kind: 'unknown', reason: reason.slice(0, 500) };
}
