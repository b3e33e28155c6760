/** The line to the DMZ relay joined: what may be asked over it, and how anybody sees that it is not there. Called by the composition root. */
import { CLIENT_ADDRESS, waitedInRelay } from './edges/relay/relay-headers.js';
import { createRelayConnector } from './edges/relay/relay-connector.js';
import { httpHandler, type HttpHandlerOptions } from './edges/http/http-kit/start-http-server.js';
import type { Configuration } from './config/configuration-schema.js';
import type { Timers } from './domain/time.js';
import type { Health } from './operations/health.js';
import type { Metrics } from './operations/metrics.js';

/** How the listener of payments and the line of the relay differ. */
export type PublicSide = { readonly clientAddressHeader: string | undefined; readonly waitedMs?: (headers: Readonly<Record<string, string>>) => number };
export type RelayPart = { start(): void; isConnected(): boolean; stop(): Promise<void> };
export type RelayParts = Omit<HttpHandlerOptions, 'groups' | 'middleware' | 'securityHeaders'> & { readonly groups: (side: PublicSide) => HttpHandlerOptions['groups']; readonly timers: Timers; readonly metrics: Metrics; readonly health: Health };

export function composeRelay(relay: NonNullable<Configuration['relay']>, { groups, timers, metrics, health, ...parts }: RelayParts): RelayPart {
  const log = parts.log.with({ through: 'relay' });
  const requests = metrics.counter({ name: 'hospay_relay_requests_total', help: 'Requests that came over the line of the DMZ relay', labels: [] });
  const handle = httpHandler({ ...parts, log, groups: groups({ clientAddressHeader: CLIENT_ADDRESS, waitedMs: waitedInRelay }) });
  const connector = createRelayConnector({ ...relay, timers, random: parts.random, log, handle: (request, response) => { requests.add(); void handle(request, response); } });
  metrics.observedGauge({ name: 'hospay_relay_connected', help: 'Whether the line to the DMZ relay stands', read: () => (connector.isConnected() ? 1 : 0) });
  // Payments go on by queries: somebody should look, and nothing is turned away.
  health.add({ name: 'relay', kind: 'notice', deadlineMs: 1_000, check: () => { const reason = connector.problem(); return reason === undefined ? { ok: true } : { ok: false, reason }; } });
  return connector;
}
