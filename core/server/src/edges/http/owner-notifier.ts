import { signRequest, writeAuthorization, type Application, type ApplicationRegistry } from '../../applications/ports.js';
import type { Log } from '../../domain/log.js';
import type { Clock, RandomSource, Timers } from '../../domain/time.js';
import { makeOpaqueId } from '../../domain/trade-number.js';
import type { OrderView } from '../../payments/order-view.js';
import type { OwnerNotifier } from '../../payments/ports.js';

export type ApplicationNotifierPorts = {
  readonly registry: ApplicationRegistry;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};

/** Long enough for an application that writes to its database, short enough that a dead one does not hold a lane. */
const NOTIFY_TIMEOUT_MS = 5_000;

/**
 * Tells applications what became of their orders: a signed POST of the newest view. 2xx is an acknowledgement, anything else is repeated by the
 * durable job behind it, so the same event may arrive more than once and late; `eventId` and `version` tell.
 */
export function applicationNotifier(ports: ApplicationNotifierPorts): OwnerNotifier {
  return {
    async tell(owner, view) {
      if (owner.kind !== 'application') return true;
      const application = await ports.registry.find(owner.id);
      // Disabled, or its key taken from it: nothing is signed for it until it is active again, and its news waits.
      if (application === undefined || application.status !== 'active') return false;
      if (application.notifyUrl === undefined) return true;
      const url = readNotifyUrl(application.notifyUrl);
      if (url === undefined) {
        ports.log.warn('notify address is not usable', { application: application.appId });
        return false;
      }
      return deliver(ports, application, url, view);
    },
  };
}

async function deliver(ports: ApplicationNotifierPorts, { appId, secret }: Application, url: URL, view: OrderView): Promise<boolean> {
  const eventId = `${view.tradeNo}.${String(view.version)}`;
  const body = Buffer.from(JSON.stringify({ eventId, kind: 'order', version: view.version, order: view }), 'utf8');
  const timestamp = String(Math.floor(ports.clock.now().getTime() / 1000));
  const nonce = makeOpaqueId(ports.random);
  const signature = signRequest(secret, { method: 'POST', target: `${url.pathname}${url.search}`, timestamp, nonce, body });
  const abort = new AbortController();
  const deadline = ports.timers.after(NOTIFY_TIMEOUT_MS, () => { abort.abort(); });
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        authorization: writeAuthorization({ app: appId, timestamp, nonce, signature }),
        'x-hospay-event-id': eventId,
      },
      // A redirect could carry the order to another host.
      redirect: 'manual',
      signal: abort.signal,
    });
    // Nothing the application says matters, and a long answer would cost memory.
    await response.body?.cancel();
    if (!response.ok) ports.log.warn('application did not acknowledge', { application: appId, tradeNo: view.tradeNo, version: view.version, status: response.status });
    return response.ok;
  } catch (error) {
    ports.log.warn('application could not be told', { application: appId, tradeNo: view.tradeNo, version: view.version, error });
    return false;
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
