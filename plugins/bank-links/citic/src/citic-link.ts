import type { BankCallContext, BankLink, PluginContext, TransferOutcome, TransferRequest } from '@hospay/plugin-sdk';

import { createAccountRows } from './account-rows.js';
import { createCurrentBalance } from './current-balance.js';
import { createDayStatement } from './day-statement.js';
import { createFrontEnd, type FrontEndAnswer } from './front-end.js';
import { createMovementReceipt } from './movement-receipt.js';
import { paymentContent } from './payment-content.js';
import type { CiticSettings } from './settings.js';
import { amountOf } from './statement-rows.js';
import { meaningOf } from './status-codes.js';
import { createTransferNews } from './transfer-news.js';

/** The hospital's accounts at CITIC Bank. It keeps nothing between calls: the bank knows every instruction by its client number. */
export function createCiticLink(context: PluginContext<CiticSettings>): BankLink {
  const { settings, now } = context;
  const { receiptNumber } = settings;
  const frontEnd = createFrontEnd(context);
  const rows = createAccountRows(frontEnd, settings);
  const balance = createCurrentBalance(frontEnd);

  const pay = async (request: TransferRequest, call: BankCallContext): Promise<TransferOutcome> => {
    const content = paymentContent(request, settings);
    if (content.kind === 'unsayable') return { kind: 'refused', code: content.code, message: content.message };
    const answer = await frontEnd.instruct('DLOUTTRN', content.fields, call);
    if (answer.kind === 'unsayable') return { kind: 'refused', code: 'LINK_NOT_IN_GBK', message: 'the payee or the purpose has a character the bank’s message cannot carry' };
    if (answer.kind !== 'answer') return answer;
    return outcomeOf(request, answer, settings.refusedCodes ?? []);
  };

  return { accountNos: settings.accountNos, pay, query: createTransferNews({ frontEnd, rows, settings, now }), statement: createDayStatement({ rows, balance, now }), balance: ({ accountNo }, call) => balance(accountNo, call), ...(receiptNumber === undefined ? {} : { receipt: createMovementReceipt({ frontEnd, rows, receiptNumber, notReadyCodes: settings.receiptNotReadyCodes, now }) }) };
}

function outcomeOf({ fromAccountNo, amountFen }: TransferRequest, { status, statusText, fields }: Extract<FrontEndAnswer, { kind: 'answer' }>, refusedCodes: readonly string[]): TransferOutcome {
  const meaning = meaningOf(status, refusedCodes);
  if (meaning === 'refused') return { kind: 'refused', code: status, message: statusText };
  if (meaning === 'unknown') return { kind: 'unknown', reason: `the bank answered ${status}` };
  const [account, amount] = [fields['payAccountNo'] ?? '', fields['tranAmount'] ?? ''];
  if ((account !== '' && account !== fromAccountNo) || (amount !== '' && amountOf(amount) !== amountFen)) return { kind: 'unknown', reason: 'the answer is about another instruction' };
  const tranNo = (fields['tranNo'] ?? '').slice(0, 64);
  return { kind: 'accepted', awaitsBankApproval: meaning === 'awaitsApproval', ...(tranNo === '' ? {} : { bankTransferNo: tranNo }) };
}
