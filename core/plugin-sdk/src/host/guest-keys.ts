import { createDecipheriv, createHash, createHmac, createPrivateKey, sign as nodeSign } from 'node:crypto';
import type { PluginKeys } from '../plugin.js';
import { openSm2Desk } from './sm2-thread.js';

const GCM_TAG_BYTES = 16;
/** GM/T 0009: the user id everybody uses who has not agreed on another. */
const DEFAULT_SM2_USER_ID = '1234567812345678';

/** Key work for a guest. `secretOf` looks a secret up by its name. */
export function createGuestKeys(secretOf: (name: string) => string | undefined): PluginKeys {
  const secret = (name: string): string => {
    const value = secretOf(name);
    if (value === undefined) throw new Error(`the settings have no secret "${name}"`);
    return value;
  };
  const sm2 = openSm2Desk();
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
          case 'SM2-SM3': {
            // node:crypto knows only an empty user id, and the library that takes one is too slow for the event loop.
            const signature = await sm2.sign({ data, privateKey: value, userId: userId ?? DEFAULT_SM2_USER_ID });
            if (signature === undefined) throw new Error('no signature');
            return signature;
          }
        }
      } catch {
        // The cause may quote the key: it is left out on purpose.
        throw new Error(`the secret "${key}" does not fit ${algorithm}`);
      }
    },
    async verify({ publicKey, data, signature, userId }) {
      return sm2.verify({ data, publicKey, signature, userId: userId ?? DEFAULT_SM2_USER_ID });
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
      return createHash(algorithm).update(Buffer.concat([before, Buffer.from(secret(key), 'utf8'), after])).digest('hex');
    },
  };
}
