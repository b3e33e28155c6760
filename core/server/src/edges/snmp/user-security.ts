/** Keys, digests and encryption of the user-based security model (RFC 3414) with SHA-256 (RFC 7860) and AES-128 (RFC 3826). */
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** usmHMAC192SHA256AuthProtocol. */
export const DIGEST_BYTES = 24;
export const SALT_BYTES = 8;
const STRETCHED_BYTES = 1_048_576;
const AES_KEY_BYTES = 16;

export type UserKeys = { readonly authentication: Buffer; readonly privacy: Buffer };
/** What goes into the vector of one message's encryption. */
export type MessageTime = { readonly boots: number; readonly time: number; readonly salt: Buffer };

export function keysOf({ authenticationPassword, privacyPassword }: { readonly authenticationPassword: string; readonly privacyPassword: string }, engineId: Buffer): UserKeys {
  return { authentication: localizedKey(authenticationPassword, engineId), privacy: localizedKey(privacyPassword, engineId).subarray(0, AES_KEY_BYTES) };
}

/** RFC 3414 A.2: the password repeated to a megabyte, hashed, and made good for this engine alone. */
export function localizedKey(password: string, engineId: Buffer): Buffer {
  const stretched = createHash('sha256').update(Buffer.alloc(STRETCHED_BYTES, password, 'utf8')).digest();
  return createHash('sha256').update(stretched).update(engineId).update(stretched).digest();
}

export function digestOf(key: Buffer, message: Buffer): Buffer {
  return createHmac('sha256', key).update(message).digest().subarray(0, DIGEST_BYTES);
}

/** `place`: where the digest stands in the message, a view of it. */
export function isAuthentic(key: Buffer, message: Buffer, place: Buffer): boolean {
  if (place.length !== DIGEST_BYTES) return false;
  const blank = Buffer.from(message);
  blank.fill(0, place.byteOffset - message.byteOffset, place.byteOffset - message.byteOffset + DIGEST_BYTES);
  return timingSafeEqual(digestOf(key, blank), place);
}

export function encrypt(key: Buffer, of: MessageTime, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-cfb', key, vectorOf(of));
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

export function decrypt(key: Buffer, of: MessageTime, secret: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-cfb', key, vectorOf(of));
  return Buffer.concat([decipher.update(secret), decipher.final()]);
}

/** RFC 3826 3.1.2.1. */
function vectorOf({ boots, time, salt }: MessageTime): Buffer {
  const vector = Buffer.alloc(16);
  vector.writeUInt32BE(boots, 0);
  vector.writeUInt32BE(time, 4);
  salt.copy(vector, 8, 0, SALT_BYTES);
  return vector;
}
