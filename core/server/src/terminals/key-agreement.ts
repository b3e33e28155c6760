/**
 * A key both sides compute over an open line: ECDH on P-256, which .NET, Java and Delphi terminals have on board. Who listens learns nothing; who
 * stands between them fails at the code or the old key that is bound in.
 */
import { createECDH, createHash, hkdfSync } from 'node:crypto';
import type { RandomSource } from '../domain/time.js';
import { KEY_BYTES } from './device-key.js';
import { TOPIC_ROOT } from './topics.js';

/** An uncompressed point, base64url: 65 bytes. */
export const PUBLIC_KEY_PATTERN = '^B[0-9A-Za-z_-]{86}$';

export type Agreement = {
  readonly publicKey: string;
  /** SHA-256 of the shared x coordinate; undefined when theirs is no point of the curve. */
  sharedWith(theirPublicKey: string): Uint8Array | undefined;
};

/** One side of an agreement, from 32 random bytes. Undefined for the one number in 2^32 that is no private key. */
export function agreementOf(privateKey: Uint8Array): Agreement | undefined {
  const side = createECDH('prime256v1');
  try {
    side.setPrivateKey(privateKey);
  } catch {
    return undefined;
  }
  return {
    publicKey: side.getPublicKey('base64url', 'uncompressed'),
    sharedWith(theirPublicKey) {
      try {
        return createHash('sha256').update(side.computeSecret(Buffer.from(theirPublicKey, 'base64url'))).digest();
      } catch {
        return undefined;
      }
    },
  };
}

/** A key pair used once. */
export function newAgreement(random: RandomSource): Agreement {
  for (;;) {
    const made = agreementOf(random.bytes(KEY_BYTES));
    if (made !== undefined) return made;
  }
}

export type AgreedKey = {
  /** From `sharedWith`. */
  readonly shared: Uint8Array;
  /** What only the two sides know beside it: the claim code on the terminal's screen, or the key that is being replaced. */
  readonly bound: { readonly code: string } | { readonly oldKey: Uint8Array };
  readonly devicePublicKey: string;
  readonly corePublicKey: string;
  readonly deviceId: string;
};

/** HKDF-SHA256 of what is shared and what is bound in, salted with both public keys, for this device. */
export function deriveAgreedKey({ shared, bound, devicePublicKey, corePublicKey, deviceId }: AgreedKey): Uint8Array {
  const salt = Buffer.concat([Buffer.from(devicePublicKey, 'base64url'), Buffer.from(corePublicKey, 'base64url')]);
  const [secret, use] = 'code' in bound ? [Buffer.from(bound.code, 'utf8'), 'device-key'] : [bound.oldKey, 'device-key-rotation'];
  return new Uint8Array(hkdfSync('sha256', Buffer.concat([shared, secret]), salt, `${TOPIC_ROOT}/${use}\n${deviceId}`, KEY_BYTES));
}
