import { createCipheriv } from 'node:crypto';

import { randomText } from './random-text.js';

/** The encrypted form WeChat Pay uses in notifications and in the certificate list. */
export type SealedResource = {
  readonly algorithm: 'AEAD_AES_256_GCM';
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associated_data: string;
};

/**
 * Encrypts text with AES-256-GCM under the merchant's APIv3 key: IV is the 12-character nonce, the result is base64 of
 * ciphertext followed by the 16-byte tag (WeChat Pay API v3, decrypting notifications).
 */
export function sealResource(request: { plaintext: string; apiV3Key: string; associatedData: string; nonce?: string }): SealedResource {
  const nonce = request.nonce ?? randomText(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(request.apiV3Key, 'utf8'), Buffer.from(nonce, 'utf8'));
  cipher.setAAD(Buffer.from(request.associatedData, 'utf8'));
  const sealed = Buffer.concat([cipher.update(request.plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: sealed.toString('base64'), nonce, associated_data: request.associatedData };
}
