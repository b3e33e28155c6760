import type { OrderNotification } from './api-types.js';
import { isSigned, readAuthorization } from './signature.js';

export type NotificationVerifierOptions = {
  readonly appId: string;
  readonly secret: string;
  /** The address registered with the platform. Its path and query are part of what is signed, whatever a proxy rewrote on the way. */
  readonly notifyUrl: string;
  readonly now?: () => Date;
};

export type VerifiedNotification = { readonly kind: 'ok'; readonly notification: OrderNotification } | { readonly kind: 'refused'; readonly reason: string };
export type NotificationVerifier = {
  /**
   * Verifies and reads a notification. `rawBody`: the bytes as they arrived, before any JSON parser. Header names in any case.
   * Answer 2xx only after you have stored it; ignore a version older than the one you have; the same `eventId` may come again.
   */
  verifyNotification(rawBody: Uint8Array, headers: Readonly<Record<string, string | readonly string[] | undefined>>): VerifiedNotification;
};

const TOLERANCE_MS = 300_000;

/** Makes the verifier of an application's notifications. It remembers the nonces it has accepted for as long as they could be replayed. */
export function createNotificationVerifier(options: NotificationVerifierOptions): NotificationVerifier {
  const { pathname, search } = new URL(options.notifyUrl);
  const seen = new Map<string, number>();
  return {
    verifyNotification(rawBody, headers) {
      const credentials = readAuthorization(headerOf(headers, 'authorization'));
      if (credentials === undefined || credentials.app !== options.appId) return refuse('the authorization header is missing or not for this application');
      const now = (options.now?.() ?? new Date()).getTime();
      if (Math.abs(now - Number(credentials.timestamp) * 1000) > TOLERANCE_MS) return refuse('the notification is too old, or a clock is off');
      const { timestamp, nonce, signature } = credentials;
      if (!isSigned(options.secret, { method: 'POST', target: `${pathname}${search}`, timestamp, nonce, body: rawBody }, signature)) return refuse('the signature does not verify');
      forget(seen, now);
      if (seen.has(nonce)) return refuse('this request was received before');
      const notification = read(rawBody);
      if (notification === undefined) return refuse('the body has another shape');
      seen.set(nonce, now + 2 * TOLERANCE_MS);
      return { kind: 'ok', notification };
    },
  };
}

function read(rawBody: Uint8Array): OrderNotification | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(rawBody));
  } catch {
    return undefined;
  }
  // Signed by the platform: its shape is the platform's contract, which a contract test proves.
  return isNotification(value) ? value : undefined;
}

function isNotification(value: unknown): value is OrderNotification {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'order' && 'eventId' in value && typeof value.eventId === 'string' &&
    'version' in value && Number.isSafeInteger(value.version) && 'order' in value && typeof value.order === 'object' && value.order !== null
  );
}

function headerOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>, wanted: string): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return typeof found === 'string' ? found : '';
}

function forget(seen: Map<string, number>, now: number): void {
  for (const [nonce, until] of seen) {
    // In order of arrival, so the first that is still needed ends the search.
    if (until > now) return;
    seen.delete(nonce);
  }
}

function refuse(reason: string): VerifiedNotification {
  return { kind: 'refused', reason };
}
