/**
 * The core's end of the line to the DMZ relay (DMZ 中继): one connection outwards, over which the relay asks. The certificate is pinned, both ends prove the pairing secret, and what comes in
 * reaches `handle` and nothing else. Without the line queries decide, as without notifications.
 */
import { createServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import { connect, type TLSSocket } from 'node:tls';
import { checkProof, fingerprintOf, giveProof, HEARTBEAT_MS, PROOF_DEADLINE_MS, TUNNEL_PROTOCOL } from '@hospay/relay/tunnel.js';
import type { Log } from '../../domain/log.js';
import type { RandomSource, Timers } from '../../domain/time.js';

export type RelayConnectorOptions = {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the relay's certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly secret: string;
  readonly handle: (request: Http2ServerRequest, response: Http2ServerResponse) => void;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};

export type RelayConnector = {
  start(): void;
  isConnected(): boolean;
  /** Why it is not; undefined while it is. */
  problem(): string | undefined;
  stop(): Promise<void>;
};

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** The relay's own bounds are narrower; this one is for a relay that somebody else has taken over. */
const MOST_STREAMS = 256;
const MOST_SESSION_MEGABYTES = 32;

export function createRelayConnector(options: RelayConnectorOptions): RelayConnector {
  const { log, timers, random } = options;
  const server = serverOf(options);
  let socket: TLSSocket | undefined;
  let session: ServerHttp2Session | undefined;
  let problem: string | undefined = 'not connected yet';
  let failures = 0;
  let isStopping = false;
  let waiting: { cancel(): void } | undefined;
  server.on('session', (opened) => { session = opened; });

  /** Half of the wait is chance: boxes of a region whose provider comes back do not all come at once. */
  const again = (): void => {
    if (isStopping) return;
    const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
    failures += 1;
    waiting = timers.after(whole / 2 + random.nextInt(whole / 2), dial);
  };
  const dial = (): void => {
    socket = openSocket(options);
    const closed = Promise.withResolvers<void>();
    socket.once('close', () => { closed.resolve(); });
    pair(socket, options)
      .then(async (paired) => {
        problem = undefined;
        failures = 0;
        log.info('connected to the relay', { relay: options.host });
        server.emit('connection', paired);
        const beat = heartbeat(() => session, timers);
        await closed.promise;
        beat.cancel();
        problem = 'the line to the relay broke';
        log.warn('the line to the relay broke; queries decide meanwhile', { relay: options.host });
        again();
      })
      .catch((error: unknown) => {
        socket?.destroy();
        const reason = error instanceof Error ? error.message : 'the relay cannot be reached';
        if (reason !== problem) log.warn('not connected to the relay; queries decide meanwhile', { relay: options.host, reason });
        problem = reason;
        again();
      });
  };
  return {
    start: dial,
    isConnected: () => problem === undefined,
    problem: () => problem,
    async stop() {
      isStopping = true;
      waiting?.cancel();
      if (session?.closed === false) await drained(session, timers);
      socket?.destroy();
      server.close();
    },
  };
}

function serverOf({ handle }: RelayConnectorOptions): Http2Server {
  const server = createServer({ settings: { maxConcurrentStreams: MOST_STREAMS }, maxSessionMemory: MOST_SESSION_MEGABYTES }, handle);
  server.on('sessionError', () => undefined);
  return server;
}

function openSocket({ host, port }: RelayConnectorOptions): TLSSocket {
  // Who it is, the pin decides: no authority is asked, and no name.
  const socket = connect({ host, port, ALPNProtocols: [TUNNEL_PROTOCOL], minVersion: 'TLSv1.3', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  return socket;
}

/** Nothing is said to whoever has not the pinned certificate. @throws Error with the reason, for the operator. */
async function pair(socket: TLSSocket, { host, port, fingerprint, secret, timers }: RelayConnectorOptions): Promise<TLSSocket> {
  const step = { reason: `${host}:${String(port)} does not answer` };
  const failed = Promise.withResolvers<never>();
  socket.once('error', (error) => { failed.reject(new Error(`${step.reason}: ${error.message}`)); });
  socket.once('close', () => { failed.reject(new Error(step.reason)); });
  const deadline = timers.after(PROOF_DEADLINE_MS, () => { failed.reject(new Error(step.reason)); });
  const prove = async (): Promise<TLSSocket> => {
    const connected = Promise.withResolvers<void>();
    socket.once('secureConnect', () => { connected.resolve(); });
    await connected.promise;
    const certificate = socket.getPeerX509Certificate();
    const seen = certificate === undefined ? 'none' : fingerprintOf(certificate.raw);
    if (seen !== fingerprint) throw new Error(`whoever answers at ${host}:${String(port)} is not the relay of relay.fingerprint: its fingerprint is ${seen}`);
    if (socket.alpnProtocol !== TUNNEL_PROTOCOL) throw new Error(`the relay does not speak ${TUNNEL_PROTOCOL}: bring core and relay to the same version`);
    step.reason = 'the relay does not know this pairing secret: compare relay.secret with what the relay shows';
    await giveProof(socket, secret, 'inside');
    if (!(await checkProof(socket, secret, 'relay'))) throw new Error(step.reason);
    return socket;
  };
  try {
    return await Promise.race([prove(), failed.promise]);
  } finally {
    deadline.cancel();
    failed.promise.catch(() => undefined);
  }
}

/** An answer that comes too late is not waited for: a line on which one is missing at the next beat is cut. */
function heartbeat(current: () => ServerHttp2Session | undefined, timers: Timers): { cancel(): void } {
  let isWaiting = false;
  const beat = (): { cancel(): void } => timers.after(HEARTBEAT_MS, () => {
    const session = current();
    if (isWaiting || session === undefined || session.destroyed) {
      session?.destroy();
      return;
    }
    isWaiting = true;
    session.ping((error) => { if (error === null) isWaiting = false; });
    next = beat();
  });
  let next = beat();
  return { cancel: () => { next.cancel(); } };
}

/** What is being answered is answered. */
async function drained(session: ServerHttp2Session, timers: Timers): Promise<void> {
  const closed = Promise.withResolvers<void>();
  session.close(() => { closed.resolve(); });
  const deadline = timers.after(DRAIN_MS, () => { session.destroy(); });
  await closed.promise;
  deadline.cancel();
}
const DRAIN_MS = 10_000;
