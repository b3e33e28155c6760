import type { BankBalanceOutcome, BankCallContext } from '@hospay/plugin-sdk';

import { fenOf } from './movement-rows.js';
import { DONE, type NetSafeClient } from './net-safe-client.js';
import { ONLY_ROW } from './payment-content.js';

/** `closedFen`: what yesterday ended with, where the bank tells it. */
export type AccountBalances = { readonly kind: 'balances'; readonly availableFen: number; readonly ledgerFen: number; readonly closedFen: number | undefined } | Extract<BankBalanceOutcome, { kind: 'unknown' }>;
export type CurrentBalance = (accountNo: string, call: BankCallContext) => Promise<AccountBalances>;

/** The account as it stands now, and as yesterday left it (QACCBAL: Balance, UsableBalance, AccBalance). */
export function createCurrentBalance(client: NetSafeClient): CurrentBalance {
  return async (accountNo, call) => {
    const answer = await client.ask('QACCBAL', { fields: { TotalNum: '1', ReqReserved1: '', ReqReserved2: '' }, rows: [{ iSeqno: ONLY_ROW, AccNo: accountNo, CurrType: '001', ReqReserved3: '', ReqReserved4: '' }] }, call);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: 'reason' in answer ? answer.reason : 'the question cannot be said in the bank’s message' };
    const [row, ...others] = answer.rows;
    const code = answer.code === DONE ? (row?.['iRetCode'] ?? DONE) : answer.code;
    if ((code !== DONE && code !== '') || row === undefined || others.length > 0 || row['AccNo'] !== accountNo) return { kind: 'unknown', reason: `the bank answered ${code.slice(0, 12)} without this account` };
    const [availableFen, ledgerFen] = [fenOf(row['UsableBalance']), fenOf(row['Balance'])];
    return availableFen === undefined || ledgerFen === undefined ? { kind: 'unknown', reason: 'the balance cannot be read' } : { kind: 'balances', availableFen, ledgerFen, closedFen: fenOf(row['AccBalance']) };
  };
}
