import type { NextKey, RetiredKey, TerminalRow, TerminalRows } from './ports.js';

type KeptRow = TerminalRow & { readonly key?: Uint8Array | undefined; readonly next?: NextKey | undefined; readonly previous?: RetiredKey | undefined; readonly claim?: { readonly hash: string; readonly expiresAt: Date } | undefined };

/** Terminal rows without a database: for tests and simulations. */
export function memoryTerminalRows(): TerminalRows & { add(terminal: { readonly id: string; readonly hospital: string; readonly kind: string; readonly title: string; readonly key?: Uint8Array; readonly campus?: string; readonly group?: string }): void } {
  const rows = new Map<string, KeptRow>();
  const change = (id: string, set: Partial<KeptRow>): boolean => {
    const row = rows.get(id);
    if (row !== undefined) rows.set(id, { ...row, ...set });
    return row !== undefined;
  };
  const NO_OTHER_KEYS = { next: undefined, previous: undefined, rotationAskedAt: undefined, claim: undefined };
  return {
    add({ key, campus, group, ...terminal }) {
      rows.set(terminal.id, { ...terminal, campus, group, status: key === undefined ? 'unclaimed' : 'active', keySince: undefined, rotationAskedAt: undefined, lastSeenAt: undefined, key });
    },
    find: (id) => Promise.resolve(rows.get(id)),
    list: () => Promise.resolve([...rows.values()]),
    offerClaim: (id, claim) => Promise.resolve(change(id, { claim })),
    takeClaim({ hash, key }, now) {
      const row = [...rows.values()].find(({ claim }) => claim?.hash === hash && claim.expiresAt > now);
      if (row === undefined) return Promise.resolve(undefined);
      change(row.id, { ...NO_OTHER_KEYS, key, keySince: now, status: 'active' });
      return Promise.resolve(rows.get(row.id));
    },
    enrol(terminal, { key, replaces }, now) {
      const known = rows.get(terminal.id);
      if (known !== undefined && !replaces) return Promise.resolve(undefined);
      rows.set(terminal.id, { hospital: [...rows.values()][0]?.hospital ?? 'demo', lastSeenAt: undefined, ...known, ...NO_OTHER_KEYS, ...terminal, key, keySince: now, status: 'active' });
      return Promise.resolve(rows.get(terminal.id));
    },
    keysOf(id) {
      const row = rows.get(id);
      return Promise.resolve({ current: row?.key, next: row?.next, previous: row?.previous });
    },
    place: (id, place) => Promise.resolve(change(id, place)),
    askRotation: (id, now) => Promise.resolve(rows.get(id)?.status === 'active' && change(id, { rotationAskedAt: now })),
    keepNextKey: (id, next) => Promise.resolve(change(id, { next })),
    promoteNextKey(id, until, now) {
      const row = rows.get(id);
      if (row?.next === undefined || row.key === undefined) return Promise.resolve(false);
      return Promise.resolve(change(id, { key: row.next.key, keySince: now, previous: { key: row.key, until }, next: undefined, rotationAskedAt: undefined }));
    },
    disable: (id) => Promise.resolve(change(id, { ...NO_OTHER_KEYS, key: undefined, keySince: undefined, status: 'disabled' })),
    sawAt(id, lastSeenAt) {
      change(id, { lastSeenAt });
      return Promise.resolve();
    },
  };
}
