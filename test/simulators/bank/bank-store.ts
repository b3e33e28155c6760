import { RecordTables, type RecordTable } from '../machinery/record-tables.js';
import type { Movement, Transfer } from './bank-records.js';

type StoredMovement = Omit<Movement, 'at' | 'returnedAt'> & { readonly accountNo: string; readonly at: string; readonly returnedAt?: string };
type StoredTransfer = Omit<Transfer, 'at' | 'returnedAt' | 'movement'> & { readonly at: string; readonly returnedAt?: string; readonly lineNo?: string };

/** What the bank knows: SQLite in the data folder, so that it outlives a restart, or in memory when there is none. */
export class BankStore extends RecordTables<{ movement: StoredMovement; transfer: StoredTransfer }> {
  readonly #movements: RecordTable<StoredMovement> = this.table('movement');
  readonly #transfers: RecordTable<StoredTransfer> = this.table('transfer');

  constructor(dataFolder: string | undefined) {
    super(dataFolder, 'bank.sqlite');
  }

  movementsOf(accountNo: string): Movement[] {
    return this.#movements.all().filter((row) => row.accountNo === accountNo).map(({ accountNo: _account, at, returnedAt, ...row }) => ({ ...row, at: new Date(at), ...(returnedAt === undefined ? {} : { returnedAt: new Date(returnedAt) }) }));
  }

  keepMovement(accountNo: string, { at, returnedAt, ...movement }: Movement): void {
    this.#movements.put(movement.lineNo, { ...movement, accountNo, at: at.toISOString(), ...(returnedAt === undefined ? {} : { returnedAt: returnedAt.toISOString() }) });
  }

  countMovements(): number {
    return this.#movements.all().length;
  }

  /** @param movementOf the movement under a number, as the books hold it */
  transfers(movementOf: (accountNo: string, lineNo: string) => Movement | undefined): readonly Transfer[] {
    return this.#transfers.all().map(({ at, returnedAt, lineNo, ...row }) => {
      const movement = lineNo === undefined ? undefined : movementOf(row.order.fromAccountNo, lineNo);
      return { ...row, at: new Date(at), ...(movement === undefined ? {} : { movement }), ...(returnedAt === undefined ? {} : { returnedAt: new Date(returnedAt) }) };
    });
  }

  keepTransfer({ at, returnedAt, movement, ...transfer }: Transfer): void {
    this.#transfers.put(transfer.order.clientNo, { ...transfer, at: at.toISOString(), ...(movement === undefined ? {} : { lineNo: movement.lineNo }), ...(returnedAt === undefined ? {} : { returnedAt: returnedAt.toISOString() }) });
  }
}
