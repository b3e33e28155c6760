import type { Intent } from './intent.js';
import type { Slip } from './slip.js';

/**
 * `done` and `refused`: the terminal answered, and the answer is whole and ours. `notSent`: no connection came about. `unknown`: everything else, also an
 * answer nobody can read; the money may have moved.
 */
export type TerminalAnswer =
  | { readonly kind: 'done'; readonly slip: Slip }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** `none`: the terminal answered that it has no last transaction. */
export type LastSlip = Exclude<TerminalAnswer, { kind: 'refused' }> | { readonly kind: 'none' };

export type Asked = Extract<TerminalAnswer, { kind: 'done' | 'refused' | 'unknown' }> | { readonly kind: 'pending' } | { readonly kind: 'notFound' };

/** The facts of the payment that an undo or refund names, as they stood on its slip. */
export type Original = { readonly date: string; readonly referenceNo: string; readonly voucherNo: string; readonly batchNo: string; readonly terminalId: string };

export type MoneyRequest = {
  readonly kind: Intent['kind'];
  readonly terminalId: string;
  readonly number: string;
  readonly tradeNo: string;
  readonly amountFen: number;
  readonly startedAt: string;
  readonly operatorId?: string;
  /** A scanned code in place of a card. */
  readonly payCode?: string;
  readonly original?: Original;
};

export type Upkeep = { readonly kind: 'done'; readonly message: string; readonly file?: Uint8Array } | Exclude<TerminalAnswer, { kind: 'done' }>;

/** One way to reach the card terminals. Which question it knows decides how an exchange without an answer is cleared up. */
export type Transport = {
  readonly terminalIds: readonly string[];
  readonly methods: readonly ('bankCard' | 'paymentCode')[];
  /** Sends one request and waits for the card-holder; ends with the signal. Never repeats. */
  perform(request: MoneyRequest, signal: AbortSignal): Promise<TerminalAnswer>;
  operate(request: { readonly terminalId: string; readonly operation: 'signIn' | 'settle'; readonly operatorId?: string }, signal: AbortSignal): Promise<Upkeep>;
  readonly question:
    | { readonly kind: 'lastSlip'; lastSlip(terminalId: string, signal: AbortSignal): Promise<LastSlip>; /** Somebody in this process speaks with it, another instance of the plugin included. */ isInUse(terminalId: string): boolean }
    | { readonly kind: 'byNumber'; askAbout(intent: Intent, signal: AbortSignal): Promise<Asked> };
};
