import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import Koa from 'koa';
import { ERRORS, refused } from '../../../domain/errors.js';
import type { Log } from '../../../domain/log.js';
import { StoreUnavailable } from '../../../domain/money-store.js';
import type { Clock, RandomSource, Timers } from '../../../domain/time.js';
import { makeOpaqueId } from '../../../domain/trade-number.js';
import { buildRouter } from './build-router.js';
import { errorAnswer } from './error-answer.js';
import type { MountedGroup } from './route-group.js';
import { readTrace, requestIdOf, send, trace } from './koa-context.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** PEM; the chain begins with the certificate of the key. */
type ServedCertificate = { readonly privateKeyPem: string; readonly chainPem: string };
/** The certificate of a listener, which may become another one while it listens. */
export type ServedTls = { current(): ServedCertificate; onServed(listener: (served: ServedCertificate) => void): () => void };

export type HttpServerOptions = HttpHandlerOptions & {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: ServedTls;
  readonly timers: Timers;
  /** How long requests in progress may take to end when the server stops. */
  readonly drainMs?: number;
};

export type HttpHandlerOptions = {
  readonly groups: readonly MountedGroup[];
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Middleware in front of the routes: static files of a console, for example. It may answer or call `next`. */
  readonly middleware?: readonly Koa.Middleware[];
  /** Replaces or adds security headers: a console with scripts needs another content policy than an API. */
  readonly securityHeaders?: Readonly<Record<string, string>>;
  readonly largestBodyBytes?: number;
  /** In tests: told when a handler's answer is not what its route declares. */
  readonly onUndeclaredAnswer?: (operationId: string, what: string) => void;
};

export type RunningHttpServer = {
  readonly port: number;
  /** `http://127.0.0.1:8080`, `https://…` */
  readonly origin: string;
  readonly server: Server | TlsServer;
  /** Takes no new request, lets those in progress end, then closes every connection. */
  stop(): Promise<void>;
};

const LARGEST_BODY_BYTES = 256 * 1024;
const DRAIN_MS = 10_000;
/** A body of 256 KB on the slowest hospital line takes seconds; longer is a slow-loris. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 20_000;
/** A hospital has hundreds of terminals and a few applications; more connections than this is a fault or an attack. */
const MOST_CONNECTIONS = 4_000;

/** Starts an HTTP server with the routes of the groups. @throws when the address cannot be listened on, naming it. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningHttpServer> {
  const isDraining = { value: false };
  const handle = httpHandler(options, isDraining);
  const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  const answer: RequestListener = (request, response) => { void handle(request, response); };
  const { server, release } = options.tls === undefined ? { server: createServer(times, answer), release: () => undefined } : serveTls(options.tls, (secure) => createTlsServer({ ...times, ...secure }, answer));
  server.maxConnections = MOST_CONNECTIONS;
  const unused = unusedConnections(server);
  server.on('clientError', (error, socket) => { refuseBrokenHttp(error, socket, options.random); });
  await listen(server, options.host, options.port);
  const address = server.address();
  const port = isAddressInfo(address) ? address.port : options.port;
  return {
    port,
    origin: `${options.tls === undefined ? 'http' : 'https'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${String(port)}`,
    server,
    async stop() {
      isDraining.value = true;
      release();
      await drain(server, unused, options.timers, options.drainMs ?? DRAIN_MS);
    },
  };
}

/** The routes of the groups for a server somebody else has: HTTP/1.1, or HTTP/2 over a line. */
export function httpHandler(options: HttpHandlerOptions, isDraining: { readonly value: boolean } = { value: false }): ReturnType<Koa['callback']> {
  const app = new Koa();
  app.silent = true;
  app.use((context, next) => prepare(options, isDraining, context, next));
  app.use((context, next) => catchBugs(options, context, next));
  for (const middleware of options.middleware ?? []) app.use(middleware);
  const router = buildRouter({ ...options, largestBodyBytes: options.largestBodyBytes ?? LARGEST_BODY_BYTES });
  app.use(router.routes());
  app.use((context) => { send(context, errorAnswer(noSuchOperation(options.groups, context), requestIdOf(context))); });
  return app.callback();
}

async function prepare(options: HttpHandlerOptions, isDraining: { readonly value: boolean }, context: Koa.Context, next: Koa.Next): Promise<void> {
  const startedAt = options.clock.now().getTime();
  const given = context.get('x-request-id');
  // A caller's own id makes its log and ours meet; anything that could break a log line is replaced.
  const requestId = /^[0-9A-Za-z_-]{8,64}$/.test(given) ? given : makeOpaqueId(options.random, 20);
  context.set('x-request-id', requestId);
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...options.securityHeaders })) context.set(name, value);
  await next();
  // A kept connection would hold the stopping server open until its idle timeout.
  if (isDraining.value) context.set('connection', 'close');
  const { operationId, caller, errorCode } = readTrace(context);
  // Paths and queries may name a patient: only the operation is written, and the address only of those who were turned away.
  const isTurnedAway = context.status === 401 || context.status === 403 || context.status === 429;
  options.log.info('http request', {
    requestId,
    method: context.method,
    operation: operationId,
    status: context.status,
    durationMs: options.clock.now().getTime() - startedAt,
    ...(caller === undefined ? {} : { caller }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(isTurnedAway ? { remote: context.req.socket.remoteAddress } : {}),
  });
}

async function catchBugs(options: HttpHandlerOptions, context: Koa.Context, next: Koa.Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    const requestId = requestIdOf(context);
    const refusal = refused(error instanceof StoreUnavailable ? 'STORE_UNAVAILABLE' : 'INTERNAL');
    options.log.error('http request failed', { requestId, operation: readTrace(context).operationId, error });
    trace(context, { errorCode: refusal.code });
    send(context, errorAnswer(refusal, requestId));
  }
}

function noSuchOperation(groups: readonly MountedGroup[], context: Koa.Context) {
  trace(context, { errorCode: 'UNSUPPORTED_OPERATION' });
  const methods = groups.flatMap(({ routes }) => routes).filter(({ fullPath }) => isPathOf(fullPath, context.path)).map(({ method }) => method);
  if (methods.length === 0) return refused('UNSUPPORTED_OPERATION', 'no such path');
  context.set('allow', methods.join(', '));
  return refused('UNSUPPORTED_OPERATION', `this path takes ${methods.join(', ')}`);
}

function isPathOf(fullPath: string, path: string): boolean {
  const wanted = fullPath.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith('{') || part === given[index]);
}

/** Connections that are open keep the certificate they began with; the next one meets the other. */
function serveTls(tls: ServedTls, create: (secure: TlsOptions) => TlsServer): { readonly server: TlsServer; readonly release: () => unknown } {
  const secureOf = ({ chainPem, privateKeyPem }: ServedCertificate): TlsOptions => ({ cert: chainPem, key: privateKeyPem, minVersion: 'TLSv1.2', honorCipherOrder: true });
  const server = create({ ...secureOf(tls.current()), handshakeTimeout: HEADERS_TIMEOUT_MS });
  server.on('tlsClientError', (_error, socket) => { socket.destroy(); });
  return { server, release: tls.onServed((served) => { server.setSecureContext(secureOf(served)); }) };
}

async function listen(server: Server | TlsServer, host: string, port: number): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once('error', (cause) => { listening.reject(new Error(`cannot listen on ${host}:${String(port)}: ${cause.message}`, { cause })); });
  server.listen({ host, port }, () => { listening.resolve(); });
  await listening.promise;
}

/**
 * Connections on which no request has come. Node takes such a one for busy, and browsers and fetch open them to be faster later: a stop would wait for them as for a payment.
 * Known by where they come from: under TLS a request is on another socket than the connection.
 */
function unusedConnections(server: Server | TlsServer): { close(): void } {
  const unused = new Map<string, Socket>();
  const from = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${String(remotePort)}`;
  server.on('connection', (socket: Socket) => {
    const key = from(socket);
    unused.set(key, socket);
    socket.once('close', () => { if (unused.get(key) === socket) unused.delete(key); });
  });
  server.prependListener('request', ({ socket }: IncomingMessage) => { unused.delete(from(socket)); });
  return { close() { for (const socket of unused.values()) socket.destroy(); } };
}

async function drain(server: Server | TlsServer, unused: { close(): void }, timers: Timers, drainMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = Promise.withResolvers<void>();
  server.close(() => { closed.resolve(); });
  server.closeIdleConnections();
  unused.close();
  const deadline = timers.after(drainMs, () => { server.closeAllConnections(); });
  await closed.promise;
  deadline.cancel();
}

/** What is not even HTTP gets an answer in the same shape, written by hand: there is no request to answer through. */
function refuseBrokenHttp(error: Error & { code?: string }, socket: Duplex, random: RandomSource): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const answer = errorAnswer(isTooLarge ? refused('BODY_TOO_LARGE', 'headers: too large') : refused('MALFORMED_REQUEST', 'this is not an HTTP/1.1 request'), makeOpaqueId(random, 20));
  const body = answer.kind === 'json' ? JSON.stringify(answer.value) : '';
  const status = isTooLarge ? ERRORS.BODY_TOO_LARGE.httpStatus : ERRORS.MALFORMED_REQUEST.httpStatus;
  socket.end(`HTTP/1.1 ${String(status)} Refused\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`);
}

function isAddressInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
