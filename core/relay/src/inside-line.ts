/** The relay's end of the line: the core connects, proves itself, and is asked. One core at a time: the newest, for the one before may be a connection that died unseen. */
import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { createServer, type TLSSocket } from 'node:tls';
import type { RelayIdentity } from './relay-identity.js';
import type { Say } from './say.js';
import { checkProof, giveProof, HEARTBEAT_MS, PROOF_DEADLINE_MS, TUNNEL_PROTOCOL } from './tunnel.js';

export type Asked = { readonly method: string; readonly target: string; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };
export type Told = { readonly status: number; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: Uint8Array };

export type InsideLine = {
  readonly port: number;
  isConnected(): boolean;
  /** What the core answered; undefined: it is not there, or has not answered in time, or the line broke meanwhile. It may have taken what it was asked all the same. */
  ask(request: Asked, deadlineMs: number): Promise<Told | undefined>;
  stop(): Promise<void>;
};

/** More than this is no answer of the core's: the page and its script are a tenth of it. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;
/** One core, one that replaces it, and a few that are nobody. */
const MOST_CONNECTIONS = 16;

export type InsideLineOptions = { readonly host: string; readonly port: number; readonly identity: RelayIdentity; /** The core has proved itself. */ readonly connected: () => void; readonly say: Say };

export async function openInsideLine({ host, port, identity, connected, say }: InsideLineOptions): Promise<InsideLine> {
  let current: ClientHttp2Session | undefined;
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key: identity.privateKeyPem, cert: identity.certificatePem, ALPNProtocols: [TUNNEL_PROTOCOL], minVersion: 'TLSv1.3', handshakeTimeout: PROOF_DEADLINE_MS }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    takeIn(socket).catch(() => { socket.destroy(); });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('tlsClientError', () => undefined);

  const takeIn = async (socket: TLSSocket): Promise<void> => {
    const deadline = setTimeout(() => { socket.destroy(); }, PROOF_DEADLINE_MS);
    try {
      if (!(await checkProof(socket, identity.secret, 'inside'))) {
        say('refused: whoever connected does not know the pairing secret', { from: socket.remoteAddress });
        socket.destroy();
        return;
      }
      await giveProof(socket, identity.secret, 'relay');
    } finally {
      clearTimeout(deadline);
    }
    const session = connect('http://inside', { createConnection: () => socket, settings: { enablePush: false } });
    const beat = heartbeat(session);
    session.on('error', () => undefined).once('close', () => {
      clearInterval(beat);
      if (current !== session) return;
      current = undefined;
      say('the inside is away');
    });
    current?.destroy();
    current = session;
    say('the inside is connected', { from: socket.remoteAddress });
    connected();
  };

  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, () => { listening.resolve(); });
  await listening.promise;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    isConnected: () => current !== undefined,
    ask: (request, deadlineMs) => (current === undefined ? Promise.resolve(undefined) : askOver(current, request, deadlineMs)),
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => { closed.resolve(); });
      current?.destroy();
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}

/** An answer that comes too late is not waited for: a line on which one is missing at the next beat is cut. */
function heartbeat(session: ClientHttp2Session): NodeJS.Timeout {
  let isWaiting = false;
  return setInterval(() => {
    if (isWaiting || session.destroyed) {
      session.destroy();
      return;
    }
    isWaiting = true;
    session.ping((error) => { if (error === null) isWaiting = false; });
  }, HEARTBEAT_MS);
}

function askOver(session: ClientHttp2Session, { method, target, headers, body }: Asked, deadlineMs: number): Promise<Told | undefined> {
  const told = Promise.withResolvers<Told | undefined>();
  if (session.closed || session.destroyed) return Promise.resolve(undefined);
  const isEmpty = body.byteLength === 0;
  const stream = session.request({ ...headers, ':method': method, ':path': target, ...(isEmpty ? {} : { 'content-length': String(body.byteLength) }) }, { endStream: isEmpty });
  const deadline = setTimeout(() => { stream.close(constants.NGHTTP2_CANCEL); told.resolve(undefined); }, deadlineMs);
  const chunks: Buffer[] = [];
  let length = 0;
  let answer: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
  stream.on('response', (given) => { answer = given; });
  stream.on('data', (chunk: Buffer) => {
    length += chunk.byteLength;
    if (length > LARGEST_ANSWER_BYTES) stream.close(constants.NGHTTP2_CANCEL);
    else chunks.push(chunk);
  });
  stream.on('error', () => undefined);
  stream.once('close', () => {
    clearTimeout(deadline);
    const { ':status': status, ...rest } = answer;
    // Only a whole answer is one: what was cut says nothing.
    told.resolve(status === undefined || stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.readableEnded ? undefined : { status, headers: rest, body: Buffer.concat(chunks) });
  });
  if (!isEmpty) stream.end(body);
  return told.promise;
}
