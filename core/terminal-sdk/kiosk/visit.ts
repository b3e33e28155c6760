/** The visit as its errands see it: what is on the screen, and how the core is asked. */
import type { CallResult, TerminalClient } from '../src/index.js';
import type { Errand, QuoteScreen, Screen, SlotsScreen, Trouble } from './screen.js';

export type Visit = {
  readonly client: TerminalClient;
  readonly screen: Screen;
  readonly trouble: Trouble | undefined;
  readonly errand: Errand;
  /** One question at a time. Undefined: no answer, a refusal (`trouble` says which), or nobody stands here any more. */
  ask<Value>(question: () => Promise<CallResult<Value>>): Promise<Value | undefined>;
  show(screen: Screen, trouble?: Trouble): void;
  /** A place is held: it is paid before its time ends, or goes back. */
  hold(slots: SlotsScreen, quote: QuoteScreen): void;
};
