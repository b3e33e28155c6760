import type { BankBalanceOutcome, BankCallContext, BankLink, PluginContext, TransferOutcome, TransferRequest } from '@hospay/plugin-sdk';

import { createAccountMovements } from './account-movements.js';
import { createCurrentBalance } from './current-balance.js';
import { createDayStatement } from './day-statement.js';
import { meaningOf } from './instruction-result.js';
import { fenOf } from './movement-rows.js';
import { createNetSafeClient, DONE, type ClientAnswer } from './net-safe-client.js';
import { ONLY_ROW, paymentContent } from './payment-content.js';
import type { IcbcSettings } from './settings.js';
import { createTransferNews } from './transfer-news.js';

/** The hospital's accounts at ICBC. It keeps nothing between calls: the bank knows every instruction by its package number. */
export function createIcbcLink(context: PluginContext<IcbcSettings>): BankLink {
  const { settings, now } = context;
  const client = createNetSafeClient(context);
  const movements = createAccountMovements(client, settings);
  const balances = createCurrentBalance(client);

  const pay = async (request: TransferRequest, call: BankCallContext): Promise<TransferOutcome> => {
    const made = paymentContent(request, settings, now());
    if (made.kind === 'unsayable') return { kind: 'refused', code: made.code, message: made.message };
    const answer = await client.instruct('PAYENT', request.instructionNo, made.content, call);
    if (answer.kind === 'unsayable') return { kind: 'refused', code: 'LINK_NOT_IN_GBK', message: 'the payee or the purpose has a character the bank’s message cannot carry' };
    if (answer.kind !== 'answer') return answer;
    return outcomeOf(request, answer, settings.refusedCodes ?? []);
  };

  const balance = async ({ accountNo }: { readonly accountNo: string }, call: BankCallContext): Promise<BankBalanceOutcome> => {
    const told = await balances(accountNo, call);
    return told.kind === 'unknown' ? told : { kind: 'balance', availableFen: told.availableFen, ledgerFen: told.ledgerFen };
  };

  return { accountNos: settings.accountNos, pay, query: createTransferNews({ client, movements, settings, now }), statement: createDayStatement({ movements, balance: balances, now }), balance };
}

/** The message's own code counts first, then its row's. */
function outcomeOf({ fromAccountNo, amountFen }: TransferRequest, { code, message, head, rows }: Extract<ClientAnswer, { kind: 'answer' }>, refusedCodes: readonly string[]): TransferOutcome {
  const [row, ...others] = rows;
  const told = code === DONE ? { code: row?.['iRetCode'] || DONE, message: row?.['iRetMsg'] ?? '' } : { code, message };
  if (told.code !== DONE) return refusedCodes.includes(told.code) ? { kind: 'refused', code: told.code, message: told.message.slice(0, 300) } : { kind: 'unknown', reason: `the bank answered ${told.code.slice(0, 12)}` };
  if (row === undefined || others.length > 0 || (row['iSeqno'] ?? ONLY_ROW) !== ONLY_ROW) return { kind: 'unknown', reason: 'the answer is not about one instruction' };
  const [account, amount] = [row['PayAccNo'] ?? '', row['PayAmt'] ?? ''];
  if ((account !== '' && account !== fromAccountNo) || (amount !== '' && fenOf(amount) !== amountFen)) return { kind: 'unknown', reason: 'the answer is about another instruction' };
  const meaning = meaningOf(row['Result']);
  // A number used before may be refused by such a state as well, and under it something was paid: the question tells what became of the first.
  if (meaning === 'failed' || meaning === 'unknown') return { kind: 'unknown', reason: `the bank answered Result ${(row['Result'] ?? '').slice(0, 4)}` };
  const number = (row['OrderNo'] || head['SerialNo'] || '').slice(0, 64);
  return { kind: 'accepted', awaitsBankApproval: meaning === 'awaitsApproval', ...(number === '' ? {} : { bankTransferNo: number }) };
}
