import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt, RFC 7914; cost about 60 ms and 32 MiB on the appliance: too dear to guess, cheap enough for a log-in. */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const HASH_BYTES = 32;

/** `scrypt$15$8$1$<salt>$<hash>`: the parameters stand in the hash, so they can grow without locking anyone out. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, { cost: COST, blockSize: BLOCK_SIZE, parallel: PARALLEL });
  return ['scrypt', Math.log2(COST), BLOCK_SIZE, PARALLEL, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Compares in constant time. A hash of unknown shape matches no password. */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const match = /^scrypt\$(1[0-9])\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(stored);
  const [, log2Cost, blockSize, parallel, salt, hash] = match ?? [];
  if (salt === undefined || hash === undefined) return false;
  const derived = await derive(password, Buffer.from(salt, 'base64url'), { cost: 2 ** Number(log2Cost), blockSize: Number(blockSize), parallel: Number(parallel) });
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url'));
}

function derive(password: string, salt: Buffer, { cost, blockSize, parallel }: { cost: number; blockSize: number; parallel: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same letter typed on another keyboard may be composed differently.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N: cost, r: blockSize, p: parallel, maxmem: 256 * cost * blockSize }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
