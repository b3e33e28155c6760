/** What a simulated bank keeps: accounts with their movements, and transfers ordered under the client's own numbers. */

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

export type TransferState = 'awaitingApproval' | 'processing' | 'paid' | 'failed' | 'refusedInApproval' | 'cancelled';
export type TransferOrder = {
  /** The client's own number: one number is one transfer, for ever. */
  readonly clientNo: string;
  readonly fromAccountNo: string;
  readonly amountFen: number;
  readonly payee: { readonly accountNo: string; readonly name: string; readonly bankName: string };
  readonly summary: string;
};
export type Transfer = {
  readonly order: TransferOrder;
  /** The bank's number of it. */
  readonly transferNo: string;
  readonly at: Date;
  state: TransferState;
  /** Nobody at the bank knows how it ended, and nobody will. */
  isLost: boolean;
  movement?: Movement;
  returnedAt?: Date;
};
