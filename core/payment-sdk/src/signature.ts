import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_SCHEME = 'HOSPAY-HMAC-SHA256';

export type SignedParts = {
  readonly method: string;
  /** Path and query exactly as they are sent. */
  readonly target: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Uint8Array | string;
  /** Where an Idempotency-Key header is sent. */
  readonly idempotencyKey?: string | undefined;
};

/** The text that is signed: METHOD, path?query, timestamp, nonce, the body's SHA-256 in hex, and the idempotency key where one is sent, each followed by a line feed. */
export function signingText({ method, target, timestamp, nonce, body, idempotencyKey }: SignedParts): string {
  const text = `${method}\n${target}\n${timestamp}\n${nonce}\n${createHash('sha256').update(body).digest('hex')}\n`;
  return idempotencyKey === undefined ? text : `${text}${idempotencyKey}\n`;
}

/** Lower-case hex of HMAC-SHA256 over the signing text. */
export function sign(secret: string, parts: SignedParts): string {
  return createHmac('sha256', secret).update(signingText(parts)).digest('hex');
}

/** Compares in constant time. */
export function isSigned(secret: string, parts: SignedParts, signature: string): boolean {
  const expected = Buffer.from(sign(secret, parts), 'hex');
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export type Credentials = { readonly app: string; readonly timestamp: string; readonly nonce: string; readonly signature: string };

/** The Authorization header. */
export function writeAuthorization({ app, timestamp, nonce, signature }: Credentials): string {
  return `${SIGNATURE_SCHEME} app="${app}",timestamp="${timestamp}",nonce="${nonce}",signature="${signature}"`;
}

/** The fields of an Authorization header of this scheme, or undefined. */
export function readAuthorization(header: string): Credentials | undefined {
  const match = /^HOSPAY-HMAC-SHA256 app="([\w.-]{1,64})",timestamp="(\d{1,12})",nonce="([\w-]{8,64})",signature="([0-9a-f]{64})"$/.exec(header);
  if (match === null) return undefined;
  const [, app = '', timestamp = '', nonce = '', signature = ''] = match;
  return { app, timestamp, nonce, signature };
}
