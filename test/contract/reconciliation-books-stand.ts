/** A scripted day with a look into the ledger. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { FeeContract } from '@hospay/server/domain/fee-contract.js';
import { checkWholeLedger, type ClearBalance } from '@hospay/server/domain/invariants.js';
import { expectedArrivalBalances } from '@hospay/server/edges/database/money/verify-arrivals.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { expectedReconciliationBalances } from '@hospay/server/edges/database/money/verify-suspense.js';
import { startScripted } from './reconciliation-scripted-stand.js';

export async function startWithBooks(context: TestContext, contracts: readonly FeeContract[] = [], cutOff?: string) {
  const scripted = await startScripted(context, contracts, cutOff);
  const { database } = scripted.stand.store;
  const balances = (): ClearBalance[] => database.prepare('SELECT a.name AS account, c.clear_key AS clearKey, c.net_fen AS netFen, c.pending_fen AS pendingFen FROM clear_balance c JOIN account a ON a.id = c.account_id ORDER BY 1, 2').all() as unknown as ClearBalance[];
  const hangs = () => balances().filter(({ account }) => /^(1191|2091)/.test(account)).map(({ account, clearKey, netFen }) => [account, clearKey, netFen]);
  const money = () => Object.fromEntries(balances().filter(({ account }) => account.startsWith('1121')).map(({ clearKey, netFen }) => [clearKey, netFen]));
  const of = (account: string, clearKey: string): number => balances().find((balance) => balance.account === account && balance.clearKey === clearKey)?.netFen ?? 0;
  const journals = () => Number(database.prepare("SELECT count(*) AS n FROM journal WHERE biz_type = 'reconciliation'").get()?.['n']);
  /** The whole ledger is what orders and reconciliation say, to the fen. */
  const isWhole = async () => {
    const orders = await Promise.all(database.prepare('SELECT trade_no FROM orders').all().map(async (row) => scripted.stand.store.findOrder(String(row['trade_no']))));
    assert.deepEqual(verifyLedger(database).problems, []);
    assert.deepEqual(checkWholeLedger(orders.filter((order) => order !== undefined), balances(), [...expectedReconciliationBalances(database), ...expectedArrivalBalances(database)]), []);
  };
  const channelOf = async () => {
    const [row] = database.prepare('SELECT channel, merchant_no FROM payment').all();
    return `1121/${String(row?.['channel'])}/${String(row?.['merchant_no'])}`;
  };
  return { ...scripted, database, balances, hangs, money, of, journals, isWhole, channelOf };
}
