/** A key both sides compute over an open line: ECDH on P-256. The browser of a kiosk may be old and its page not served over TLS, so nothing of `crypto.subtle` is used. */
import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.js';
import { fromBase64, KEY_BYTES, toBase64Url } from './device-key.js';
import { TOPIC_ROOT } from './protocol.js';

export type Agreement = {
  /** An uncompressed point, base64url. */
  readonly publicKey: string;
  /** SHA-256 of the shared x coordinate; undefined when theirs is no point of the curve. */
  sharedWith(theirPublicKey: string): Uint8Array | undefined;
};

/** One side of an agreement, from 32 random bytes. Undefined for the one number in 2^32 that is no private key. */
export function agreementOf(privateKey: Uint8Array): Agreement | undefined {
  if (!p256.utils.isValidSecretKey(privateKey)) return undefined;
  return {
    publicKey: toBase64Url(p256.getPublicKey(privateKey, false)),
    sharedWith(theirPublicKey) {
      try {
        return sha256(p256.getSharedSecret(privateKey, fromBase64(theirPublicKey), true).slice(1));
      } catch {
        return undefined;
      }
    },
  };
}

export function newAgreement(randomBytes: (length: number) => Uint8Array): Agreement {
  for (;;) {
    const made = agreementOf(randomBytes(KEY_BYTES));
    if (made !== undefined) return made;
  }
}

export type AgreedKey = {
  readonly shared: Uint8Array;
  /** The claim code on this terminal's screen, or the key that is being replaced. */
  readonly bound: { readonly code: string } | { readonly oldKey: Uint8Array };
  readonly devicePublicKey: string;
  readonly corePublicKey: string;
  readonly deviceId: string;
};

/** HKDF-SHA256 of what is shared and what is bound in, salted with both public keys, for this device. */
export function deriveAgreedKey({ shared, bound, devicePublicKey, corePublicKey, deviceId }: AgreedKey): Uint8Array {
  const salt = concatBytes(fromBase64(devicePublicKey), fromBase64(corePublicKey));
  const [secret, use] = 'code' in bound ? [utf8ToBytes(bound.code), 'device-key'] : [bound.oldKey, 'device-key-rotation'];
  return hkdf(sha256, concatBytes(shared, secret), salt, utf8ToBytes(`${TOPIC_ROOT}/${use}\n${deviceId}`), KEY_BYTES);
}

/** First 16 hexadecimal digits of SHA-256 of the point by which notices are verified. */
export function noticeKeyId(publicKey: string): string {
  return bytesToHex(sha256(fromBase64(publicKey))).slice(0, 16);
}

/** True when the core signed this for the audience: ECDSA over SHA-256, 64 bytes r and s, base64url. */
export function isNoticeSigned(publicKey: string, notice: { readonly audience: string; readonly unsigned: object; readonly sig: string }): boolean {
  try {
    const text = [TOPIC_ROOT, 'dn', `g/${notice.audience}`, canonicalJson(notice.unsigned)].join('\n');
    // OpenSSL, .NET and Java write either half of the curve for s; noble wants to be told that both are fine.
    return p256.verify(fromBase64(notice.sig), utf8ToBytes(text), fromBase64(publicKey), { prehash: true, lowS: false });
  } catch {
    return false;
  }
}
