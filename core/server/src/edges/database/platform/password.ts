import { argon2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Passwords } from '../../../users/ports.js';

/** Argon2id, RFC 9106; the cost OWASP names for servers: 19 MiB, two passes; about 50 ms on the appliance. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
/** scrypt, RFC 7914, for what terminals prove a password by: programs at windows have it in every language (decision 0024). 32 MiB, some 60 ms; it is kept sealed. */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

const ARGON2 = /^argon2id\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/;
const SCRYPT = /^scrypt\$(1[0-9])\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/;

/** `argon2id$19456$2$1$<salt>$<hash>`: the parameters stand in the hash, so they can grow without locking anyone out. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await deriveArgon2(password, salt, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES });
  return ['argon2id', MEMORY_KIB, PASSES, LANES, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** `scrypt$15$8$1$<salt>$<key>`. */
export async function operatorKeyOf(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveScrypt(password, salt, { cost: COST, blockSize: BLOCK_SIZE, parallel: PARALLEL });
  return ['scrypt', Math.log2(COST), BLOCK_SIZE, PARALLEL, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Compares in constant time, also with hashes of before (scrypt). A hash of unknown shape matches no password. */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [isArgon2, memory, passes, lanes, argonSalt, argonHash] = ARGON2.exec(stored) ?? [];
  if (isArgon2 !== undefined && argonSalt !== undefined && argonHash !== undefined) {
    const derived = await deriveArgon2(password, Buffer.from(argonSalt, 'base64url'), { memory: Number(memory), passes: Number(passes), parallelism: Number(lanes) });
    return timingSafeEqual(derived, Buffer.from(argonHash, 'base64url'));
  }
  const [, log2Cost, blockSize, parallel, salt, hash] = SCRYPT.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return false;
  const derived = await deriveScrypt(password, Buffer.from(salt, 'base64url'), { cost: 2 ** Number(log2Cost), blockSize: Number(blockSize), parallel: Number(parallel) });
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url'));
}

export const PASSWORDS: Passwords = { hash: hashPassword, operatorKey: operatorKeyOf, matches: passwordMatches, isCurrent: (stored) => stored.startsWith(`argon2id$${String(MEMORY_KIB)}$${String(PASSES)}$${String(LANES)}$`) };

// The same letter typed on another keyboard may be composed differently.
function deriveArgon2(password: string, nonce: Buffer, parameters: { readonly memory: number; readonly passes: number; readonly parallelism: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message: password.normalize('NFKC'), nonce, tagLength: HASH_BYTES, ...parameters }, (error, hash) => { if (error === null) resolve(hash); else reject(error); });
  });
}
function deriveScrypt(password: string, salt: Buffer, { cost, blockSize, parallel }: { readonly cost: number; readonly blockSize: number; readonly parallel: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N: cost, r: blockSize, p: parallel, maxmem: 256 * cost * blockSize }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
