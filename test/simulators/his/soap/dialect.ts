/** One vendor's way of putting messages into a web service: what makes one SOAP personality differ from another. */
import type { Trade, TradeResult } from '../trades.js';

export type MethodArguments = ReadonlyMap<string, string>;

export type OpenedCall = { readonly kind: 'call'; readonly trade: Trade; readonly given: ReadonlyMap<string, string>; readonly reply: (result: TradeResult) => string } | { readonly kind: 'answer'; readonly text: string };

/** What a failed program shows: its exception text in the place of the answer, a SOAP Fault, or an answer of its own. */
export type ShownException = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'fault' };

export type SoapDialect = {
  readonly name: string;
  readonly namespace: string;
  readonly soap: '1.1' | '1.2';
  readonly charset: 'utf-8' | 'gbk';
  readonly method: string;
  /** In the order of the WSDL, out parameters too. */
  readonly arguments: readonly string[];
  /** The element of the response that holds the answer. */
  readonly answer: string;
  /** How the string stands in the envelope. */
  readonly spelling: 'escaped' | 'cdata';
  /** Reads what the arguments ask for, or answers at once (unknown code, wrong signature). */
  open(given: MethodArguments): OpenedCall;
  exception(text: string): ShownException;
};
