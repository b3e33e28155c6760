/** Payouts as the platform wrote them, held against the bank: each transfer once, each debt paid once, 1002 what the bank moved. */
import type { ClearBalance, Violation } from '@hospay/server/domain/invariants.js';
import { expectedPayoutBalances } from '@hospay/server/domain/payout-invariants.js';
import { isPayoutFinal, wasSent } from '@hospay/server/domain/payout-states.js';
import type { Payout } from '@hospay/server/domain/payout.js';
import { payoutFromRow } from '@hospay/server/edges/database/money/payout-rows.js';
import { number } from '@hospay/server/edges/database/money/rows.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import { BANK_ACCOUNTS, type BankWorld } from './bank-world.js';

export class PayoutLedger {
  readonly #sql: Statements;
  readonly #bank: BankWorld;

  constructor(store: SqliteMoneyStore, bank: BankWorld) {
    this.#sql = new Statements(store.database);
    this.#bank = bank;
  }

  /** Something of the bank's is still to come, or to be read. `hasOffice`: somebody pays what is owed. */
  isAtRest(hasOffice: boolean): boolean {
    if (!hasOffice) return true;
    const read = this.#sql.get('SELECT count(*) AS n FROM bank_line');
    const owed = this.#sql.get("SELECT count(*) AS n FROM discrepancy_case WHERE kind IN ('prepaymentTransfer', 'dischargeTransfer') AND resolved_at IS NULL");
    return this.#bank.plans === 0 && this.#bank.lines.length === Number(read?.['n']) && Number(owed?.['n']) === 0 && this.#payouts().every(({ state }) => isPayoutFinal(state));
  }

  balances(): ClearBalance[] {
    return expectedPayoutBalances(this.#payouts());
  }

  /** At every moment: nothing at the bank that was not committed here first, nothing twice, nothing called paid that is not. */
  check(): Violation[] {
    const violations: Violation[] = [];
    const known = new Map(this.#payouts().map((payout) => [payout.payoutNo, payout]));
    for (const instructionNo of this.#bank.transfers.keys()) {
      const payout = known.get(instructionNo);
      if (payout === undefined || !wasSent(payout.state)) violations.push({ rule: 'intent before the call', subject: instructionNo, detail: `the bank has it; here it is ${payout?.state ?? 'not known'}` });
      if (this.#bank.timesPaid(instructionNo) > 1) violations.push({ rule: 'a transfer is carried out once', subject: instructionNo, detail: `${String(this.#bank.timesPaid(instructionNo))} times` });
    }
    const netPaid = new Map<string, number>();
    for (const { payoutNo, state, kind, subject } of known.values()) {
      const isPaid = this.#bank.timesPaid(payoutNo) > 0;
      const isBack = this.#bank.timesReturned(payoutNo) > 0;
      if ((state === 'succeeded' || state === 'returned') && !isPaid) violations.push({ rule: 'says only what happened', subject: payoutNo, detail: `${state}, and the bank never paid it` });
      if (state === 'returned' && !isBack) violations.push({ rule: 'says only what happened', subject: payoutNo, detail: 'returned, and it never came back' });
      if (kind !== 'settlement') netPaid.set(subject, (netPaid.get(subject) ?? 0) + (isPaid ? 1 : 0) - (isBack ? 1 : 0));
    }
    for (const [subject, times] of netPaid) if (times > 1) violations.push({ rule: 'a debt is paid once', subject, detail: `${String(times)} times` });
    return violations;
  }

  /** In the quiet world: whatever is open has its job and its limit, and everybody has his money. */
  checkEnd(hasOffice: boolean): Violation[] {
    const violations = this.check();
    const wrong = (rule: string, subject: string, detail: string) => violations.push({ rule, subject, detail });
    for (const { payoutNo, state, kind, subject } of this.#payouts()) {
      if (!isPayoutFinal(state)) wrong('progress', payoutNo, `${state} days later`);
      if (kind === 'settlement') continue;
      const isOwed = this.#sql.get("SELECT 1 AS n FROM discrepancy_case WHERE kind IN ('prepaymentTransfer', 'dischargeTransfer') AND subject = ? AND resolved_at IS NULL", subject) !== undefined;
      const times = this.#payouts().filter((other) => other.subject === subject).reduce((sum, other) => sum + this.#bank.timesPaid(other.payoutNo) - this.#bank.timesReturned(other.payoutNo), 0);
      if (isOwed === times > 0) wrong('a debt is open until it is paid', subject, `${isOwed ? 'owed' : 'closed'}, and the bank has paid it ${String(times)} times`);
    }
    if (hasOffice && !this.isAtRest(true)) wrong('progress', 'payouts', 'the bank has lines that were not read, or something is owed, days later');
    for (const { id, accountNo } of BANK_ACCOUNTS) {
      const moved = this.#bank.lines.reduce((sum, line) => (line.accountNo === accountNo ? sum + (line.direction === 'in' ? line.amountFen : -line.amountFen) : sum), 0);
      const row = this.#sql.get('SELECT coalesce(sum(c.net_fen), 0) AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ?', `1002/${id}`);
      const booked = row === undefined ? 0 : number(row, 'fen');
      if (booked !== moved) wrong('1002 is what the bank moved', id, `${String(booked)} fen in the ledger, ${String(moved)} at the bank`);
    }
    return violations;
  }

  checkJobs(): Violation[] {
    const rows = this.#payouts().filter(({ state, payoutNo }) => !isPayoutFinal(state) && this.#sql.get("SELECT 1 AS n FROM job WHERE kind = 'advancePayout' AND subject = ?", payoutNo) === undefined);
    return rows.map(({ payoutNo, state }) => ({ rule: 'I17', subject: payoutNo, detail: `${state}, and no advancePayout job will go on with it` }));
  }

  #payouts(): readonly Payout[] {
    return this.#sql.all('SELECT * FROM payout ORDER BY seq').map(payoutFromRow);
  }
}
