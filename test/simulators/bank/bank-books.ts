/** The accounts of a simulated bank: every movement with the balance after it, as statements tell it. */
import type { BankAccount, Movement } from './bank-records.js';
import type { BankStore } from './bank-store.js';

export class BankBooks {
  readonly #accounts = new Map<string, BankAccount>();
  readonly #now: () => Date;
  readonly #store: BankStore;
  #serial: number;

  constructor(now: () => Date, store: BankStore) {
    this.#now = now;
    this.#store = store;
    this.#serial = store.countMovements();
  }

  /** With what moved on it before, when the bank was started again. */
  open(account: { readonly accountNo: string; readonly name: string; readonly openingFen: number }): void {
    this.#accounts.set(account.accountNo, { ...account, movements: this.#store.movementsOf(account.accountNo) });
  }

  find(accountNo: string): BankAccount | undefined {
    return this.#accounts.get(accountNo);
  }

  balanceFen({ openingFen, movements }: BankAccount): number {
    return movements.at(-1)?.balanceFen ?? openingFen;
  }

  /** Books a movement now. Whether the account has the money is for the caller to know. */
  move(account: BankAccount, { direction, amountFen, counterparty, summary, clientNo, returns }: Pick<Movement, 'direction' | 'amountFen' | 'counterparty' | 'summary' | 'clientNo' | 'returns'>): Movement {
    this.#serial += 1;
    const movement: Movement = {
      lineNo: String(this.#serial).padStart(14, '0'), direction, amountFen, counterparty, summary, at: this.#now(),
      balanceFen: this.balanceFen(account) + (direction === 'in' ? amountFen : -amountFen),
      ...(clientNo === undefined ? {} : { clientNo }), ...(returns === undefined ? {} : { returns }),
    };
    account.movements.push(movement);
    this.#store.keepMovement(account.accountNo, movement);
    return movement;
  }

  /** What went out came back: its own line says so from now on. */
  markReturned(account: BankAccount, movement: Movement): void {
    movement.returnedAt = this.#now();
    this.#store.keepMovement(account.accountNo, movement);
  }
}
