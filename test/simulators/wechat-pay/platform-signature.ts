import { sign } from 'node:crypto';

import type { PlatformCertificate, PlatformKeys } from './merchant-credentials.js';
import { randomText } from './random-text.js';

/** Which of WeChat Pay's two keys signs: the certificate of the older mode or the public key of the newer one. */
export type SigningMode = 'platformCertificate' | 'publicKey';

/**
 * How a signature is spoiled. `wrongKey`: well formed, made with another key. `probe`: WeChat Pay's own `WECHATPAY/SIGNTEST/` test
 * of whether the merchant verifies at all. `wrongSerial`: good signature under a serial nobody knows. `missing`: no signature
 * headers. `stale`: ten minutes old, otherwise right.
 */
export type SignatureFlaw = 'none' | 'wrongKey' | 'probe' | 'wrongSerial' | 'missing' | 'stale';

const STALE_MS = 600_000;

/** The signature headers of an answer or a notification over exactly these body bytes (three lines: timestamp, nonce, body). */
export function platformSignatureHeaders(request: {
  keys: PlatformKeys;
  mode: SigningMode;
  now: Date;
  body: Buffer;
  flaw: SignatureFlaw;
}): Record<string, string> {
  const { keys, mode, body, flaw } = request;
  if (flaw === 'missing') return {};
  const signedAt = flaw === 'stale' ? request.now.getTime() - STALE_MS : request.now.getTime();
  const timestamp = String(Math.floor(signedAt / 1000));
  const nonce = randomText(32);
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  const ownKey = mode === 'publicKey' ? keys.publicKeyModeKey : signingCertificate(keys).key;
  const signature = sign('sha256', message, flaw === 'wrongKey' ? keys.merchantPrivateKey : ownKey).toString('base64');
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': flaw === 'probe' ? `WECHATPAY/SIGNTEST/${signature}` : signature,
    'Wechatpay-Serial': flaw === 'wrongSerial' ? unknownSerial(mode) : serialOf(keys, mode),
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

function serialOf(keys: PlatformKeys, mode: SigningMode): string {
  return mode === 'publicKey' ? keys.merchantCredentials.platformPublicKey.id : signingCertificate(keys).serial;
}

function signingCertificate({ platformCertificates }: PlatformKeys): PlatformCertificate {
  const latest = platformCertificates.at(-1);
  if (latest === undefined) throw new Error('the simulator has no platform certificate');
  return latest;
}

function unknownSerial(mode: SigningMode): string {
  return mode === 'publicKey' ? 'PUB_KEY_ID_0199999999999999999999999999999999' : '7E'.repeat(20);
}
