import { createCipheriv, createDecipheriv } from 'node:crypto';

/** SM4-ECB with PKCS#7 padding. The key has 16 bytes. */
export function sealSm4(key: Uint8Array, plain: Uint8Array | string): Buffer {
  const cipher = createCipheriv('sm4-ecb', key, null);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** Undefined when the padding is wrong: another key, or changed bytes. */
export function openSm4(key: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  try {
    const decipher = createDecipheriv('sm4-ecb', key, null);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}
