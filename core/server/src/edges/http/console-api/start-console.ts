import { startHttpServer, type RunningHttpServer } from '../http-kit/start-http-server.js';
import { onlyAllowedAddresses } from './allowed-addresses.js';
import { consoleApi } from './console-api.js';
import { createEventStreams } from './event-streams.js';
import type { ConsolePorts } from './ports.js';
import { staticFiles } from './static-files.js';

const API_ROOT = '/console-api';

/** Nothing from elsewhere, no script or style written into a page, nobody's frame. Pictures may be drawn by the page itself. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The console on its own port: its API under `/console-api/v1`, its built pages everywhere else. */
export async function startConsole(ports: ConsolePorts): Promise<RunningHttpServer> {
  const { host, port, log, clock, timers, random, onUndeclaredAnswer } = ports;
  const eventStreams = createEventStreams({ hub: ports.liveEvents, users: ports.users, timers });
  const server = await startHttpServer({
    host,
    port,
    ...(ports.tls === undefined ? {} : { tls: ports.tls }),
    groups: consoleApi({ ...ports, eventStreams }),
    log,
    clock,
    timers,
    random,
    middleware: [onlyAllowedAddresses(ports.allowedAddresses ?? []), staticFiles({ folder: ports.staticFolder, apiBase: API_ROOT })],
    securityHeaders: { 'content-security-policy': CONTENT_POLICY },
    ...(onUndeclaredAnswer === undefined ? {} : { onUndeclaredAnswer }),
  });
  return {
    ...server,
    async stop() {
      // They would end by themselves never, and the server waits for what is in progress.
      eventStreams.stop();
      await server.stop();
    },
  };
}
