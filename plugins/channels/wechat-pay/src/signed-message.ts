import { verify, type KeyObject } from 'node:crypto';

/** Anything WeChat Pay signs: an answer or a notification. Header names are lower case; the body is the raw bytes. */
export type SignedMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

export type Verdict = { readonly authentic: true } | { readonly authentic: false; readonly reason: string };

const CLOCK_TOLERANCE_MS = 300_000;

/**
 * Checks WeChat Pay's signature: SHA256withRSA over timestamp, nonce and raw body, each ended by a line feed; the key is chosen by
 * `Wechatpay-Serial`, and a message more than five minutes away from `at` is refused.
 * A signature beginning `WECHATPAY/SIGNTEST/` is WeChat Pay's probe of whether merchants verify: it must fail.
 */
export async function verifySignedMessage(
  message: SignedMessage,
  at: Date,
  findKey: (serial: string) => Promise<KeyObject | undefined>,
): Promise<Verdict> {
  const timestamp = message.headers['wechatpay-timestamp'];
  const nonce = message.headers['wechatpay-nonce'];
  const signature = message.headers['wechatpay-signature'];
  const serial = message.headers['wechatpay-serial'];
  if (!timestamp || !nonce || !signature || !serial) return refuse('signature headers are missing');
  if (!/^\d{1,12}$/.test(timestamp)) return refuse('the signature timestamp is not a number of seconds');
  if (!(Math.abs(at.getTime() - Number(timestamp) * 1000) <= CLOCK_TOLERANCE_MS)) return refuse('the signature is more than 300 s old or early');
  if (signature.startsWith('WECHATPAY/SIGNTEST/')) return refuse('signature probe (SIGNTEST)');
  if (!/^[0-9A-Za-z_]{1,80}$/.test(serial)) return refuse('the signature serial is malformed');
  const key = await findKey(serial);
  if (key === undefined) return refuse(`no valid key under serial ${serial}`);
  const signed = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), message.body, Buffer.from('\n')]);
  return verify('sha256', signed, key, Buffer.from(signature, 'base64')) ? { authentic: true } : refuse('the signature does not match');
}

function refuse(reason: string): Verdict {
  return { authentic: false, reason };
}
