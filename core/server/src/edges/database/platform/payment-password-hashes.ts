import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Holder, PaymentPasswordHashes } from '../../../quick-pay/ports.js';
import type { SecretBox } from './secret-box.js';

/** Argon2id, RFC 9106; the cost OWASP names for servers: 19 MiB, two passes. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const HASH_BYTES = 32;

/**
 * `argon2id$19456$2$1$<salt>$<hash>`. Six digits are guessed in a minute at any cost, so the key file goes into every hash: whoever has only the database has nothing to guess against. The
 * holder goes in, too: a hash that was copied to another row opens nothing.
 */
export function paymentPasswordHashes(box: SecretBox): PaymentPasswordHashes {
  const secret = Buffer.from(box.fingerprint('argon2id', 'payment_password.secret'), 'hex');
  const derive = (password: string, nonce: Buffer, { appId, userId }: Holder, { memory, passes, parallelism }: { readonly memory: number; readonly passes: number; readonly parallelism: number }): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const parameters = { message: password, nonce, memory, passes, parallelism, tagLength: HASH_BYTES, secret, associatedData: JSON.stringify([appId, userId]) };
      argon2('argon2id', parameters, (error, hash) => { if (error === null) resolve(hash); else reject(error); });
    });
  return {
    async hash(password, holder) {
      const salt = randomBytes(16);
      const hash = await derive(password, salt, holder, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES });
      return ['argon2id', MEMORY_KIB, PASSES, LANES, salt.toString('base64url'), hash.toString('base64url')].join('$');
    },
    async matches(password, stored, holder) {
      const match = /^argon2id\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/.exec(stored);
      const [, memory, passes, parallelism, salt, hash] = match ?? [];
      if (salt === undefined || hash === undefined) return false;
      const derived = await derive(password, Buffer.from(salt, 'base64url'), holder, { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) });
      return timingSafeEqual(derived, Buffer.from(hash, 'base64url'));
    },
  };
}
