/** What a HIS answered, whatever it speaks: rows, and single values of the answer as a whole. */

/** One list of the answer: column names in lower case, and its rows by column name. */
export type AnswerRows = { readonly columns: readonly string[]; readonly rows: readonly ReadonlyMap<string, unknown>[] };

export type HisAnswer = {
  readonly sets: readonly AnswerRows[];
  /** Single values by name in lower case: OUT parameters, elements of a message outside of its rows. */
  readonly out: ReadonlyMap<string, unknown>;
  /** Of a procedure. */
  readonly returnStatus: number | undefined;
};

export type RequestValue = string | number | readonly string[];
/** Canonical request fields by name. */
export type HisRequest = Readonly<Record<string, RequestValue>>;

export type ReadingContext = { readonly request: HisRequest; readonly offset: string; readonly now: () => Date };

export type OperationOutcome =
  | { readonly kind: 'ok'; readonly answer: HisAnswer; readonly reading: ReadingContext }
  | { readonly kind: 'alreadyPaid'; readonly code: string; readonly message: string; readonly answer: HisAnswer; readonly reading: ReadingContext }
  /** The HIS's own word for an empty list, or for nothing under this number. Never the answer to a booking. */
  | { readonly kind: 'empty' }
  /** Definite. `unsent`: refused here, before anything was sent. */
  | { readonly kind: 'rejected' | 'mismatch'; readonly code: string; readonly message: string; readonly unsent?: true }
  /** `mayStillRun`: the answer was lost, so the HIS may not have finished with the call. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly mayStillRun?: true };
