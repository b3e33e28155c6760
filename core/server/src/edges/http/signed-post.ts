import { signRequest, writeAuthorization, type Application } from '../../applications/ports.js';
import type { Clock, RandomSource, Timers } from '../../domain/time.js';
import { makeOpaqueId } from '../../domain/trade-number.js';

export type SignedPostPorts = { readonly clock: Clock; readonly timers: Timers; readonly random: RandomSource };
export type SignedPost = {
  readonly application: Pick<Application, 'appId' | 'secret'>;
  readonly url: URL;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** The same for every repeat of this event. */
  readonly eventId: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

/** Posts to an application's address, signed with its secret. 2xx is an acknowledgement; anything else comes back as a problem in words, `error` where there was no answer. */
export async function postSigned({ clock, timers, random }: SignedPostPorts, { application: { appId, secret }, url, body, contentType, eventId, headers, timeoutMs }: SignedPost): Promise<{ readonly isTaken: true } | { readonly isTaken: false; readonly problem: string; readonly error?: unknown }> {
  const timestamp = String(Math.floor(clock.now().getTime() / 1000));
  const nonce = makeOpaqueId(random);
  const signature = signRequest(secret, { method: 'POST', target: `${url.pathname}${url.search}`, timestamp, nonce, body });
  const abort = new AbortController();
  const deadline = timers.after(timeoutMs, () => { abort.abort(); });
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType, authorization: writeAuthorization({ app: appId, timestamp, nonce, signature }), 'x-hospay-event-id': eventId, ...headers },
      // A redirect could carry the order to another host.
      redirect: 'manual',
      signal: abort.signal,
    });
    // Nothing the application says matters, and a long answer would cost memory.
    await response.body?.cancel();
    return response.ok ? { isTaken: true } : { isTaken: false, problem: `HTTP ${String(response.status)}` };
  } catch (error) {
    return { isTaken: false, problem: error instanceof Error ? error.message : String(error), error };
  } finally {
    deadline.cancel();
  }
}

/** Only http and https, without credentials in the address. */
export function readNotifyUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '' || url.hostname === '') return undefined;
  return url;
}
