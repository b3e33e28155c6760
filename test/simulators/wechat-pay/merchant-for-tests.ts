import { createDecipheriv, createSign, verify } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

import { Decorator } from 'wechatpay-axios-plugin';

import type { MerchantCredentials } from './merchant-credentials.js';
import { randomText } from './random-text.js';
import type { SigningMode } from './platform-signature.js';

/** Far longer than a loopback call takes, so that only a notification that never comes reaches it. */
const LONGEST_WAIT_MS = 10_000;

/** A raw answer; `text` is the body as it came. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** What a raw request does otherwise than it should. */
export type RequestFlaws = {
  readonly mchid?: string;
  readonly serial?: string;
  readonly timestamp?: number;
  readonly nonce?: string;
  readonly signedTarget?: string;
  readonly signedBody?: string;
  readonly authorization?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

export type RawRequest = {
  readonly baseUrl: string;
  readonly credentials: MerchantCredentials;
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly body?: object | string;
  readonly now?: Date;
  readonly flaws?: RequestFlaws;
  readonly mode?: SigningMode;
};

/** Sends one request signed by hand, without any SDK, so that each part of the signature can be got wrong on purpose. */
export function sendRaw(request: RawRequest): Promise<RawAnswer> {
  const { credentials, method, target, flaws = {} } = request;
  const body = request.body === undefined ? '' : typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  const timestamp = flaws.timestamp ?? Math.floor((request.now ?? new Date()).getTime() / 1000);
  const nonce = flaws.nonce ?? randomText(32);
  const message = `${method}\n${flaws.signedTarget ?? target}\n${String(timestamp)}\n${nonce}\n${flaws.signedBody ?? body}\n`;
  const signature = createSign('sha256').update(message).sign(credentials.merchantPrivateKeyPem, 'base64');
  const fields = [
    `mchid="${flaws.mchid ?? credentials.merchantId}"`,
    `nonce_str="${nonce}"`,
    `signature="${signature}"`,
    `timestamp="${String(timestamp)}"`,
    `serial_no="${flaws.serial ?? credentials.merchantCertificateSerial}"`,
  ];
  const authorization = 'authorization' in flaws ? flaws.authorization : `WECHATPAY2-SHA256-RSA2048 ${fields.join(',')}`;
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'User-Agent': 'hospay-test',
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    ...(body === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }),
    ...(request.mode === 'publicKey' ? { 'Wechatpay-Serial': credentials.platformPublicKey.id } : {}),
    ...flaws.headers,
  };
  const { hostname, port } = new URL(request.baseUrl);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path: target, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString('utf8'), body: jsonObject(bytes) });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Whether a message carries a good platform signature under a serial the merchant knows. The signature's age is not judged. */
export function isSignedByPlatform(message: { headers: IncomingHttpHeaders; bytes: Buffer }, credentials: MerchantCredentials): boolean {
  const read = (name: string): string => String(message.headers[name] ?? '');
  const publicKeys = new Map([
    [credentials.platformCertificate.serial, credentials.platformCertificate.publicKeyPem],
    [credentials.platformPublicKey.id, credentials.platformPublicKey.publicKeyPem],
  ]);
  const publicKey = publicKeys.get(read('wechatpay-serial'));
  if (publicKey === undefined) return false;
  const head = Buffer.from(`${read('wechatpay-timestamp')}\n${read('wechatpay-nonce')}\n`);
  const signed = Buffer.concat([head, message.bytes, Buffer.from('\n')]);
  return verify('sha256', signed, publicKey, Buffer.from(read('wechatpay-signature'), 'base64'));
}

/** Decrypts the resource of a notification or of a certificate list. */
export function openResource(resource: unknown, apiV3Key: string): string {
  const { ciphertext, nonce, associated_data: associatedData } = asObject(resource);
  const sealed = Buffer.from(String(ciphertext), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(String(nonce)));
  decipher.setAAD(Buffer.from(String(associatedData)));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf8');
}

/** The real SDK, verifying with the platform certificate or with the public key. Its verification is the SDK's own. */
export function sdkClient(access: { baseUrl: string; credentials: MerchantCredentials; mode: SigningMode }): ReturnType<typeof Decorator.jsonBased> {
  const { credentials, mode } = access;
  const certs =
    mode === 'publicKey'
      ? { [credentials.platformPublicKey.id]: credentials.platformPublicKey.publicKeyPem }
      : { [credentials.platformCertificate.serial]: credentials.platformCertificate.certificatePem };
  const client = Decorator.jsonBased({
    mchid: credentials.merchantId,
    serial: credentials.merchantCertificateSerial,
    privateKey: credentials.merchantPrivateKeyPem,
    certs,
  });
  client.defaults.baseURL = access.baseUrl;
  client.defaults.proxy = false;
  if (mode === 'publicKey') client.defaults.headers['Wechatpay-Serial'] = credentials.platformPublicKey.id;
  return client;
}

/** The parameters of a native order; `overrides` replaces or adds fields, `undefined` leaves one out. */
export function nativeOrder(
  credentials: MerchantCredentials,
  overrides: Readonly<Record<string, unknown>> & { readonly out_trade_no: string },
): Record<string, unknown> {
  return {
    appid: credentials.appId,
    mchid: credentials.merchantId,
    description: '门诊缴费',
    notify_url: 'http://127.0.0.1:9/notify',
    amount: { total: 1234, currency: 'CNY' },
    ...overrides,
  };
}

/** The parameters of a refund of 1234 fen. */
export function refundOf(outTradeNo: string, overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { out_trade_no: outTradeNo, out_refund_no: `R${outTradeNo}`, amount: { refund: 1234, total: 1234, currency: 'CNY' }, ...overrides };
}

export type ReceivedNotification = { readonly headers: IncomingHttpHeaders; readonly bytes: Buffer; readonly body: Readonly<Record<string, unknown>> };

export type NotificationReceiver = {
  readonly url: string;
  readonly received: ReceivedNotification[];
  /** Resolves when that many have come in all. */
  readonly waitFor: (count: number) => Promise<void>;
  /** What is answered from now on. */
  readonly answerWith: (status: number) => void;
  readonly stop: () => Promise<void>;
};

/** A merchant's notification address that records what comes. */
export async function startNotificationReceiver(): Promise<NotificationReceiver> {
  const received: ReceivedNotification[] = [];
  const waiting = new Set<() => void>();
  let status = 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const bytes = Buffer.concat(chunks);
      received.push({ headers: request.headers, bytes, body: jsonObject(bytes) });
      response.writeHead(status, status === 302 ? { Location: '/elsewhere' } : {}).end();
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}/notify`,
    received,
    waitFor: (count) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          reject(new Error(`${String(received.length)} of ${String(count)} notifications came`));
        }, LONGEST_WAIT_MS);
        const check = (): void => {
          if (received.length < count) return;
          clearTimeout(deadline);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    answerWith: (next) => {
      status = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** A value that must be a JSON object. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`not an object: ${String(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(bytes.toString('utf8')));
  } catch {
    return {};
  }
}
