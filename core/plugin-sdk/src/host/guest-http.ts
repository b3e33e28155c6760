import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { PluginHttp, PluginHttpAnswer, PluginHttpRequest } from '../plugin.js';

const DEFAULT_MAX_ANSWER_BYTES = 1_048_576;
/** Shorter than any keep-alive a server grants, so that a request rarely meets a connection that was just closed. */
const IDLE_CONNECTION_MS = 4_000;

export type GuestHttpOptions = {
  /** Host names (with port when not the default) the guest may talk to. */
  readonly isAllowed: (url: URL) => boolean;
  readonly secretOf: (name: string) => string | undefined;
  /** PEM of further certificate authorities, for channels on a private line. */
  readonly authorities?: readonly string[];
};

/** HTTP for a guest: allow-list, size limit, no redirects, no proxies; never throws for what the network does. */
export function createGuestHttp({ isAllowed, secretOf, authorities }: GuestHttpOptions): PluginHttp & { stop(): void } {
  const ca = authorities === undefined ? {} : { ca: [...authorities] };
  const httpAgent = new HttpAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS, ...ca });
  return {
    request(request) {
      const url = URL.parse(request.url);
      if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return refused('this is no http(s) address');
      if (!isAllowed(url)) return refused(`the manifest does not name the host ${url.host} under needs.network`);
      if (request.signal?.aborted === true) return refused('the deadline had passed before sending');
      const certificate = clientCertificate(request, secretOf);
      if (certificate === 'missing') return refused('the client certificate is not among the secrets');
      return send(request, url, url.protocol === 'https:' ? (certificate === undefined ? httpsAgent : new HttpsAgent({ ...certificate, ...ca })) : httpAgent);
    },
    stop() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

function refused(reason: string): Promise<PluginHttpAnswer> {
  return Promise.resolve({ kind: 'notSent', reason });
}

function clientCertificate({ clientCertificate: names }: PluginHttpRequest, secretOf: GuestHttpOptions['secretOf']): { cert: string; key: string } | 'missing' | undefined {
  if (names === undefined) return undefined;
  const [cert, key] = [secretOf(names.certificate), secretOf(names.privateKey)];
  return cert === undefined || key === undefined ? 'missing' : { cert, key };
}

function send(request: PluginHttpRequest, url: URL, agent: HttpAgent | HttpsAgent): Promise<PluginHttpAnswer> {
  const { promise, resolve } = Promise.withResolvers<PluginHttpAnswer>();
  const longest = request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  let connected = false;
  const failed = (error: unknown): void => {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unnamed error';
    if (!connected && isConnectionRefusal(error)) resolve({ kind: 'notSent', reason: `no connection: ${code}` });
    else resolve({ kind: 'noAnswer', reason: request.signal?.aborted === true ? 'the deadline passed' : `no usable answer: ${code}` });
  };
  const body = request.body === undefined ? undefined : Buffer.from(request.body);
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sending = start(url, {
    method: request.method,
    agent,
    headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  sending.on('socket', (socket) => {
    if (!socket.connecting) connected = true;
    else socket.once('connect', () => { connected = true; });
  });
  sending.on('error', failed);
  sending.on('response', (response) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > longest) response.destroy(new Error('the answer is too long'));
      else chunks.push(chunk);
    });
    response.on('error', failed);
    response.on('end', () => {
      const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const));
      resolve({ kind: 'answer', status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
    });
    response.on('aborted', () => { failed(new Error('the connection broke')); });
  });
  sending.end(body);
  return promise;
}

/** True only when no connection came about at all: the name did not resolve or the host refused. */
function isConnectionRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectionRefusal);
  return error instanceof Error && 'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo');
}
