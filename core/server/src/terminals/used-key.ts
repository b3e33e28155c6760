import { keyIdOf } from './device-key.js';
import type { Terminal } from './ports.js';

/** Which of a terminal's keys a message names. `retired`: replaced in a rotation whose overlap is over; it opens nothing, it only tells who speaks. */
export type UsedKey = { readonly key: Uint8Array; readonly which: 'current' | 'next' | 'previous' | 'retired' };

export function findKey({ key, nextKey, previousKey }: Pick<Terminal, 'key' | 'nextKey' | 'previousKey'>, kid: string, now: Date): UsedKey | undefined {
  if (key !== undefined && keyIdOf(key) === kid) return { key, which: 'current' };
  if (nextKey !== undefined && keyIdOf(nextKey) === kid) return { key: nextKey, which: 'next' };
  if (previousKey !== undefined && keyIdOf(previousKey.key) === kid) return { key: previousKey.key, which: previousKey.until > now ? 'previous' : 'retired' };
  return undefined;
}
