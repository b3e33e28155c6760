import type { BankBalanceOutcome } from '@hospay/plugin-sdk';

import { ACCEPTED, rowsOf, textOf, type CdcWire } from './cdc-wire.js';
import { amountOf } from './statement-rows.js';

/** The account as it stands now (NTQACINF): `accblv` in the books, `avlblv` to be used. */
export function createCurrentBalance(wire: CdcWire) {
  return async (accountNo: string, call: { readonly signal: AbortSignal }): Promise<BankBalanceOutcome> => {
    const answer = await wire.ask('NTQACINF', accountNo, { ntqacinfx: [{ accnbr: accountNo }] }, call);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
    const [row, ...others] = answer.code === ACCEPTED ? (rowsOf(answer.body, 'ntqacinfz') ?? []) : [];
    if (row === undefined || others.length > 0 || textOf(row, 'accnbr') !== accountNo) return { kind: 'unknown', reason: `the bank answered ${answer.code} without this account` };
    const [availableFen, ledgerFen] = [amountOf(textOf(row, 'avlblv')), amountOf(textOf(row, 'accblv'))];
    return availableFen === undefined || ledgerFen === undefined ? { kind: 'unknown', reason: 'the bank told no amounts' } : { kind: 'balance', availableFen, ledgerFen };
  };
}
export type CurrentBalance = ReturnType<typeof createCurrentBalance>;
