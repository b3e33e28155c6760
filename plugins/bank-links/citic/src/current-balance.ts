import type { BankBalanceOutcome, BankCallContext } from '@hospay/plugin-sdk';

import type { FrontEnd } from './front-end.js';
import { amountOf } from './statement-rows.js';
import { ANSWERED } from './status-codes.js';

/** The account as it stands now (DLBALQRY). */
export type CurrentBalance = (accountNo: string, call: BankCallContext) => Promise<BankBalanceOutcome>;

export function createCurrentBalance(frontEnd: FrontEnd): CurrentBalance {
  return async (accountNo, call) => {
    const answer = await frontEnd.ask('DLBALQRY', {}, call, [{ accountNo }]);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: 'reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message' };
    const [row, ...others] = answer.rows;
    if (answer.status !== ANSWERED || row === undefined || others.length > 0 || row['accountNo'] !== accountNo || row['status'] !== ANSWERED) return { kind: 'unknown', reason: `the bank answered ${row?.['status'] ?? answer.status}` };
    const [availableFen, ledgerFen] = [amountOf(row['usableBalance']), amountOf(row['balance'])];
    return availableFen === undefined || ledgerFen === undefined ? { kind: 'unknown', reason: 'the balance cannot be read' } : { kind: 'balance', availableFen, ledgerFen };
  };
}
