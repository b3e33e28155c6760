/** Bill locks (收费加锁) of the simulated hospital: who holds which bills, and whether they were given back. */
import type { HisResult } from '@hospay/plugin-sdk';
import type { Violation } from '@hospay/server/domain/invariants.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import type { Faults } from './faults.js';
import type { History } from './history.js';
import type { VirtualTime } from './virtual-time.js';

/** As hospitals let a lock fall free that nobody gives back. */
const HELD_MS = 30 * 60_000;

type Lock = { readonly billNos: readonly string[]; readonly until: number; isGivenBack: boolean; /** Once, whatever a late repeat of the request locked after that: it falls free. */ wasGivenBack: boolean };
type Done = HisResult<Record<string, never>>;

export class BillLocks {
  readonly #locks = new Map<string, Lock>();
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #history: History;

  constructor(time: VirtualTime, faults: Faults, history: History) {
    this.#time = time;
    this.#faults = faults;
    this.#history = history;
  }

  lock({ lockNo, billNos }: { readonly lockNo: string; readonly billNos: readonly string[] }): Done {
    if (billNos.some((billNo) => this.isHeld(billNo, lockNo)) || this.#faults.strikes('a doctor has the bill open')) {
      this.#history.mark('a bill could not be locked');
      return { kind: 'rejected', code: '701', message: 'somebody else has the bill' };
    }
    this.#locks.set(lockNo, { billNos, until: this.#time.now + HELD_MS, isGivenBack: false, wasGivenBack: this.#locks.get(lockNo)?.wasGivenBack ?? false });
    return { kind: 'ok', value: {} };
  }

  unlock({ lockNo }: { readonly lockNo: string }): Done {
    const lock = this.#locks.get(lockNo);
    if (lock === undefined) return { kind: 'rejected', code: '702', message: 'no such lock' };
    lock.isGivenBack = lock.wasGivenBack = true;
    this.#history.mark('bills were given back');
    return { kind: 'ok', value: {} };
  }

  /** By another lock than this one. */
  isHeld(billNo: string, exceptBy?: string): boolean {
    return [...this.#locks].some(([lockNo, { billNos, until, isGivenBack }]) => lockNo !== exceptBy && !isGivenBack && until > this.#time.now && billNos.includes(billNo));
  }

  /** In the quiet world the bills of every order that came to nothing were given back, not left to fall free. */
  checkEnd(aggregates: readonly OrderAggregate[]): Violation[] {
    return aggregates.flatMap(({ order: { tradeNo, lockNo }, holdsBills }): Violation[] => {
      const lock = lockNo === undefined ? undefined : this.#locks.get(lockNo);
      return lock === undefined || holdsBills || lock.wasGivenBack ? [] : [{ rule: 'locked bills are given back', subject: tradeNo, detail: `the HIS still keeps ${lock.billNos.join()} for it` }];
    });
  }
}
