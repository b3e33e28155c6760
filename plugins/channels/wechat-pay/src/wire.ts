import { createPublicKey, type KeyObject } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import { Decorator, Rsa } from 'wechatpay-axios-plugin';

import { MAIN_URL, type WechatPaySettings } from './settings.js';

/** One request of API v3. `path` begins with `/v3/`; its query is signed exactly as written. */
export type WireRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  /** The key or certificate that fields of the body are sealed with, by its serial. */
  readonly sealedFor?: string;
  /** Longer files (bills) may say so. */
  readonly maxAnswerBytes?: number;
};

/** What came back, before a word of it is believed. `notSent`: no connection was made, so the request cannot have arrived. */
export type RawAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'noAnswer'; readonly reason: string };

export type Wire = {
  /** Sends one signed request. Never throws for what the network does. `attempt` picks the host: every second one tries the other. */
  send(request: WireRequest, call: { readonly signal: AbortSignal; readonly attempt: number }): Promise<RawAnswer>;
  /** Closes idle connections. */
  stop(): void;
};

const MAX_JSON_ANSWER_BYTES = 1_048_576;
/** Shorter than any keep-alive a server grants, so that a request rarely meets a connection that was just closed. */
const IDLE_CONNECTION_MS = 4_000;

/**
 * The wire client: wechatpay-axios-plugin makes and signs the request; verification is ours (`verified-wire.ts`), because the
 * package verifies only 2xx answers, with the machine's clock and a fixed set of keys.
 * @throws Error when the private key cannot be read.
 */
export function createWire(settings: WechatPaySettings): Wire {
  const httpAgent = new HttpAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  const privateKey = merchantPrivateKey(settings);
  const client = Decorator.jsonBased({
    mchid: settings.mchid,
    serial: settings.merchantCertificateSerial.toUpperCase(),
    privateKey,
    // The package wants a key to verify with; its verifier is replaced below.
    certs: { unused: createPublicKey(privateKey) },
  });
  const publicKeyId = settings.verification.mode === 'platformCertificate' ? undefined : settings.verification.publicKeyId;
  const main = settings.baseUrl ?? MAIN_URL;
  const hosts = settings.disasterRecoveryUrl === undefined ? [main] : [main, settings.disasterRecoveryUrl];

  const sendTo = async (host: string, request: WireRequest, signal: AbortSignal): Promise<RawAnswer> => {
    try {
      const answer = await client.request<unknown>({
        method: request.method,
        baseURL: host,
        url: request.path,
        ...(request.body === undefined ? {} : { data: request.body }),
        headers: headersOf(request.sealedFor ?? publicKeyId),
        signal,
        httpAgent,
        httpsAgent,
        proxy: false,
        maxRedirects: 0,
        maxContentLength: request.maxAnswerBytes ?? MAX_JSON_ANSWER_BYTES,
        responseType: 'arraybuffer',
        transformResponse: [(body: unknown) => body],
        validateStatus: () => true,
      });
      const headers = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const),
      );
      return { kind: 'answer', status: answer.status, headers, body: Buffer.isBuffer(answer.data) ? answer.data : Buffer.alloc(0) };
    } catch (error) {
      if (isConnectionRefusal(error)) return { kind: 'notSent', reason: `no connection to WeChat Pay: ${errorCode(error)}` };
      return { kind: 'noAnswer', reason: signal.aborted ? 'the deadline passed' : `no usable answer: ${errorCode(error)}` };
    }
  };

  return {
    async send(request, { signal, attempt }) {
      if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
      const first = hosts[(attempt - 1) % hosts.length] ?? main;
      const answer = await sendTo(first, request, signal);
      const other = hosts.find((host) => host !== first);
      // Both hosts serve the same orders, and the request that was not sent carries the same number again.
      return answer.kind === 'notSent' && other !== undefined && !signal.aborted ? sendTo(other, request, signal) : answer;
    },
    stop() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Naming the public key asks WeChat Pay to sign its answer with it. */
function headersOf(serial: string | undefined): Record<string, string> {
  return { Accept: 'application/json', ...(serial === undefined ? {} : { 'Wechatpay-Serial': serial }) };
}

function merchantPrivateKey(settings: WechatPaySettings): KeyObject {
  try {
    return Rsa.from(settings.merchantPrivateKeyPem, Rsa.KEY_TYPE_PRIVATE);
  } catch {
    // The cause may quote the key: it is left out on purpose.
    throw new Error('settings.merchantPrivateKeyPem is not a private key in PEM format');
  }
}

/**
 * True only when no connection came about at all: the name did not resolve or the host refused. The same codes on an open
 * connection have another `syscall` and prove nothing.
 */
function isConnectionRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectionRefusal);
  if (!(error instanceof Error)) return false;
  if ('syscall' in error) return error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  return error.cause !== undefined && isConnectionRefusal(error.cause);
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unnamed error';
}
