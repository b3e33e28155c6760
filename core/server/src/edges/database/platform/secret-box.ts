import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Encrypts secrets before they reach the database. `place` (table, column, row) is bound in: a ciphertext moved elsewhere does not open. */
export type SecretBox = {
  seal(plain: Uint8Array | string, place: string): string;
  /** @throws SecretUnreadable when the text was altered, moved, or sealed with another key. */
  open(sealed: string, place: string): Buffer;
  /** Lower-case hex, the same for the same secret at the same place: a change is seen, and without the key nobody can try guesses against it. */
  fingerprint(secret: Uint8Array | string, place: string): string;
};

export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM. Sealed form: `v1.<key id>.<base64url of nonce, ciphertext, tag>`; the key id says which key file a backup needs. */
export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== KEY_BYTES) throw new Error(`the key file must hold ${KEY_BYTES} bytes`);
  const keyId = createHash('sha256').update('hospay key id').update(key).digest('hex').slice(0, 8);
  // A key of its own: one key is never used for two purposes.
  const fingerprintKey = createHmac('sha256', key).update('hospay fingerprint key').digest();
  return {
    fingerprint: (secret, place) => createHmac('sha256', fingerprintKey).update(`${place}\n`).update(secret).digest('hex'),
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place, 'utf8'));
      const body = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `v1.${keyId}.${body.toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, usedKeyId, text = ''] = sealed.split('.');
      if (version !== 'v1') throw new SecretUnreadable(`a sealed secret of unknown version stands at ${place}`);
      if (usedKeyId !== keyId) throw new SecretUnreadable(`the secret at ${place} was sealed with key ${usedKeyId ?? ''}, but the key file holds ${keyId}: restore the matching key file`);
      const body = Buffer.from(text, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(place, 'utf8'));
        decipher.setAuthTag(body.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new SecretUnreadable(`the secret at ${place} was altered or moved`, { cause });
      }
    },
  };
}

/**
 * Reads the key file, or makes it at the first start: 32 random bytes, readable by the service alone. It never lies in the database or its
 * backups: whoever has only a copy of the database has no secret.
 * @throws when the file exists with wider rights than its owner's, or has another length.
 */
export function openKeyFile(path: string): Uint8Array {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const key = readKey(path) ?? makeKey(path);
  if (key.length !== KEY_BYTES) throw new Error(`the key file ${path} must hold ${KEY_BYTES} bytes: restore it from its backup`);
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`the key file ${path} is readable by others: set its mode to 0600 and replace the secrets it protects`);
  return key;
}

function readKey(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written beside and linked into place: a crash leaves no half key, and an existing key is never overwritten. */
function makeKey(path: string): Uint8Array {
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, randomBytes(KEY_BYTES));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(draft, 0o600);
  linkSync(draft, path);
  rmSync(draft);
  return readFileSync(path);
}
