import type { Clock } from '../domain/time.js';
import type { CheckoutCodes, KnownNames } from './ports.js';

/** Crockford's alphabet, as both kinds of names are made of (`makeOpaqueId`). */
const LETTER = '[0-9A-HJKMNP-TV-Z]';
const TOKEN = new RegExp(`^${LETTER}{26}$`);
const NUMBER = new RegExp(`^CK${LETTER}{16}$`);

/** What stands in an address: a token, a number of a code, or nothing that was ever given out. */
export function kindOfName(name: string): 'token' | 'number' | 'neither' {
  return TOKEN.test(name) ? 'token' : NUMBER.test(name) ? 'number' : 'neither';
}

/** Two names a code: more codes than this a hospital does not give out in the days they are kept. */
const MOST_NAMES = 200_000;
const READ_AGAIN_MS = 24 * 60 * 60_000;

/**
 * The names of every code there is, in memory, so that a storm of guesses is turned away without asking the database and no code that exists ever is with it. Read when first
 * needed. When there are too many to remember everything may exist.
 */
export function createKnownNames(codes: Pick<CheckoutCodes, 'listNames'>, clock: Clock): KnownNames {
  let names: Set<string> | undefined;
  let isWhole = false;
  let readAtMs = 0;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const given = (names = new Set<string>());
    isWhole = false;
    readAtMs = clock.now().getTime();
    const found = await codes.listNames(MOST_NAMES);
    for (const name of found) given.add(name);
    isWhole = given.size < MOST_NAMES;
  };
  return {
    add({ tokenHash, checkoutNo }) {
      if (names === undefined) return;
      if (names.size >= MOST_NAMES) isWhole = false;
      else names.add(tokenHash).add(checkoutNo);
    },
    async mayExist(name) {
      if (names === undefined || clock.now().getTime() - readAtMs > READ_AGAIN_MS) reading ??= read().finally(() => { reading = undefined; });
      await reading;
      return !isWhole || (names?.has(name) ?? true);
    },
  };
}
