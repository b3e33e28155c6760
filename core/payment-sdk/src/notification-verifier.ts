import type { OrderNotification, StatementNotification } from './api-types.js';
import { isStatementSigned, readStatement, type Statement } from './read-statement.js';
import { isSigned, readAuthorization } from './signature.js';

export type NotificationVerifierOptions = {
  readonly appId: string;
  readonly secret: string;
  /** The address registered with the platform. Its path and query are part of what is signed, whatever a proxy rewrote on the way. */
  readonly notifyUrl: string;
  readonly now?: () => Date;
};

export type VerifiedNotification = { readonly kind: 'ok'; readonly notification: OrderNotification } | { readonly kind: 'refused'; readonly reason: string };
export type VerifiedStatementNotice = { readonly kind: 'ok'; readonly notification: StatementNotification } | { readonly kind: 'refused'; readonly reason: string };
export type VerifiedStatementFile = { readonly kind: 'ok'; readonly fileName: string; readonly statement: Statement } | { readonly kind: 'refused'; readonly reason: string };
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
export type NotificationVerifier = {
  /**
   * Verifies and reads a notification. `rawBody`: the bytes as they arrived, before any JSON parser. Header names in any case.
   * Answer 2xx only after you have stored it; ignore a version older than the one you have; the same `eventId` may come again.
   */
  verifyNotification(rawBody: Uint8Array, headers: Headers): VerifiedNotification;
  /** Where the hospital tells of statement files (对账文件): the body says `"kind":"statementFile"`. Fetch it by `downloadStatement`. The same may come again; a higher version of a day stands in place of a lower. */
  verifyStatementNotice(rawBody: Uint8Array, headers: Headers): VerifiedStatementNotice;
  /** Where the hospital sends the files themselves (`content-type: text/csv`): the request, the file's own signature, its hash and its totals. Keep `statement.raw`, then answer 2xx. */
  verifyStatementFile(rawBody: Uint8Array, headers: Headers): VerifiedStatementFile;
};

const TOLERANCE_MS = 300_000;

/** Makes the verifier of an application's notifications. It remembers the nonces it has accepted for as long as they could be replayed. */
export function createNotificationVerifier(options: NotificationVerifierOptions): NotificationVerifier {
  const { pathname, search } = new URL(options.notifyUrl);
  const seen = new Map<string, number>();
  /** What is read of a request whose signature and time are right, once; undefined from `readBody`: it is something else. */
  const once = <Value>(rawBody: Uint8Array, headers: Headers, readBody: () => Value | undefined): { readonly kind: 'ok'; readonly value: Value } | Refused => {
    const credentials = readAuthorization(headerOf(headers, 'authorization'));
    if (credentials === undefined || credentials.app !== options.appId) return refuse('the authorization header is missing or not for this application');
    const now = (options.now?.() ?? new Date()).getTime();
    if (Math.abs(now - Number(credentials.timestamp) * 1000) > TOLERANCE_MS) return refuse('the notification is too old, or a clock is off');
    const { timestamp, nonce, signature } = credentials;
    if (!isSigned(options.secret, { method: 'POST', target: `${pathname}${search}`, timestamp, nonce, body: rawBody }, signature)) return refuse('the signature does not verify');
    forget(seen, now);
    if (seen.has(nonce)) return refuse('this request was received before');
    const value = readBody();
    if (value === undefined) return refuse('the body has another shape');
    seen.set(nonce, now + 2 * TOLERANCE_MS);
    return { kind: 'ok', value };
  };
  return {
    verifyNotification(rawBody, headers) {
      const verified = once(rawBody, headers, () => read(rawBody, isNotification));
      return verified.kind === 'ok' ? { kind: 'ok', notification: verified.value } : verified;
    },
    verifyStatementNotice(rawBody, headers) {
      const verified = once(rawBody, headers, () => read(rawBody, isStatementNotice));
      return verified.kind === 'ok' ? { kind: 'ok', notification: verified.value } : verified;
    },
    verifyStatementFile(rawBody, headers) {
      const fileName = /filename="([^"]+)"/.exec(headerOf(headers, 'content-disposition'))?.[1] ?? '';
      const { appId, secret } = options;
      const verified = once(rawBody, headers, () => {
        if (!isStatementSigned({ secret, appId, fileName, raw: rawBody, signature: headerOf(headers, 'x-hospay-statement-signature') })) return undefined;
        const statement = readStatement(rawBody);
        return statement.kind === 'ok' ? statement.value : undefined;
      });
      return verified.kind === 'ok' ? { kind: 'ok', fileName, statement: verified.value } : verified;
    },
  };
}

function read<Value>(rawBody: Uint8Array, isIt: (value: unknown) => value is Value): Value | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(rawBody));
  } catch {
    return undefined;
  }
  // Signed by the platform: its shape is the platform's contract, which a contract test proves.
  return isIt(value) ? value : undefined;
}

function isNotification(value: unknown): value is OrderNotification {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'order' && 'eventId' in value && typeof value.eventId === 'string' &&
    'version' in value && Number.isSafeInteger(value.version) && 'order' in value && typeof value.order === 'object' && value.order !== null
  );
}

function isStatementNotice(value: unknown): value is StatementNotification {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'statementFile' && 'eventId' in value && typeof value.eventId === 'string' && 'statementFile' in value && typeof value.statementFile === 'object' && value.statementFile !== null;
}

function headerOf(headers: Headers, wanted: string): string {
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

type Refused = { readonly kind: 'refused'; readonly reason: string };
function refuse(reason: string): Refused {
  return { kind: 'refused', reason };
}
