/** The visit as its errands see it: what is on the screen, and how the core is asked. */
import type { CallResult, PayResult, TerminalClient } from '../src/index.js';
import type { Errand, QuoteScreen, Screen, SlotsScreen, Trouble } from './screen.js';

export type Visit = {
  readonly client: TerminalClient;
  readonly screen: Screen;
  readonly trouble: Trouble | undefined;
  readonly errand: Errand;
  /** One question at a time. Undefined: no answer, a refusal (`trouble` says which), or nobody stands here any more. */
  ask<Value>(question: () => Promise<CallResult<Value>>): Promise<Value | undefined>;
  show(screen: Screen, trouble?: Trouble): void;
  /** 先自费后医保: this hospital's insurance is settled last. */
  readonly ownFirst: boolean;
  /** One payment, of this price or of an order that was paid in part. Its end is shown; a refusal leads back. */
  take(payment: () => Promise<PayResult>, before: Screen): Promise<void>;
  /** A place is held: it is paid before its time ends, or goes back. */
  hold(slots: SlotsScreen, quote: QuoteScreen): void;
};
