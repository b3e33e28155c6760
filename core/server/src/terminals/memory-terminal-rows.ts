import type { TerminalRow, TerminalRows } from './ports.js';

type KeptRow = TerminalRow & { readonly key?: Uint8Array; readonly claim?: { readonly hash: string; readonly expiresAt: Date } | undefined };

/** Terminal rows without a database: for tests and simulations. */
export function memoryTerminalRows(): TerminalRows & { add(terminal: { readonly id: string; readonly hospital: string; readonly kind: string; readonly title: string; readonly key?: Uint8Array }): void } {
  const rows = new Map<string, KeptRow>();
  const change = (id: string, set: Partial<KeptRow>): boolean => {
    const row = rows.get(id);
    if (row !== undefined) rows.set(id, { ...row, ...set });
    return row !== undefined;
  };
  return {
    add({ key, ...terminal }) {
      rows.set(terminal.id, { ...terminal, status: key === undefined ? 'unclaimed' : 'active', lastSeenAt: undefined, ...(key === undefined ? {} : { key }) });
    },
    find: (id) => Promise.resolve(rows.get(id)),
    list: () => Promise.resolve([...rows.values()]),
    offerClaim: (id, claim) => Promise.resolve(change(id, { claim })),
    takeClaim({ hash, key }, now) {
      const row = [...rows.values()].find(({ claim }) => claim?.hash === hash && claim.expiresAt > now);
      if (row === undefined) return Promise.resolve(undefined);
      change(row.id, { key, claim: undefined, status: 'active' });
      return Promise.resolve(rows.get(row.id));
    },
    keyOf: (id) => Promise.resolve(rows.get(id)?.key),
    disable(id) {
      const row = rows.get(id);
      if (row === undefined) return Promise.resolve(false);
      const { key: _forgotten, claim: _void, ...rest } = row;
      rows.set(id, { ...rest, status: 'disabled' });
      return Promise.resolve(true);
    },
    sawAt(id, lastSeenAt) {
      change(id, { lastSeenAt });
      return Promise.resolve();
    },
  };
}
