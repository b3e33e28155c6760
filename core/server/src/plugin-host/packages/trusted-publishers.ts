import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { acceptTrustList, readTrustList, type TrustListBody } from '@hospay/plugin-sdk/package';

/** Nobody is trusted until the configuration names a list: then every package is refused as unsigned. */
const NOBODY: TrustListBody = { format: 'hospay-trust-list/1', serial: 0, issuedAt: new Date(0).toISOString(), roots: [], publishers: [], revokedKeys: [], revokedPackages: [] };

export type TrustedPublishers = {
  current(): TrustListBody;
  /** A newer list as it would be taken, or why it would not. */
  look(text: string): { readonly kind: 'accepted'; readonly body: TrustListBody } | { readonly kind: 'refused'; readonly reason: string };
  /** Whether this text is the list that is held. */
  isCurrent(text: string): boolean;
  /** Takes a newer list when a root of the present one has signed it. Gives why not. */
  change(text: string): { readonly kind: 'changed'; readonly serial: number } | { readonly kind: 'refused'; readonly reason: string };
};

/**
 * Whom the hospital trusts with code. The configuration's list is where trust begins; newer ones come by file, signed by a root of the one before, and are kept in `file`.
 * @throws Error when the configured list cannot be read: a start without it would refuse every installed plugin.
 */
export function openTrustedPublishers({ configured, file }: { /** Its text. */ readonly configured: string | undefined; readonly file: string }): TrustedPublishers {
  let list = NOBODY;
  for (const [name, text] of [['of the configuration', configured], [file, existsSync(file) ? readFileSync(file, 'utf8') : undefined]] as const) {
    if (text === undefined) continue;
    const read = readTrustList(text);
    if (read.kind === 'refused') throw new Error(`the trust list ${name}: ${read.reason}`);
    if (read.body.serial > list.serial) list = read.body;
  }
  return {
    current: () => list,
    look(text) {
      const next = acceptTrustList(list, text);
      return next.kind === 'refused' ? next : { kind: 'accepted', body: next.body };
    },
    isCurrent(text) {
      const read = readTrustList(text);
      return read.kind === 'ok' && isDeepStrictEqual(read.body, list);
    },
    change(text) {
      const next = acceptTrustList(list, text);
      if (next.kind === 'refused') return next;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, text, { flush: true });
      renameSync(`${file}.new`, file);
      list = next.body;
      return { kind: 'changed', serial: list.serial };
    },
  };
}
