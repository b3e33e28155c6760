import { beijingTime } from '@hospay/plugin-sdk';
import type { Cell, ColumnView } from '../../../reports/ports.js';

/** What a text cell says: a code by its word, a time in Beijing. In the row of totals the first cell says 合计, whatever its column. */
export function textOf({ kind, words }: ColumnView, cell: Cell): string {
  const text = String(cell ?? '');
  if (kind === 'word') return words?.[text]?.zh ?? text;
  return kind === 'time' && !Number.isNaN(Date.parse(text)) ? beijingTime(text) : text;
}

/** Hundredths of a percent as a plain decimal fraction of this many places: 1234 is `0.1234`. */
export function fractionOf(hundredths: number): string {
  const digits = String(Math.abs(hundredths)).padStart(5, '0');
  return `${hundredths < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
