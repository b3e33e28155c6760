import type { ReconciliationRow } from '../domain/reconciliation.js';

/** For each row of the other side the index of ours, or -1; and which rows of theirs repeat a key. */
export type Joined = { readonly ourIndex: Int32Array; readonly isRepeat: Uint8Array };

/**
 * Joins two sides by kind and key: an open-addressing table of 32-bit fingerprints in typed arrays, one pass to build, one to probe. A fingerprint only leads to a candidate;
 * kind and key themselves decide, so two numbers with one fingerprint never meet. A row of ours is given away once.
 * @throws Error when our own side repeats a key: the numbers of payments and refunds are unique for ever.
 */
export function joinRows(ours: readonly ReconciliationRow[], theirs: readonly ReconciliationRow[]): Joined {
  const mine = tableOf(ours.length);
  for (const [index, row] of ours.entries()) {
    if (mine.find(row, ours) !== -1) throw new Error(`our own side has ${row.kind} ${row.key} twice`);
    mine.add(row, index);
  }
  const seen = tableOf(theirs.length);
  const ourIndex = new Int32Array(theirs.length).fill(-1);
  const isRepeat = new Uint8Array(theirs.length);
  for (const [index, row] of theirs.entries()) {
    if (seen.find(row, theirs) !== -1) {
      isRepeat[index] = 1;
      continue;
    }
    seen.add(row, index);
    ourIndex[index] = mine.find(row, ours);
  }
  return { ourIndex, isRepeat };
}

type Table = { add(row: ReconciliationRow, index: number): void; find(row: ReconciliationRow, rows: readonly ReconciliationRow[]): number };

function tableOf(rows: number): Table {
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(rows * 2 + 1)));
  const [fingerprints, places] = [new Uint32Array(size), new Int32Array(size).fill(-1)];
  return {
    add(row, index) {
      const print = fingerprint(row);
      let place = print & (size - 1);
      while (places[place] !== -1) place = (place + 1) & (size - 1);
      fingerprints[place] = print;
      places[place] = index;
    },
    find(row, all) {
      const print = fingerprint(row);
      for (let place = print & (size - 1); places[place] !== -1; place = (place + 1) & (size - 1)) {
        if (fingerprints[place] !== print) continue;
        const index = places[place] ?? -1;
        const candidate = all[index];
        if (candidate?.key === row.key && candidate.kind === row.kind) return index;
      }
      return -1;
    },
  };
}

/** FNV-1a over kind and key, mixed at the end so that the low bits, which choose the place, differ for numbers that count up. */
export function fingerprint({ kind, key }: Pick<ReconciliationRow, 'kind' | 'key'>): number {
  let hash = (0x811c9dc5 ^ (kind === 'refund' ? 1 : 0)) >>> 0;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
