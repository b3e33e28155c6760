import { createCipheriv, createDecipheriv } from 'node:crypto';

/** `key` and `iv` have 16 bytes. With `iv` the blocks are chained (CBC), without it each stands alone (ECB). */
export type Sm4Key = { readonly key: Uint8Array; readonly iv?: Uint8Array };

/**
 * SM4 (GB/T 32907) with PKCS#7 padding: the cipher of the insurance centre (ECB) and of bank links (CBC). What it seals is hidden, not authentic: sign it as well.
 * @throws RangeError (key) or TypeError (iv) when they have another length
 */
export function sealSm4({ key, iv }: Sm4Key, plain: Uint8Array | string): Buffer {
  const cipher = createCipheriv(modeOf(iv), key, iv ?? null);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** Undefined when length or padding are wrong: another key, or changed bytes. @throws as `sealSm4` */
export function openSm4({ key, iv }: Sm4Key, sealed: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv(modeOf(iv), key, iv ?? null);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}

function modeOf(iv: Uint8Array | undefined): 'sm4-ecb' | 'sm4-cbc' {
  return iv === undefined ? 'sm4-ecb' : 'sm4-cbc';
}
