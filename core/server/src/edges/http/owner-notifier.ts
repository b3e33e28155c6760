import type { Application, ApplicationRegistry } from '../../applications/ports.js';
import type { Log } from '../../domain/log.js';
import type { Clock, RandomSource, Timers } from '../../domain/time.js';
import type { OrderView } from '../../payments/order-view.js';
import type { OwnerNotifier } from '../../payments/ports.js';
import { postSigned, readNotifyUrl } from './signed-post.js';

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

async function deliver(ports: ApplicationNotifierPorts, application: Application, url: URL, view: OrderView): Promise<boolean> {
  const eventId = `${view.tradeNo}.${String(view.version)}`;
  const body = Buffer.from(JSON.stringify({ eventId, kind: 'order', version: view.version, order: view }), 'utf8');
  const posted = await postSigned(ports, { application, url, body, contentType: 'application/json; charset=utf-8', eventId, timeoutMs: NOTIFY_TIMEOUT_MS });
  if (!posted.isTaken) ports.log.warn('application did not acknowledge', { application: application.appId, tradeNo: view.tradeNo, version: view.version, problem: posted.problem, ...(posted.error === undefined ? {} : { error: posted.error }) });
  return posted.isTaken;
}
