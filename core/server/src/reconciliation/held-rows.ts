import type { ReconciliationRow, RowKind, RowState, SideTotals } from '../domain/reconciliation.js';
import { addRow, noRows } from './control-totals.js';

/** Rows of one side of a day, in typed arrays: as objects a million of them are hundreds of megabytes, and as many things for the collector to look at again and again. */
export type HeldRows = {
  readonly length: number;
  /** @throws Error when they would be more than any day of a hospital. */
  add(row: ReconciliationRow): void;
  /** The row as it was added. */
  at(index: number): ReconciliationRow;
  kindAt(index: number): RowKind;
  keyAt(index: number): string;
  /** From now on the row has another key. */
  rename(index: number, key: string): void;
  /** The first row of this kind and key, or -1. */
  find(row: Pick<ReconciliationRow, 'kind' | 'key'>): number;
  /** Whether an earlier row has its kind and key. */
  isRepeat(index: number): boolean;
  sums(): SideTotals;
};

/** Typed arrays lie outside the heap, whose limit does not count them. */
const MOST_TEXT_BYTES = 2 ** 30;
const STATES: readonly RowState[] = ['done', 'open', 'failed'];
const [REFUND, UNNAMED, STATE_SHIFT] = [1, 2, 2];

export function holdRows(rows: Iterable<ReconciliationRow> = [], { mostTextBytes = MOST_TEXT_BYTES }: { readonly mostTextBytes?: number } = {}): HeldRows {
  const texts = createTexts(mostTextBytes);
  const [keys, paymentKeys, times, tradeNos] = [texts.column(), texts.column(), texts.column(), texts.column()];
  let length = 0;
  let [fens, traits, prints] = [new Float64Array(0), new Uint8Array(0), new Uint32Array(0)];
  let lastTime: string | undefined;
  /** Made when it is asked for, of the rows there are then. */
  let index: RowIndex | undefined;
  const kindAt = (at: number): RowKind => (((traits[at] ?? 0) & REFUND) === 0 ? 'payment' : 'refund');
  const indexed = (): RowIndex => (index ??= indexRows({ length, prints, isSame: (one, other) => kindAt(one) === kindAt(other) && keys.at(one) === keys.at(other) }));
  const held: HeldRows = {
    get length() {
      return length;
    },
    add({ key, paymentKey, kind, fen, state, at, isUnnamed, tradeNo }) {
      if (length === fens.length) [fens, traits, prints] = [longer(fens, new Float64Array(nextSize(length))), longer(traits, new Uint8Array(nextSize(length))), longer(prints, new Uint32Array(nextSize(length)))];
      keys.set(length, key);
      if (paymentKey === key) paymentKeys.copy(length, keys, length);
      else paymentKeys.set(length, paymentKey);
      // Most statements are in the order of their times, which many rows share.
      if (lastTime === at) times.copy(length, times, length - 1);
      else times.set(length, at);
      lastTime = at;
      if (tradeNo !== undefined) tradeNos.set(length, tradeNo);
      fens[length] = fen;
      traits[length] = (kind === 'refund' ? REFUND : 0) | (isUnnamed === true ? UNNAMED : 0) | (STATES.indexOf(state) << STATE_SHIFT);
      prints[length] = fingerprint({ kind, key });
      length += 1;
      index = undefined;
    },
    at(at) {
      const [key, paymentKey, time, tradeNo] = [keys.at(at), paymentKeys.at(at), times.at(at), tradeNos.at(at)];
      const state = STATES[(traits[at] ?? 0) >> STATE_SHIFT];
      if (at >= length || key === undefined || paymentKey === undefined || time === undefined || state === undefined) throw new Error(`there is no row ${String(at)}`);
      return { key, paymentKey, kind: kindAt(at), fen: fens[at] ?? 0, state, at: time, ...(((traits[at] ?? 0) & UNNAMED) === 0 ? {} : { isUnnamed: true as const }), ...(tradeNo === undefined ? {} : { tradeNo }) };
    },
    kindAt,
    keyAt: (at) => keys.at(at) ?? '',
    rename(at, key) {
      keys.set(at, key);
      prints[at] = fingerprint({ kind: kindAt(at), key });
      index = undefined;
    },
    find: (row) => indexed().find(fingerprint(row), (at) => kindAt(at) === row.kind && keys.at(at) === row.key),
    isRepeat: (at) => indexed().isRepeat[at] === 1,
    sums() {
      const sums = noRows();
      for (let at = 0; at < length; at += 1) addRow(sums, { kind: kindAt(at), fen: fens[at] ?? 0 });
      return sums;
    },
  };
  for (const row of rows) held.add(row);
  return held;
}

type RowIndex = { readonly isRepeat: Uint8Array; find(print: number, isIt: (index: number) => boolean): number };

/** An open-addressing table of 32-bit fingerprints. A fingerprint only leads to a candidate; kind and key themselves decide, so two numbers with one fingerprint never meet. */
function indexRows({ length, prints, isSame }: { readonly length: number; readonly prints: Uint32Array; readonly isSame: (one: number, other: number) => boolean }): RowIndex {
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(length * 2 + 1)));
  const places = new Int32Array(size).fill(-1);
  const isRepeat = new Uint8Array(length);
  /** The place of what is looked for, or the free one where the search ends. */
  const placeOf = (print: number, isIt: (index: number) => boolean): number => {
    let place = print & (size - 1);
    for (let at = places[place] ?? -1; at !== -1 && !(prints[at] === print && isIt(at)); at = places[place] ?? -1) place = (place + 1) & (size - 1);
    return place;
  };
  for (let row = 0; row < length; row += 1) {
    const place = placeOf(prints[row] ?? 0, (other) => isSame(row, other));
    if (places[place] === -1) places[place] = row;
    else isRepeat[row] = 1;
  }
  return { isRepeat, find: (print, isIt) => places[placeOf(print, isIt)] ?? -1 };
}

/** FNV-1a over kind and key, mixed at the end so that the low bits, which choose the place, differ for numbers that count up. */
export function fingerprint({ kind, key }: Pick<ReconciliationRow, 'kind' | 'key'>): number {
  let hash = (0x811c9dc5 ^ (kind === 'refund' ? 1 : 0)) >>> 0;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

type TextColumn = { at(index: number): string | undefined; set(index: number, text: string): void; /** Has the text of another row or column without holding it twice. */ copy(index: number, from: TextColumn, fromIndex: number): void; place(index: number): readonly [start: number, code: number] };

/** Texts one behind another: one byte a character where all are ASCII, else two, so that whatever text came goes out again. A column only knows where its own begin. */
function createTexts(mostBytes: number): { column(): TextColumn } {
  let bytes = Buffer.alloc(0);
  let used = 0;
  /** Where it lies: its length in bytes and whether it is wide, shifted so that nothing is not the empty text. */
  const put = (text: string): readonly [number, number] => {
    const isWide = Buffer.byteLength(text) !== text.length;
    const needs = isWide ? text.length * 2 : text.length;
    if (used + needs > mostBytes) throw new Error('the other side tells more than any day of a hospital has');
    if (used + needs > bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(mostBytes, Math.max(used + needs, bytes.length * 2, 65_536)));
      bytes.copy(grown, 0, 0, used);
      bytes = grown;
    }
    bytes.write(text, used, isWide ? 'utf16le' : 'latin1');
    used += needs;
    return [used - needs, needs * 2 + (isWide ? 1 : 0) + 1];
  };
  return {
    column() {
      let [starts, codes] = [new Uint32Array(0), new Uint32Array(0)];
      const lay = (index: number, [start, code]: readonly [number, number]): void => {
        if (index >= starts.length) [starts, codes] = [longer(starts, new Uint32Array(nextSize(index))), longer(codes, new Uint32Array(nextSize(index)))];
        starts[index] = start;
        codes[index] = code;
      };
      return {
        at(index) {
          const [start, code] = [starts[index] ?? 0, codes[index] ?? 0];
          return code === 0 ? undefined : bytes.toString(((code - 1) & 1) === 1 ? 'utf16le' : 'latin1', start, start + ((code - 1) >>> 1));
        },
        set(index, text) { lay(index, put(text)); },
        copy(index, from, fromIndex) { lay(index, from.place(fromIndex)); },
        place: (index) => [starts[index] ?? 0, codes[index] ?? 0],
      };
    },
  };
}

function nextSize(rows: number): number {
  return Math.max(1_024, rows * 2);
}

function longer<Column extends Float64Array | Uint8Array | Uint32Array>(old: Column, column: Column): Column {
  column.set(old);
  return column;
}
