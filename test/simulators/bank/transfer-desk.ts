import type { BankBooks } from './bank-books.js';
import type { BankAccount, Transfer, TransferOrder, TransferState } from './bank-records.js';
import type { BankStore } from './bank-store.js';

export type Refusal = 'noSuchAccount' | 'notEnoughMoney' | 'numberUsed' | 'told';
export type Submission = { readonly kind: 'taken'; readonly transfer: Transfer } | { readonly kind: 'refused'; readonly why: Refusal };

/** Takes instructions, has them approved, pays them, and sometimes gets them back. */
export class TransferDesk {
  readonly #books: BankBooks;
  readonly #now: () => Date;
  readonly #store: BankStore;
  readonly #transfers: Map<string, Transfer>;
  #serial: number;
  #needsApproval = false;
  #holdsProcessing = false;
  #refusals = 0;

  /** The accounts are open: what was ordered before a restart refers to their movements. */
  constructor(books: BankBooks, now: () => Date, store: BankStore) {
    this.#books = books;
    this.#now = now;
    this.#store = store;
    this.#transfers = new Map(store.transfers((accountNo, lineNo) => books.find(accountNo)?.movements.find((movement) => movement.lineNo === lineNo)).map((transfer) => [transfer.order.clientNo, transfer]));
    this.#serial = this.#transfers.size;
  }

  /** From now on somebody must approve each instruction in the bank's own system. */
  needApproval(): void {
    this.#needsApproval = true;
  }

  /** From now on instructions are taken and stay in work until `finish`. */
  holdProcessing(): void {
    this.#holdsProcessing = true;
  }

  /** The next instruction is refused for good. */
  refuseNext(): void {
    this.#refusals += 1;
  }

  submit(order: TransferOrder): Submission {
    if (this.#transfers.has(order.clientNo)) return { kind: 'refused', why: 'numberUsed' };
    const account = this.#books.find(order.fromAccountNo);
    if (account === undefined) return { kind: 'refused', why: 'noSuchAccount' };
    if (this.#refusals > 0) {
      this.#refusals -= 1;
      return { kind: 'refused', why: 'told' };
    }
    if (this.#books.balanceFen(account) < order.amountFen) return { kind: 'refused', why: 'notEnoughMoney' };
    this.#serial += 1;
    const transfer: Transfer = { order, transferNo: String(this.#serial).padStart(14, '9'), at: this.#now(), state: this.#needsApproval ? 'awaitingApproval' : 'processing', isLost: false };
    this.#transfers.set(order.clientNo, transfer);
    this.#store.keepTransfer(transfer);
    if (!this.#needsApproval && !this.#holdsProcessing) this.#pay(transfer);
    return { kind: 'taken', transfer };
  }

  find(clientNo: string): Transfer | undefined {
    return this.#transfers.get(clientNo);
  }

  /** In the order they came. */
  list(): readonly Transfer[] {
    return [...this.#transfers.values()];
  }

  decideApproval(clientNo: string, as: 'approved' | 'refused'): void {
    const transfer = this.#must(clientNo, 'awaitingApproval');
    if (as === 'approved') return this.#pay(transfer);
    transfer.state = 'refusedInApproval';
    this.#store.keepTransfer(transfer);
  }

  finish(clientNo: string, as: 'paid' | 'failed' | 'cancelled'): void {
    const transfer = this.#must(clientNo, 'processing');
    if (as === 'paid') return this.#pay(transfer);
    transfer.state = as;
    this.#store.keepTransfer(transfer);
  }

  /** 退票: the payee's bank sends it back. The money comes in again, and the movement that went out says so from now on. */
  returnTransfer(clientNo: string): void {
    const transfer = this.#must(clientNo, 'paid');
    if (transfer.movement === undefined || transfer.returnedAt !== undefined) throw new Error(`transfer ${clientNo} cannot come back`);
    const { order } = transfer;
    transfer.returnedAt = this.#now();
    this.#books.markReturned(this.#account(order), transfer.movement);
    this.#store.keepTransfer(transfer);
    this.#books.move(this.#account(order), { direction: 'in', amountFen: order.amountFen, counterparty: order.payee, summary: `退汇 ${order.summary}`, clientNo: order.clientNo, returns: transfer.movement.lineNo });
  }

  /** Whatever happened to it, the bank answers "unknown" for ever. */
  lose(clientNo: string): void {
    const transfer = this.#transfers.get(clientNo);
    if (transfer === undefined) throw new Error(`there is no transfer ${clientNo}`);
    transfer.isLost = true;
    this.#store.keepTransfer(transfer);
  }

  /** How often the account was charged under this number. */
  paidUnder(clientNo: string): number {
    return [...this.#transfers.values()].filter(({ order, movement }) => order.clientNo === clientNo && movement !== undefined).length;
  }

  #pay(transfer: Transfer): void {
    const { order } = transfer;
    transfer.movement = this.#books.move(this.#account(order), { direction: 'out', amountFen: order.amountFen, counterparty: order.payee, summary: order.summary, clientNo: order.clientNo });
    transfer.state = 'paid';
    this.#store.keepTransfer(transfer);
  }

  #account({ fromAccountNo }: TransferOrder): BankAccount {
    const account = this.#books.find(fromAccountNo);
    if (account === undefined) throw new Error(`there is no account ${fromAccountNo}`);
    return account;
  }

  #must(clientNo: string, state: TransferState): Transfer {
    const transfer = this.#transfers.get(clientNo);
    if (transfer?.state !== state) throw new Error(`transfer ${clientNo} is ${transfer?.state ?? 'not there'}, not ${state}`);
    return transfer;
  }
}
