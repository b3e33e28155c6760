/**
 * Notices go to many terminals at once, so no key of one device can sign them: the core signs with a key of its own (ECDSA, P-256), whose public half
 * each terminal learns in the signed answer to `session.resume`.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { TOPIC_ROOT } from './topics.js';

export type NoticeSigner = { readonly publicKey: string; readonly kid: string; sign(audience: string, unsigned: object): string };

/** A new private key, PKCS #8 in DER. */
export function makeNoticeKey(): Uint8Array {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'pkcs8' });
}

export function noticeSigner(pkcs8: Uint8Array): NoticeSigner {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const publicKey = pointOf(createPublicKey(key));
  return {
    publicKey,
    kid: noticeKeyId(publicKey),
    sign: (audience, unsigned) => sign('sha256', Buffer.from(noticeText(audience, unsigned), 'utf8'), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  };
}

/** First 16 hexadecimal digits of SHA-256 of the public point. */
export function noticeKeyId(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 16);
}

export function noticeText(audience: string, unsigned: object): string {
  return [TOPIC_ROOT, 'dn', `g/${audience}`, canonicalJson(unsigned)].join('\n');
}

function pointOf(key: KeyObject): string {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64url');
}
