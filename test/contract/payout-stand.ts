/** A money store with debts, one finance office and a bank: what tests of payouts begin with. */
import assert from 'node:assert/strict';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import type { PayoutPolicy } from '@hospay/server/domain/payout.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import type { DebtProposal, PayoutResult } from '@hospay/server/payouts/ports.js';
import type { BankLinks } from '@hospay/server/domain/guests.js';
import type { Clock } from '@hospay/server/domain/time.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { createPayoutBench, MAIN, owe as oweDebt } from './payout-bench.js';

export const PAYEE = { accountName: '张小三', accountNo: '6222020200098765432', bankName: '工商银行' };
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export function valueOf<Value>(outcome: Outcome<Value>): Value {
  assert.equal(outcome.kind, 'ok', JSON.stringify(outcome));
  return outcome.value;
}
export const codeOf = (outcome: Outcome<unknown>): string => (outcome.kind === 'refused' ? outcome.code : outcome.kind);
export const codesOf = (results: readonly PayoutResult[]): string[] => results.map(({ payout, refused }) => payout?.state ?? refused?.code ?? '');

/** @param linksOf the links of the accounts, by the clock of the stand; absent: the scripted bank */
export function startPayouts({ policy = {}, linksOf }: { readonly policy?: Partial<PayoutPolicy>; readonly linksOf?: (clock: Clock) => BankLinks } = {}) {
  let now = new Date('2026-11-20T02:00:00.000Z');
  const clock = { now: () => now };
  const acts: AuditAct[] = [];
  const audit = { record: (act: AuditAct) => { acts.push(act); return Promise.resolve(); } };
  const store = memoryMoneyStore();
  const bench = createPayoutBench({ store, clock, audit, policy, ...(linksOf === undefined ? {} : { links: linksOf(clock) }) });
  const { desk, bank } = bench;
  const owe = (subject: string, amountFen: number): void => { oweDebt(store, { subject, amountFen, at: now }); };
  const debt = (subject: string, amountFen: number, payee: Partial<typeof PAYEE> = {}): DebtProposal => ({ kind: 'prepayment', subject, amountFen, payee: { ...PAYEE, ...payee } });
  const propose = async (...debts: DebtProposal[]) => valueOf(await desk.proposePayouts({ fromAccount: MAIN.id, debts, by: 'zhang' }));
  const approve = (shown: { readonly payoutNo: string; readonly hash: string }, by = 'li') => desk.decidePayouts({ payouts: [{ payoutNo: shown.payoutNo, hash: shown.hash }], isApproved: true, reason: '已核对', by });
  const read = async (payoutNo: string) => valueOf(await desk.findPayout({ payoutNo }));
  const work = async (leaseMs = 180_000): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      const jobs = await store.claimJobs({ kinds: ['advancePayout'], owner: 'test', now, leaseMs, limit: 20 });
      if (jobs.length === 0) return;
      for (const job of jobs) await bench.advance(job);
    }
    throw new Error('jobs never end');
  };
  const later = async (ms: number): Promise<void> => {
    now = new Date(now.getTime() + ms);
    await work();
  };
  /** Owed, proposed and approved; the bank has not been told. */
  const approved = async (subject = 'QT1-0001', amountFen = 5_000) => {
    owe(subject, amountFen);
    const [proposed] = await propose(debt(subject, amountFen));
    assert.ok(proposed?.payout);
    assert.deepEqual(codesOf(await approve(proposed.payout)), ['approved']);
    return proposed.payout;
  };
  const openCases = () => store.database.prepare('SELECT kind, subject FROM discrepancy_case WHERE resolved_at IS NULL ORDER BY kind, subject').all().map((row) => `${String(row['kind'])} ${String(row['subject'])}`);
  const balance = (account: string, clearKey?: string) => Number(store.database.prepare('SELECT coalesce(sum(c.net_fen), 0) AS n FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ?1 AND (?2 IS NULL OR c.clear_key = ?2)').get(account, clearKey ?? null)?.['n']);
  const isWhole = () => { assert.deepEqual(verifyLedger(store.database).problems, []); };
  return { ...bench, store, acts, clock, bank, owe, debt, propose, approve, approved, read, work, later, openCases, balance, isWhole, setNow: (iso: string) => { now = new Date(iso); } };
}
