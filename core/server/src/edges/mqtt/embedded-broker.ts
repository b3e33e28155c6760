/**
 * The broker inside the appliance: MQTT 3.1.1 over TCP and WebSocket for terminals that have a key. Nothing of value lives in it: it may be
 * stopped, replaced or lied to; envelopes are signed and business answers decide.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Log } from '../../domain/log.js';
import { isDeviceId, type BrokerCredentials } from '../../terminals/ports.js';
import { mayPublish, maySubscribe, type Identity } from './access-rules.js';
import { refuseOversizedPackets } from './refuse-oversized-packets.js';

/** Above the largest message, so that one slightly too large is answered with an error code; beyond this the connection ends. */
export const LARGEST_PACKET_BYTES = 262_144;
const CONNECT_DEADLINE_MS = 10_000;
/** Return codes of CONNACK, MQTT 3.1.1 table 3.1. */
const SERVER_UNAVAILABLE = 3;
const BAD_USER_NAME_OR_PASSWORD = 4;
/** Five thousand terminals and their reconnects; a bound, not a target. */
const MOST_CONNECTIONS = 20_000;

export type EmbeddedBrokerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly websocketPort: number;
  readonly credentials: BrokerCredentials;
  readonly tls?: BrokerTls | undefined;
  /** Told whenever a terminal has signed in. */
  readonly arrived?: ((deviceId: string, address: string | undefined) => void) | undefined;
  readonly log: Log;
};

/** Listeners with TLS beside the plain ones. */
export type BrokerTls = {
  readonly port: number;
  readonly websocketPort?: number | undefined;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Who signs terminals' certificates. Absent: none is asked for. A certificate comes beside the password, never instead of it. */
  readonly clients?: { readonly mode: 'optional' | 'required'; readonly authorityPem: string; readonly isGood: (deviceId: string, serial: string) => Promise<boolean> } | undefined;
};
/** What is known of a connection beside what it says. */
type Line = { readonly address: string | undefined; readonly certificate: { readonly deviceId: string; readonly serial: string } | undefined };

export type EmbeddedBroker = {
  readonly port: number;
  readonly websocketPort: number;
  /** 0 where there is none. */
  readonly tlsPort: number;
  readonly tlsWebsocketPort: number;
  /** For the core's own client. */
  readonly url: string;
  stop(): Promise<void>;
};

export async function startEmbeddedBroker({ host, port, websocketPort, credentials, tls, arrived, log }: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const identities = new WeakMap<Client, Identity>();
  const lines = new WeakMap<object, Line>();
  const connected = new Map<string, Client>();
  let changes = 0;
  const broker = await Aedes.createBroker({
    connectTimeout: CONNECT_DEADLINE_MS,
    maxClientsIdLength: 64,
    preConnect(_client, packet, done) {
      // No session outlives its connection: a terminal that never returns would leave a queue that grows in memory for ever. Who returns, asks.
      packet.clean = true;
      done(null, true);
    },
    authenticate(client, username, password, done) {
      void signIn(client, { username, password: password?.toString('utf8') }, done);
    },
    authorizePublish(client, packet, done) {
      // The broker's own messages have no client; a last will is checked under the identity of the client that left it.
      if (client === null || isAllowed(identities.get(client), (identity) => mayPublish(identity, packet))) return done(null);
      log.warn('a publish was refused', { clientId: client.id, topic: packet.topic.slice(0, 200) });
      done(new Error('not authorized'));
    },
    authorizeSubscribe(client, subscription, done) {
      if (isAllowed(identities.get(client), (identity) => maySubscribe(identity, subscription.topic))) return done(null, subscription);
      log.warn('a subscription was refused', { clientId: client.id, topic: subscription.topic.slice(0, 200) });
      done(null, null);
    },
  });
  const signIn = async (client: Client, given: { readonly username: string | undefined; readonly password: string | undefined }, done: (error: AuthenticateError | null, isAllowed: boolean) => void): Promise<void> => {
    let identity: Identity | undefined;
    try {
      // What was revoked while it was looked up is looked up again.
      for (let seen = -1; seen !== changes; ) {
        seen = changes;
        identity = await identify(credentials, { clientId: client.id, ...given }, lines.get(client.conn)?.certificate, tls?.clients);
      }
    } catch (error) {
      log.error('a broker sign-in could not be checked', { error });
      return done(refusal('server unavailable', SERVER_UNAVAILABLE), false);
    }
    if (identity === undefined) {
      log.warn('a broker sign-in was refused', { clientId: client.id.slice(0, 64) });
      return done(refusal('bad user name or password', BAD_USER_NAME_OR_PASSWORD), false);
    }
    identities.set(client, identity);
    // From this moment on a revocation finds it, although its session is not open yet.
    connected.set(client.id, client);
    client.conn.once('close', () => { if (connected.get(client.id) === client) connected.delete(client.id); });
    if (identity.kind === 'device') arrived?.(identity.deviceId, lines.get(client.conn)?.address);
    done(null, true);
  };
  const ignored = (client: Client, error: Error) => log.debug('a broker connection failed', { clientId: client.id, reason: error.message });
  broker.on('clientError', ignored);
  broker.on('connectionError', ignored);

  const accept = (connection: Duplex, line: Line): void => {
    lines.set(connection, line);
    refuseOversizedPackets(connection, LARGEST_PACKET_BYTES, (announcedBytes) => log.warn('an oversized packet ended its connection', { announcedBytes }));
    broker.handle(connection);
  };
  const tcp = createServer({ keepAlive: true }, (socket) => {
    // Without this each answer waits up to 40 ms for the other side's delayed acknowledgement.
    socket.setNoDelay(true);
    accept(socket, { address: addressOf(socket), certificate: undefined });
  });
  const http = createHttpServer({ noDelay: true }, (_request, response) => response.writeHead(426).end());
  tcp.maxConnections = MOST_CONNECTIONS;
  http.maxConnections = MOST_CONNECTIONS;
  acceptWebSockets(http, (connection, socket) => accept(connection, { address: addressOf(socket), certificate: undefined }));
  const encrypted = tls === undefined ? undefined : openEncrypted(tls, accept, log);
  // A rotation leaves the line alone: the terminal goes on with its next key on the connection it has.
  const stopListening = credentials.onChanged((deviceId, change) => {
    changes += 1;
    if (change !== 'rotated' && change !== 'rotationAsked') connected.get(deviceId)?.close();
  });

  const stop = async (): Promise<void> => {
    stopListening();
    await Promise.all([closeServer(tcp), closeServer(http), ...(encrypted?.servers ?? []).map(closeServer), new Promise<void>((resolve) => broker.close(resolve))]);
  };
  try {
    await Promise.all([listen(tcp, port, host), listen(http, websocketPort, host), ...(tls === undefined || encrypted === undefined ? [] : encrypted.listen(host))]);
  } catch (error) {
    await stop();
    throw error;
  }
  const bound = { port: portOf(tcp), websocketPort: portOf(http), tlsPort: encrypted?.tls === undefined ? 0 : portOf(encrypted.tls), tlsWebsocketPort: encrypted?.https === undefined ? 0 : portOf(encrypted.https) };
  return { ...bound, url: `mqtt://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${String(bound.port)}`, stop };
}

/** The same broker behind TLS 1.2 or later. */
function openEncrypted(tls: BrokerTls, accept: (connection: Duplex, line: Line) => void, log: Log) {
  const { certificatePem, privateKeyPem, clients } = tls;
  const options: TlsOptions = {
    cert: certificatePem, key: privateKeyPem, minVersion: 'TLSv1.2', handshakeTimeout: CONNECT_DEADLINE_MS,
    ...(clients === undefined ? {} : { ca: clients.authorityPem, requestCert: true, rejectUnauthorized: clients.mode === 'required' }),
  };
  const lineOf = (socket: Duplex): Line => ({ address: socket instanceof TLSSocket ? addressOf(socket) : undefined, certificate: certificateOf(socket) });
  const server = createTlsServer(options, (socket) => {
    socket.setNoDelay(true);
    accept(socket, lineOf(socket));
  });
  server.on('tlsClientError', (error) => log.debug('a TLS handshake failed', { reason: error.message }));
  const https = tls.websocketPort === undefined ? undefined : createHttpsServer({ ...options, noDelay: true }, (_request, response) => response.writeHead(426).end());
  https?.on('tlsClientError', (error) => log.debug('a TLS handshake failed', { reason: error.message }));
  if (https !== undefined) acceptWebSockets(https, (connection, socket) => accept(connection, lineOf(socket)));
  for (const one of [server, https]) if (one !== undefined) one.maxConnections = MOST_CONNECTIONS;
  return {
    tls: server,
    https,
    servers: [server, ...(https === undefined ? [] : [https])],
    listen: (host: string) => [listen(server, tls.port, host), ...(https === undefined || tls.websocketPort === undefined ? [] : [listen(https, tls.websocketPort, host)])],
  };
}

/** The verified certificate of the other side, where it showed one. */
function certificateOf(socket: Duplex): Line['certificate'] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, serialNumber } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  return typeof name === 'string' && serialNumber !== undefined ? { deviceId: name, serial: serialNumber.toLowerCase() } : undefined;
}

function refusal(message: string, returnCode: number): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

/** Turns upgrade requests of the `mqtt` sub-protocol into plain streams. */
export function acceptWebSockets(http: import('node:http').Server | import('node:https').Server, accept: (connection: Duplex, socket: Socket) => void): void {
  const sockets = new WebSocketServer({ server: http, maxPayload: LARGEST_PACKET_BYTES + 8, handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : offered.has('mqttv3.1') ? 'mqttv3.1' : false) });
  sockets.on('connection', (socket, request) => {
    const stream = createWebSocketStream(socket);
    stream.on('error', () => undefined);
    accept(stream, request.socket);
  });
}

/** IPv4 as people write it, also where the socket speaks IPv6. */
export function addressOf({ remoteAddress }: { readonly remoteAddress?: string | undefined }): string | undefined {
  return remoteAddress?.replace(/^::ffff:/, '');
}

async function identify(
  credentials: BrokerCredentials,
  given: { readonly clientId: string; readonly username: string | undefined; readonly password: string | undefined },
  certificate: Line['certificate'],
  clients: BrokerTls['clients'],
): Promise<Identity | undefined> {
  const { clientId, username, password } = given;
  if (username === undefined || password === undefined) return undefined;
  if (username === credentials.core.username) return isSame(password, credentials.core.password) ? { kind: 'core' } : undefined;
  // The client id is the device's own name, so that nobody can push another device off the broker.
  if (!isDeviceId(username) || clientId !== username) return undefined;
  // A certificate speaks for one device only, and not once it was revoked.
  if (certificate !== undefined && (certificate.deviceId !== username || (await clients?.isGood(username, certificate.serial)) !== true)) return undefined;
  const terminal = await credentials.terminal(username);
  return terminal?.passwords.some((valid) => isSame(password, valid)) === true ? { kind: 'device', deviceId: username, groups: terminal.groups } : undefined;
}

function isAllowed(identity: Identity | undefined, rule: (identity: Identity) => boolean): boolean {
  return identity !== undefined && rule(identity);
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

export function closeServer(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}
