import { verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { parameterRefusal, signatureRefusal } from './api-refusal.js';
import type { PlatformKeys } from './merchant-credentials.js';
import type { SigningMode } from './platform-signature.js';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048 ';
const LARGEST_SKEW_MS = 5 * 60_000;
const NONCE_MEMORY_MS = 2 * LARGEST_SKEW_MS;

/** A request as it arrived: `target` is path and query exactly as sent, `body` the raw bytes. */
export type ArrivedRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type RequestVerifierOptions = {
  readonly keys: PlatformKeys;
  readonly now: () => Date;
  /** The real service is not known to refuse a repeated nonce; a test may want it. */
  readonly refuseRepeatedNonce: boolean;
};

/** Checks who sent a request: the five-line signature, the merchant, its certificate serial and the clock. */
export class RequestVerifier {
  readonly #options: RequestVerifierOptions;
  readonly #nonces = new Map<string, number>();

  constructor(options: RequestVerifierOptions) {
    this.#options = options;
  }

  /** Refuses (throws `ApiRefusal`) what the merchant did not rightly sign. */
  verify(request: ArrivedRequest): void {
    const { keys } = this.#options;
    const { merchantId } = keys.merchantCredentials;
    const { mchid, serial, timestamp, nonce, signature } = readAuthorization(request.headers.authorization);
    if (mchid !== merchantId) throw wrong('mchid', '商户号不存在或与证书不匹配');
    const merchantPublicKey = keys.merchantCertificates.get(serial);
    if (merchantPublicKey === undefined) throw wrong('serial_no', '商户证书序列号有误');
    this.#refuseSkewedClock(timestamp);
    const head = `${request.method}\n${request.target}\n${timestamp}\n${nonce}\n`;
    const message = Buffer.concat([Buffer.from(head, 'utf8'), request.body, Buffer.from('\n')]);
    if (!verify('sha256', message, merchantPublicKey, Buffer.from(signature, 'base64'))) {
      throw wrong('signature', '错误的签名，验签失败');
    }
    if (this.#options.refuseRepeatedNonce) this.#refuseRepeated(nonce);
  }

  /** The key an answer is signed with: the public key when the request names it, else the platform certificate. */
  signingMode(headers: IncomingHttpHeaders): SigningMode {
    const { merchantCredentials: { platformPublicKey }, platformCertificates } = this.#options.keys;
    const serial = headers['wechatpay-serial'];
    if (serial === undefined || platformCertificates.some((certificate) => certificate.serial === serial)) return 'platformCertificate';
    if (serial === platformPublicKey.id) return 'publicKey';
    throw parameterRefusal('平台证书序列号Wechatpay-Serial错误', { field: 'Wechatpay-Serial', value: serial, location: 'header' });
  }

  #refuseSkewedClock(timestamp: string): void {
    const skewMs = Math.abs(this.#options.now().getTime() - Number(timestamp) * 1000);
    if (!/^\d{1,12}$/.test(timestamp) || skewMs > LARGEST_SKEW_MS) {
      throw wrong('timestamp', 'Http头Authorization值中的timestamp与发起请求的时间不得超过5分钟');
    }
  }

  #refuseRepeated(nonce: string): void {
    const now = this.#options.now().getTime();
    for (const [other, seenAt] of this.#nonces) if (now - seenAt > NONCE_MEMORY_MS) this.#nonces.delete(other);
    if (this.#nonces.has(nonce)) throw wrong('nonce_str', '重复的请求');
    this.#nonces.set(nonce, now);
  }
}

function readAuthorization(header: string | undefined): Record<'mchid' | 'serial' | 'timestamp' | 'nonce' | 'signature', string> {
  if (header === undefined || !header.startsWith(SCHEME)) throw wrong('Authorization', 'Http头缺少Authorization或认证类型不正确');
  const values = new Map<string, string>();
  for (const [, name, value] of header.slice(SCHEME.length).matchAll(/(\w+)="([^"]*)"/g)) values.set(name ?? '', value ?? '');
  const read = (name: string): string => {
    const value = values.get(name);
    if (value === undefined || value === '') throw wrong(name, `Http头Authorization值中缺少${name}`);
    return value;
  };
  return {
    mchid: read('mchid'),
    serial: read('serial_no'),
    timestamp: read('timestamp'),
    nonce: read('nonce_str'),
    signature: read('signature'),
  };
}

function wrong(field: string, message: string): Error {
  return signatureRefusal(message, { field, issue: 'sign not match', location: 'authorization' });
}
