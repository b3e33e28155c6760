/** The port through which numbered forms (票据) are bought, handed out and used: the same writer and the same transactions as the money, so that two presses never get one number. */
import type { IdempotencyKey } from './money-store.js';
import type { FormBatch, FormKind, FormMedium, FormNumber, FormRun } from './numbered-form.js';

export type FormBatchDraft = Omit<FormBatch, 'batchNo' | 'inStore' | 'by' | 'at'>;

type Asked = { readonly by: string; readonly idempotency: IdempotencyKey; readonly now: Date };
type Repeated = { readonly kind: 'keyReused' };

export type RegisterFormsResult = { readonly kind: 'done' | 'replayed'; readonly batch: FormBatch } | Repeated | { readonly kind: 'overlaps'; readonly batchNo: string };
/** `notEnough`: how many lie together at most. */
export type HandOutFormsResult = { readonly kind: 'done' | 'replayed'; readonly run: FormRun } | Repeated | { readonly kind: 'notFound' } | { readonly kind: 'notEnough'; readonly most: number };
/** `moved`: another number is next than the one that was shown. */
export type ReturnFormsResult = { readonly kind: 'returned'; readonly run: FormRun } | { readonly kind: 'notFound' } | { readonly kind: 'nothingLeft' } | { readonly kind: 'moved'; readonly next: string };

export type TakeFormRequest = {
  readonly hospitalId: string;
  readonly tillNo: string;
  readonly tradeNo: string;
  readonly kind: FormKind;
  readonly media: readonly FormMedium[];
  readonly by: string;
  readonly idempotency: IdempotencyKey;
  readonly now: Date;
};
export type TakeFormResult =
  | { readonly kind: 'taken' | 'replayed'; readonly form: FormNumber; readonly left: number }
  | Repeated
  | { readonly kind: 'notBooked' | 'noneLeft' }
  /** This receipt has a number already: `given` it is not known whether it was printed. */
  | { readonly kind: 'hasNumber'; readonly form: FormNumber };

/** One number as a till knows it; without `tillNo` anybody's. `machinesToo`: of a machine as well, which cannot look at its own printer. */
export type FormPointer = { readonly runNo: string; readonly number: string; readonly tillNo?: string; readonly machinesToo?: boolean };
export type SettleFormResult =
  | { readonly kind: 'done'; readonly form: FormNumber }
  | { readonly kind: 'notFound' }
  /** Void for ever, so never printed. */
  | { readonly kind: 'isVoid' }
  /** A blank sheet is only spoiled in its turn. */
  | { readonly kind: 'notNext'; readonly next: string | undefined };

export type NumberedFormStore = {
  register(request: Asked & { readonly batch: FormBatchDraft }): Promise<RegisterFormsResult>;
  /** The lowest free numbers of the batch that lie together. */
  handOut(request: Asked & { readonly batchNo: string; readonly tillNo: string; readonly count: number }): Promise<HandOutFormsResult>;
  /** What was not used goes back into the store, for somebody else. */
  takeBack(request: { readonly runNo: string; readonly nextNumber: string; readonly by: string; readonly now: Date }): Promise<ReturnFormsResult>;
  /** Fixes the next number of the till for the receipt of an order that the hospital has booked; of the run it got first. */
  take(request: TakeFormRequest): Promise<TakeFormResult>;
  confirmPrinted(request: FormPointer & { readonly by: string; readonly now: Date }): Promise<SettleFormResult>;
  /** 作废, for ever: a number that was given or printed, or the blank sheet that comes next. */
  makeVoid(request: FormPointer & { readonly reason: string; readonly by: string; readonly now: Date }): Promise<SettleFormResult>;
  listBatches(): Promise<readonly FormBatch[]>;
  /** Newest first; only what still has numbers, or is open, where `live`. */
  listRuns(filter: { readonly tillNo?: string; readonly live?: boolean }): Promise<readonly FormRun[]>;
  /** The numbers of a run in their order. */
  listNumbers(runNo: string): Promise<readonly FormNumber[]>;
  findOfOrder(tradeNo: string): Promise<readonly FormNumber[]>;
};
