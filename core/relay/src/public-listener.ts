/**
 * What the world reaches: bounded in every direction, and without an opinion. A channel hears what the core said, or that it has to repeat; never that something was taken which the
 * core has not taken.
 */
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createAddressPace } from './address-pace.js';
import { allowedRequest, headersInward, headersOutward, type AllowedRequest, type RequestKind } from './allowed-requests.js';
import type { InsideLine } from './inside-line.js';
import type { NotificationStore } from './notification-store.js';
import { ownAnswer, type OwnCode } from './own-answers.js';
import type { Say } from './say.js';
import { CLIENT_ADDRESS_HEADER } from './tunnel.js';

export type PublicListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined;
  readonly clientAddressHeader: string | undefined;
  readonly notificationHeaders: readonly string[];
  readonly line: Pick<InsideLine, 'ask'>;
  readonly store: NotificationStore;
  readonly say: Say;
};
export type PublicListener = { readonly port: number; stop(): Promise<void> };

/** WeChat Pay waits five seconds for the answer to a notification; the way back takes some of it. */
const NOTIFICATION_DEADLINE_MS = 4_500;
/** A page's call waits for HIS and channel: longer than either may take. */
const PAGE_DEADLINE_MS = 40_000;
/** Each kind has its own places: a crowd of browsers does not keep a notification out, nor the other way round. */
const MOST_IN_FLIGHT: Readonly<Record<RequestKind, number>> = { notification: 32, page: 64, call: 64 };
/** A channel sends for the whole hospital from a few addresses; a waiting room may share one. */
const PACE = { perSecond: 50, burst: 300 } as const;
const MOST_CONNECTIONS = 2_000;
const LARGEST_HEADERS_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
const KEEP_ALIVE_MS = 15_000;

export async function openPublicListener(options: PublicListenerOptions): Promise<PublicListener> {
  const { host, port, tls } = options;
  const answer = answering(options);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => { response.destroy(); });
  };
  const limits = { maxHeaderSize: LARGEST_HEADERS_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  const server: Server = tls === undefined ? createPlainServer(limits, handle) : createTlsServer({ ...limits, key: tls.privateKeyPem, cert: tls.certificatePem, minVersion: 'TLSv1.2' }, handle);
  server.maxConnections = MOST_CONNECTIONS;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, () => { listening.resolve(); });
  await listening.promise;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => { closed.resolve(); });
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function answering(options: PublicListenerOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const pace = createAddressPace(PACE);
  const inFlight: Record<RequestKind, number> = { notification: 0, page: 0, call: 0 };
  return async (request, response) => {
    const target = request.url ?? '';
    const allowed = allowedRequest(request.method ?? '', target);
    const refuse = (code: OwnCode): void => { sayOwn(response, code, allowed?.kind); };
    const address = addressOf(request, options.clientAddressHeader);
    if (!pace.take(address, Date.now())) return refuse('TOO_MANY_REQUESTS');
    if (allowed === undefined) return refuse('NOT_HERE');
    if (inFlight[allowed.kind] >= MOST_IN_FLIGHT[allowed.kind]) return refuse('RELAY_BUSY');
    inFlight[allowed.kind] += 1;
    try {
      const body = await readBody(request, allowed);
      if (typeof body === 'string') return refuse(body);
      await passOn(options, response, { target, address, body, kind: allowed.kind, method: request.method ?? '', headers: headersInward(allowed.kind, request.headers, options.notificationHeaders) });
    } finally {
      inFlight[allowed.kind] -= 1;
    }
  };
}

type Arrived = { readonly method: string; readonly target: string; readonly kind: RequestKind; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array; readonly address: string };

async function passOn({ line, store, say }: PublicListenerOptions, response: ServerResponse, { kind, address, ...asked }: Arrived): Promise<void> {
  const receivedAtMs = Date.now();
  const told = await line.ask({ ...asked, headers: { ...asked.headers, [CLIENT_ADDRESS_HEADER]: address } }, kind === 'notification' ? NOTIFICATION_DEADLINE_MS : PAGE_DEADLINE_MS);
  // An answer that asks to be asked again (5xx) has taken nothing.
  if (kind === 'notification' && (told === undefined || told.status >= 500)) {
    say('a notification was not taken by the inside; its channel is told to repeat it', { copy: keep(store, { target: asked.target, headers: asked.headers, body: asked.body, address, receivedAtMs }), stored: store.count });
  }
  if (told === undefined) {
    sayOwn(response, 'RELAY_INSIDE_AWAY', kind);
    return;
  }
  response.writeHead(told.status, { ...headersOutward(told.headers), 'content-length': told.body.byteLength });
  response.end(told.body);
}

/** A disk that is full or broken loses nothing but time: the channel repeats. */
function keep(store: NotificationStore, notification: Parameters<NotificationStore['keep']>[0]): string {
  try {
    return store.keep(notification);
  } catch (error) {
    return error instanceof Error ? error.message : 'not kept';
  }
}

/** The body as it is; or why it is not taken. */
function readBody(request: IncomingMessage, { largestBytes }: AllowedRequest): Promise<Buffer | OwnCode> {
  if (request.headers['content-encoding'] !== undefined) return Promise.resolve('MALFORMED_REQUEST');
  if (Number(request.headers['content-length'] ?? 0) > largestBytes) return Promise.resolve('BODY_TOO_LARGE');
  const read = Promise.withResolvers<Buffer | OwnCode>();
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.byteLength;
    if (length <= largestBytes) chunks.push(chunk);
    else {
      request.pause();
      read.resolve('BODY_TOO_LARGE');
    }
  });
  request.once('end', () => { read.resolve(Buffer.concat(chunks)); });
  // Nobody is there to hear it.
  request.once('close', () => { read.resolve('MALFORMED_REQUEST'); });
  return read.promise;
}

/** A proxy appends the address it saw: the last one is its own word, those before may be anybody's. */
function addressOf({ headers, socket }: IncomingMessage, header: string | undefined): string {
  const given = header === undefined ? undefined : headers[header];
  const address = (given === undefined ? (socket.remoteAddress ?? '') : (String(given).split(',').at(-1)?.trim() ?? '')).replace(/^::ffff:/i, '');
  return /^[0-9A-Fa-f:.]{2,45}$/.test(address) ? address : 'unknown';
}

/** What is left of a request that was turned away is not read: the connection is not used again. */
function sayOwn(response: ServerResponse, code: OwnCode, kind: RequestKind | undefined): void {
  const { status, headers, body } = ownAnswer(code, kind);
  response.writeHead(status, { ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
