import { beijingDay, daysBefore, instantOfBeijing, type BankCallContext, type BankLink, type PluginContext, type TransferNews, type TransferOutcome, type TransferReference, type TransferRequest } from '@hospay/plugin-sdk';

import { createAccountRows } from './account-rows.js';
import { ACCEPTED, createCdcWire, rowsOf, textOf, type Row } from './cdc-wire.js';
import { createCurrentBalance } from './current-balance.js';
import { createDayStatement } from './day-statement.js';
import { createMovementReceipt } from './movement-receipt.js';
import { BUSINESS, paymentBody } from './payment-body.js';
import { stateOf } from './request-state.js';
import type { CmbSettings } from './settings.js';
import { amountOf } from './statement-rows.js';

/** The hospital's accounts at China Merchants Bank. It keeps nothing between calls: the bank knows every instruction by its reference. */
export function createCmbLink(context: PluginContext<CmbSettings>): BankLink {
  const { settings, now } = context;
  const { refusedCodes = [], absentCodes = [] } = settings;
  const wire = createCdcWire(context);
  const balance = createCurrentBalance(wire);

  const pay = async (request: TransferRequest, call: BankCallContext): Promise<TransferOutcome> => {
    const content = paymentBody(request, settings);
    if (content.kind === 'unsayable') return { kind: 'refused', code: content.code, message: content.message };
    const answer = await wire.instruct('BB1PAYOP', content.body, call);
    if (answer.kind !== 'answer') return answer;
    if (answer.code !== ACCEPTED) return refusedCodes.includes(answer.code) ? { kind: 'refused', code: answer.code, message: answer.message } : { kind: 'unknown', reason: `the bank answered ${answer.code}` };
    const [row, ...others] = rowsOf(answer.body, 'bb1payopz1') ?? [];
    if (row === undefined || others.length > 0) return { kind: 'unknown', reason: 'the answer is not about one instruction' };
    return outcomeOf(row, refusedCodes);
  };

  const query = async (reference: TransferReference, call: BankCallContext): Promise<TransferNews> => {
    const { instructionNo, fromAccountNo, requestedAt } = reference;
    const day = beijingDay(requestedAt);
    // Committed before midnight it may be the bank's of the next day.
    const [next, today] = [daysBefore(day, -1), beijingDay(now())];
    const asked = { busCod: BUSINESS, yurRef: instructionNo, dbtAcc: fromAccountNo, beginDate: compact(day), endDate: compact(next < today ? next : today < day ? day : today) };
    const answer = await wire.ask('BB1PAYQR', fromAccountNo, { bb1payqrx1: [asked] }, call);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
    if (absentCodes.includes(answer.code)) return { kind: 'absent' };
    const rows = answer.code === ACCEPTED ? rowsOf(answer.body, 'bb1payqrz1') : undefined;
    if (rows === undefined) return { kind: 'unknown', reason: `the bank answered ${answer.code} without a list` };
    const [row, ...others] = rows;
    if (row === undefined) return { kind: 'absent' };
    if (others.length > 0 || textOf(row, 'yurRef') !== instructionNo) return { kind: 'unknown', reason: 'the answer is about other instructions' };
    return newsOf(row, reference);
  };

  const rows = createAccountRows(wire, settings);
  return { accountNos: settings.accountNos, pay, query, statement: createDayStatement({ rows, balance, now }), balance: ({ accountNo }, call) => balance(accountNo, call), receipt: createMovementReceipt({ wire, rows, settings }) };
}

function outcomeOf(row: Row, refusedCodes: readonly string[]): TransferOutcome {
  const [errorCode, number] = [textOf(row, 'errCod'), textOf(row, 'reqNbr').slice(0, 64)];
  if (errorCode !== '' && errorCode !== ACCEPTED) return refusedCodes.includes(errorCode) ? { kind: 'refused', code: errorCode, message: textOf(row, 'errTxt').slice(0, 300) } : { kind: 'unknown', reason: `the bank answered ${errorCode.slice(0, 12)}` };
  const state = stateOf(row);
  switch (state.kind) {
    case 'onItsWay':
    case 'paid':
    case 'returned':
      // Paid and returned at once is for the question to say: it asks again for some days.
      return { kind: 'accepted', awaitsBankApproval: state.kind === 'onItsWay' && state.awaitsBankApproval, ...(number === '' ? {} : { bankTransferNo: number }) };
    case 'failed':
      return { kind: 'refused', code: state.code, message: textOf(row, 'msgTxt').slice(0, 300) };
    case 'unknown':
      return state;
  }
}

function newsOf(row: Row, { amountFen }: TransferReference): TransferNews {
  if (amountOf(textOf(row, 'trsAmt')) !== amountFen) return { kind: 'unknown', reason: 'the bank has another amount under this reference' };
  const state = stateOf(row);
  const number = textOf(row, 'reqNbr').slice(0, 64);
  switch (state.kind) {
    case 'onItsWay':
      return { kind: 'processing', awaitsBankApproval: state.awaitsBankApproval };
    case 'paid':
      return { kind: 'succeeded', ...(number === '' ? {} : { bankTransferNo: number }) };
    case 'returned': {
      const returnedAt = instantOfBeijing(`${textOf(row, 'backwardDay')}000000`);
      return { kind: 'returned', message: textOf(row, 'rtnNar').slice(0, 300), ...(returnedAt === undefined ? {} : { returnedAt }) };
    }
    case 'failed':
      return { kind: 'failed', code: state.code, message: textOf(row, 'rtnNar').slice(0, 300) };
    case 'unknown':
      return state;
  }
}

function compact(day: string): string {
  return day.replaceAll('-', '');
}
