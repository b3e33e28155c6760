import type { RandomSource } from '../../../domain/time.js';
import { makeOpaqueId } from '../../../domain/trade-number.js';
import type { HttpRequest } from '../http-kit/http-request.js';

const NAME = 'hospay_browser';
/** A guide sheet's day. */
const KEPT_SECONDS = 86_400;

/**
 * A random name for this browser, so that the way to the wallet and the receipt are shown to the one that paid. `Lax`: it must come along when a wallet's page
 * sends the browser back. A browser without cookies is a new one each time: it can pay, and learns the result without its receipt numbers.
 */
export function browserOf({ headers }: HttpRequest, random: RandomSource, publicBaseUrl: string): { readonly browser: string; readonly headers: Readonly<Record<string, string>> } {
  const known = new RegExp(`(?:^|;\\s*)${NAME}=([0-9A-Z]{26})(?:;|$)`).exec(headers['cookie'] ?? '')?.[1];
  if (known !== undefined) return { browser: known, headers: {} };
  const browser = makeOpaqueId(random);
  const { protocol, pathname } = new URL(publicBaseUrl);
  const path = `${pathname.replace(/\/$/, '')}/c`;
  return { browser, headers: { 'set-cookie': `${NAME}=${browser}; Path=${path}; Max-Age=${String(KEPT_SECONDS)}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}` } };
}
