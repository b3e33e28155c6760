/** What the host and the unit of a plugin say to each other: its code once, then what host and guest say, and why it ended. */
import type { ToGuest } from './messages.js';

export type ToUnit =
  | { readonly kind: 'package'; readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[]; readonly entry: string; readonly memoryMegabytes: number }
  | { readonly kind: 'guest'; readonly message: ToGuest };
export type FromUnit = { readonly kind: 'guest'; readonly message: unknown } | { readonly kind: 'ended'; readonly reason: string };

/** What a package may be: it goes over the line once, whole. */
export const LONGEST_PACKAGE_BYTES = 128 * 1_048_576;
export const MEBIBYTE = 1_048_576;
