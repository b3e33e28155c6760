/** What a request wants: the types of the record protocol under their names. */
export type Operation = 'pay' | 'undo' | 'refund' | 'balance' | 'reprint' | 'signIn' | 'settle';

export type MachineRequest = {
  readonly operation: Operation;
  readonly amountFen: number;
  readonly operatorNo: string;
  readonly originalDate: string;
  readonly originalReferenceNo: string;
  readonly originalVoucherNo: string;
  /** Only the cloud knows the merchant's own number. */
  readonly number?: string;
  readonly originalNumber?: string;
};

/** One approved transaction: what stands on its slip and, days later, in the acquirer's file. */
export type Transaction = {
  readonly operation: 'pay' | 'undo' | 'refund';
  readonly amountFen: number;
  readonly batchNo: string;
  readonly voucherNo: string;
  readonly referenceNo: string;
  readonly at: string;
  readonly operatorNo: string;
  readonly originalReferenceNo?: string;
  readonly number?: string;
};

export type MachineAnswer = { readonly code: string; readonly message: string; readonly transaction?: Transaction; readonly detail?: string };

/** Whatever outlives a power cut of the terminal. */
export type MachineState = { readonly batchNo: number; readonly voucherNo: number; readonly references: number; readonly transactions: readonly Transaction[] };
