import { chinaDay } from '../machinery/china-time.js';
import { FaultList } from '../machinery/fault-list.js';
import type { FaultAfterExecuting, FaultBeforeExecuting } from '../machinery/answer-faults.js';
import { BankBooks } from './bank-books.js';
import type { BankAccount, Movement } from './bank-records.js';
import { BankStore } from './bank-store.js';
import { ReceiptDesk } from './receipt-desk.js';
import { TransferDesk } from './transfer-desk.js';

/** In the bank's own words, whatever it speaks. `answerGarbage`: authentic and not the documented message. */
type SpokenFault = { readonly kind: 'executeThenAnswerGarbage' } | { readonly kind: 'executeThenUnlistedError' } | { readonly kind: 'executeThenSayUnknown' };
export type BankFault = FaultBeforeExecuting | FaultAfterExecuting | SpokenFault;
export type BankFaults = {
  readonly pay: BankFault;
  readonly query: BankFault;
  readonly statement: BankFault;
  readonly receipt: BankFault;
  /** What a statement may be wrong in, at each of its pages. */
  readonly statementContent: { readonly kind: 'wrongSums' } | { readonly kind: 'lineTwice' } | { readonly kind: 'late' };
};

export type SimulatedBankOptions = {
  readonly now?: () => Date;
  readonly accounts?: readonly { readonly accountNo: string; readonly name: string; readonly openingFen: number }[];
  /** Movements and transfers live here and survive a restart. Absent: in memory. */
  readonly dataFolder?: string;
};

/** One bank: its books, its desk and what goes wrong with it. What speaks a bank's protocol stands in front of it. */
export class SimulatedBank {
  readonly books: BankBooks;
  readonly transfers: TransferDesk;
  readonly receipts = new ReceiptDesk();
  readonly faults = new FaultList<BankFaults, 'clientNo'>('clientNo');
  readonly now: () => Date;
  readonly #store: BankStore;
  #hurried = 0;
  readonly #lastAt = new Map<string, number>();

  constructor({ now = () => new Date(), accounts = [], dataFolder }: SimulatedBankOptions = {}) {
    this.now = now;
    this.#store = new BankStore(dataFolder);
    this.books = new BankBooks(now, this.#store);
    for (const account of accounts) this.books.open(account);
    this.transfers = new TransferDesk(this.books, now, this.#store);
  }

  close(): void {
    this.#store.close();
  }

  payIn(accountNo: string, amountFen: number, { name = '某公司', summary = '往来款' }: { readonly name?: string; readonly summary?: string } = {}): void {
    const account = this.books.find(accountNo);
    if (account === undefined) throw new Error(`there is no account ${accountNo}`);
    this.books.move(account, { direction: 'in', amountFen, counterparty: { accountNo: '6217000010000000001', name, bankName: '某银行' }, summary });
  }

  /** Movements of some Beijing days, first and last included, as the statement tells them: with its mistakes. */
  statementOf(account: BankAccount, { first, last, isSpoiled }: { readonly first: string; readonly last: string; readonly isSpoiled: readonly BankFaults['statementContent'][] }): readonly Movement[] {
    const rows = account.movements.filter(({ at }) => chinaDay(at) >= first && chinaDay(at) <= last);
    const kinds = isSpoiled.map(({ kind }) => kind);
    const middle = rows[rows.length - 1];
    if (middle === undefined) return rows;
    if (kinds.includes('wrongSums')) return rows.map((row) => (row === middle ? { ...row, balanceFen: row.balanceFen + 1 } : row));
    return kinds.includes('lineTwice') ? [...rows, middle] : rows;
  }

  /** A request that comes sooner after the one before of its kind than the bank allows is counted, and true. */
  isTooSoon(kind: string, leastMs: number): boolean {
    const at = performance.now();
    const isSoon = at - (this.#lastAt.get(kind) ?? Number.NEGATIVE_INFINITY) < leastMs;
    this.#lastAt.set(kind, at);
    if (isSoon) this.#hurried += 1;
    return isSoon;
  }

  hurried(): number {
    return this.#hurried;
  }
}
