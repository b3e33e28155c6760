/** What the wires of text have alike: a call (交易) of some code is a procedure of the hospital, with its values under other names, units and spellings. */
import type { HospitalCounter, Served } from './hospital-counter.js';

/** `fen`: whole fen instead of yuan. `time`: `2026-05-06 09:30:00` instead of `2026050609:30:00`. */
export type Spelling = 'fen' | 'time';
export type Named = string | { readonly name: string; readonly as: Spelling };

export type Trade = {
  readonly procedure: string;
  /** Name in the message → parameter of the procedure. */
  readonly takes: Readonly<Record<string, Named>>;
  /** Column or output of the procedure → name in the message. */
  readonly gives: Readonly<Record<string, Named>>;
  /** Answers with rows; otherwise with outputs. */
  readonly rows?: true;
  /** The code for "no such thing"; without it an answer without rows is in order. */
  readonly whenEmpty?: string;
};

export type TradeValues = readonly (readonly [name: string, text: string])[];
export type TradeResult = { readonly kind: 'result'; readonly code: string; readonly message: string; readonly values: TradeValues; readonly rows: readonly TradeValues[] };

export async function serveTrade(counter: HospitalCounter, trade: Trade, given: ReadonlyMap<string, string>): Promise<TradeResult | Exclude<Served, { kind: 'answer' }>> {
  const values = Object.entries(trade.takes).flatMap(([name, taken]): [string, string][] => {
    const text = given.get(name);
    return text === undefined ? [] : [[nameOf(taken), typeof taken === 'string' ? text : fromMessage(text, taken.as)]];
  });
  const served = await counter(trade.procedure, Object.fromEntries(values));
  if (served.kind !== 'answer') return served;
  const { rows, out } = served.answer;
  const code = out['ret_code'] ?? (rows.length === 0 && trade.whenEmpty !== undefined ? trade.whenEmpty : '0');
  const message = out['ret_msg'] ?? (code === '0' ? '成功' : '没有记录');
  return { kind: 'result', code, message, values: trade.rows === true ? [] : spelt(trade, out), rows: trade.rows === true ? rows.map((row) => spelt(trade, row)) : [] };
}

function spelt({ gives }: Trade, row: Readonly<Record<string, string>>): TradeValues {
  return Object.entries(gives).map(([column, given]): [string, string] => [nameOf(given), typeof given === 'string' ? (row[column] ?? '') : toMessage(row[column] ?? '', given.as)]);
}

function nameOf(named: Named): string {
  return typeof named === 'string' ? named : named.name;
}

function fromMessage(text: string, spelling: Spelling): string {
  if (spelling === 'time') return text.replace(/^(\d{4})-(\d\d)-(\d\d) (.*)$/, '$1$2$3$4');
  return /^\d+$/.test(text) ? text.padStart(3, '0').replace(/(\d\d)$/, '.$1') : text;
}

function toMessage(text: string, spelling: Spelling): string {
  if (spelling === 'time') return text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d:.*)$/, '$1-$2-$3 $4');
  const match = /^(-?)(\d+)\.(\d\d)$/.exec(text);
  return match === null ? text : `${match[1] ?? ''}${BigInt(`${match[2] ?? ''}${match[3] ?? ''}`).toString()}`;
}
