/**
 * The signature of the payment API, in both directions: requests of applications, and our notifications to them.
 *
 *     Authorization: HOSPAY-HMAC-SHA256 app="…",timestamp="…",nonce="…",signature="…"
 *
 * signature = lower-case hex of HMAC-SHA256(secret, METHOD \n path?query \n timestamp \n nonce \n sha256hex(body) \n), and where an Idempotency-Key
 * is sent, the key and a further \n. The body's hash is signed even when it is empty, so nothing can be added to or taken from a signed request;
 * the key is signed because whoever could change it on the way could make a retry of a refund a second refund.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ok, refused, type Outcome } from '../domain/errors.js';

export const SIGNATURE_SCHEME = 'HOSPAY-HMAC-SHA256';

export type SignedParts = {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Uint8Array;
  readonly idempotencyKey?: string | undefined;
};
export type Credentials = { readonly app: string; readonly timestamp: string; readonly nonce: string; readonly signature: string };

/** The text that is signed. */
export function signingText({ method, target, timestamp, nonce, body, idempotencyKey }: SignedParts): string {
  const text = `${method}\n${target}\n${timestamp}\n${nonce}\n${createHash('sha256').update(body).digest('hex')}\n`;
  return idempotencyKey === undefined ? text : `${text}${idempotencyKey}\n`;
}

export function signRequest(secret: string, parts: SignedParts): string {
  return createHmac('sha256', secret).update(signingText(parts)).digest('hex');
}

/** Compares in constant time. */
export function isSignedBy(secret: string, parts: SignedParts, signature: string): boolean {
  const expected = Buffer.from(signRequest(secret, parts), 'hex');
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function writeAuthorization({ app, timestamp, nonce, signature }: Credentials): string {
  return `${SIGNATURE_SCHEME} app="${app}",timestamp="${timestamp}",nonce="${nonce}",signature="${signature}"`;
}

const FIELDS = {
  app: /^[0-9A-Za-z_.-]{1,64}$/,
  timestamp: /^\d{1,12}$/,
  nonce: /^[0-9A-Za-z_-]{8,64}$/,
  signature: /^[0-9a-f]{64}$/,
} as const;

/** Reads the header; a missing, repeated, unknown or ill-formed field is named. */
export function readAuthorization(header: string | undefined): Outcome<Credentials> {
  if (header === undefined) return refused('SIGNATURE_INVALID', 'header authorization: is missing');
  const match = /^HOSPAY-HMAC-SHA256 +(.*)$/.exec(header);
  if (match === null || header.length > 512) return refused('SIGNATURE_INVALID', `header authorization: must be ${SIGNATURE_SCHEME} app="…",timestamp="…",nonce="…",signature="…"`);
  const fields = new Map<string, string>();
  for (const part of (match[1] ?? '').split(',')) {
    const field = /^\s*(\w+)="([^"]*)"\s*$/.exec(part);
    if (field?.[1] === undefined || field[2] === undefined || !Object.hasOwn(FIELDS, field[1]) || fields.has(field[1])) {
      return refused('SIGNATURE_INVALID', 'header authorization: each of app, timestamp, nonce, signature once, in double quotes');
    }
    fields.set(field[1], field[2]);
  }
  const { app = '', timestamp = '', nonce = '', signature = '' } = Object.fromEntries(fields);
  const credentials = { app, timestamp, nonce, signature };
  for (const [name, shape] of Object.entries(FIELDS)) {
    if (!shape.test(fields.get(name) ?? '')) return refused('SIGNATURE_INVALID', `header authorization: ${name} must match ${shape.source}`);
  }
  return ok(credentials);
}
