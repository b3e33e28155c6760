import { createDecipheriv, createHash, createHmac, createPrivateKey, sign as nodeSign } from 'node:crypto';
import { sm2, sm3 } from 'sm-crypto-v2';
import type { PluginKeys } from '../plugin.js';

const GCM_TAG_BYTES = 16;
/** GM/T 0009: the user id everybody uses who has not agreed on another. */
const DEFAULT_SM2_USER_ID = '1234567812345678';

/**
 * Key work for a guest. `secretOf` looks a secret up by its name.
 * SM2 keys are the raw 32-byte private key in hex or base64; node:crypto leaves out the Z value, so sm-crypto-v2 signs.
 */
export function createGuestKeys(secretOf: (name: string) => string | undefined): PluginKeys {
  const secret = (name: string): string => {
    const value = secretOf(name);
    if (value === undefined) throw new Error(`the settings have no secret "${name}"`);
    return value;
  };
  return {
    async sign({ key, algorithm, data, userId }) {
      const value = secret(key);
      try {
        switch (algorithm) {
          case 'HMAC-SHA256':
          case 'HMAC-SHA1':
            return createHmac(algorithm.slice('HMAC-'.length), value).update(data).digest();
          case 'RSA-SHA256':
          case 'RSA-SHA1':
            return nodeSign(algorithm, data, createPrivateKey(value));
          case 'Ed25519':
            return nodeSign(null, data, createPrivateKey(value));
          case 'SM2-SM3':
            return Buffer.from(sm2.doSignature(Uint8Array.from(data), sm2PrivateKeyHex(value), { hash: true, userId: userId ?? DEFAULT_SM2_USER_ID }), 'hex');
        }
      } catch {
        // The cause may quote the key: it is left out on purpose.
        throw new Error(`the secret "${key}" does not fit ${algorithm}`);
      }
    },
    async decryptAesGcm({ key, nonce, associatedData, ciphertext }) {
      const bytes = Buffer.from(secret(key), 'utf8');
      if (bytes.length !== 32) throw new Error(`the secret "${key}" is not 32 bytes long`);
      try {
        const decipher = createDecipheriv('aes-256-gcm', bytes, nonce);
        decipher.setAAD(associatedData);
        decipher.setAuthTag(ciphertext.subarray(ciphertext.length - GCM_TAG_BYTES));
        return Buffer.concat([decipher.update(ciphertext.subarray(0, ciphertext.length - GCM_TAG_BYTES)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
    async digestWithSecret({ key, algorithm, before, after }) {
      const bytes = Buffer.concat([before, Buffer.from(secret(key), 'utf8'), after]);
      return algorithm === 'sm3' ? sm3(Uint8Array.from(bytes)) : createHash(algorithm).update(bytes).digest('hex');
    },
  };
}

export function sm2PrivateKeyHex(value: string): string {
  return /^[0-9a-fA-F]{64}$/.test(value) ? value : Buffer.from(value, 'base64').toString('hex').padStart(64, '0');
}
