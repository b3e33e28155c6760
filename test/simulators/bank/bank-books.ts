/** The accounts of a simulated bank: every movement with the balance after it, as statements tell it. */
import type { BankStore } from './bank-store.js';

export type Movement = {
  /** The bank's number of it, unique within the bank. */
  readonly lineNo: string;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly balanceFen: number;
  readonly at: Date;
  readonly counterparty: { readonly accountNo: string; readonly name: string; readonly bankName: string };
  readonly summary: string;
  /** Of a transfer the account's owner ordered under a number of his own, and of what came back of it. */
  readonly clientNo?: string;
  /** Set when what went out came back. */
  returnedAt?: Date;
  /** What came in because a transfer came back. */
  readonly returns?: string;
};

export type BankAccount = { readonly accountNo: string; readonly name: string; readonly openingFen: number; readonly movements: Movement[] };

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
