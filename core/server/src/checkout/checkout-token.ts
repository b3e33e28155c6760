import { createHash } from 'node:crypto';
import type { RandomSource } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';

/** 26 characters of a 32-letter alphabet: 130 bits. At ten thousand guesses a second the sun goes out first. Capital letters and digits make the QR code coarse and easy to scan. */
export function makeCheckoutToken(random: RandomSource): string {
  return makeOpaqueId(random, 26);
}

/** All that is kept of a token, and what it is looked up by: whoever reads the database cannot open a page. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(`hospay/checkout-token/${token}`).digest('hex');
}

/** A browser's name is bound to the code it looks at, so that two codes in one browser cannot be told to be one person's. */
export function hashOfBrowser(tokenHash: string, browser: string): string {
  return createHash('sha256').update(`hospay/checkout-browser/${tokenHash}/${browser}`).digest('hex');
}
