import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { GatewayCredentials } from './gateway-credentials.js';

export type HeaderMode = 'tif' | 'hsaf' | 'oauth' | 'none';

const FIVE_MINUTES_MS = 5 * 60_000;
const TOKEN_SECONDS = 7_200;

/** The gateway in front of the centre: looks at nothing but the headers. */
export class GatewayHeaders {
  readonly #mode: HeaderMode;
  readonly #credentials: GatewayCredentials;
  readonly #now: () => Date;
  readonly #nonces = new Set<string>();
  /** OAuth: each token given out, with its end. */
  readonly tokens = new Map<string, number>();

  constructor(given: { readonly mode: HeaderMode; readonly credentials: GatewayCredentials; readonly now: () => Date }) {
    this.#mode = given.mode;
    this.#credentials = given.credentials;
    this.#now = given.now;
  }

  /** Why the request is refused; undefined when it is let in. */
  problem(headers: IncomingHttpHeaders): string | undefined {
    const of = (name: string): string => String(headers[name] ?? '');
    if (!of('content-type').startsWith('application/json')) return 'Content-Type';
    const { gatewayId, gatewaySecret } = this.#credentials;
    if (this.#mode === 'tif') {
      const [timestamp, nonce] = [of('x-tif-timestamp'), of('x-tif-nonce')];
      if (of('x-tif-paasid') !== gatewayId || !this.#isNow(Number(timestamp) * 1000)) return 'x-tif-timestamp';
      if (nonce === '' || this.#nonces.has(nonce)) return 'x-tif-nonce';
      this.#nonces.add(nonce);
      return of('x-tif-signature') === createHash('sha256').update(`${timestamp}${gatewaySecret}${nonce}${timestamp}`).digest('hex') ? undefined : 'x-tif-signature';
    }
    if (this.#mode === 'hsaf') {
      const [name, timestamp, version] = [of('_api_name'), of('_api_timestamp'), of('_api_version')];
      if (of('_api_access_key') !== gatewayId || !this.#isNow(Number(timestamp))) return '_api_timestamp';
      const text = `_api_access_key=${gatewayId}&_api_name=${name}&_api_timestamp=${timestamp}&_api_version=${version}`;
      return of('_api_signature') === createHmac('sha1', gatewaySecret).update(text).digest('base64') ? undefined : '_api_signature';
    }
    return this.#mode === 'none' || (this.tokens.get(of('authorization').replace('Bearer ', '')) ?? 0) > this.#now().getTime() ? undefined : 'authorization';
  }

  /** The token endpoint's answer; undefined when the account is wrong. */
  token(authorization: string, form: URLSearchParams): { readonly access_token: string; readonly expires_in: number } | undefined {
    const { gatewayId, gatewaySecret, gatewayUser, gatewayPassword } = this.#credentials;
    const isKnown = authorization === `Basic ${Buffer.from(`${gatewayId}:${gatewaySecret}`).toString('base64')}` && form.get('username') === gatewayUser && form.get('password') === gatewayPassword && form.get('grant_type') === 'password';
    if (!isKnown) return undefined;
    const token = `sim-token-${String(this.tokens.size + 1).padStart(4, '0')}`;
    this.tokens.set(token, this.#now().getTime() + TOKEN_SECONDS * 1_000);
    return { access_token: token, expires_in: TOKEN_SECONDS };
  }

  #isNow(at: number): boolean {
    return Math.abs(at - this.#now().getTime()) < FIVE_MINUTES_MS;
  }
}
