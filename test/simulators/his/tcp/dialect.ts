/** One vendor's way of putting calls into a line of text: what makes one TCP personality differ from another. */
import type { Trade, TradeResult } from '../trades.js';

export type OpenedText =
  | { readonly kind: 'call'; readonly trade: Trade; readonly given: ReadonlyMap<string, string>; readonly reply: (result: TradeResult) => string }
  | { readonly kind: 'answer'; readonly text: string };

export type TcpDialect = {
  readonly name: string;
  /** `close`: one call a connection. `length`: decimal digits before each text, connections are kept. */
  readonly framing: { readonly kind: 'close'; readonly end: string } | { readonly kind: 'length'; readonly digits: number };
  open(text: string): OpenedText;
};
