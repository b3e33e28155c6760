/** Keys of backups, in the format of age (age-encryption.org/v1): X25519 recipients, and the identities that open what is encrypted to them. */
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { BilingualError } from '../../domain/bilingual.js';

export const RECIPIENT_PATTERN = '^age1[02-9ac-hj-np-z]{58}$';
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;

export type BackupIdentity = { readonly identity: string; readonly recipient: string };

/** Reads the identities of a file as `age-keygen` writes it, comments and all. @throws BilingualError when there is none in it, or others may read it */
export async function readIdentities(path: string): Promise<readonly BackupIdentity[]> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new BilingualError({ zh: `读不到密钥文件 ${path}`, en: `the identity file ${path} cannot be read` });
  }
  const found = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (found.length === 0 || !found.every((line) => IDENTITY.test(line))) throw new BilingualError({ zh: `${path} 不是备份密钥文件（应为 AGE-SECRET-KEY-1… 一行）`, en: `${path} is no identity file (a line AGE-SECRET-KEY-1… is expected)` });
  return Promise.all(found.map(async (identity) => ({ identity, recipient: await identityToRecipient(identity) })));
}

/** The appliance's own: made at the first start beside the key of the secret box, readable by the service alone, in no database. */
export async function openOwnIdentity(path: string): Promise<BackupIdentity> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) await makeIdentityFile(path, 'Hospay appliance');
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`the backup identity ${path} is readable by others: set its mode to 0600 and replace it`);
  const [own] = await readIdentities(path);
  if (own === undefined) throw new Error(`no identity in ${path}`);
  return own;
}

/** Written beside and linked into place: never half, never over another. Returns the recipient. @throws when the file exists */
export async function makeIdentityFile(path: string, comment: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const draft = `${path}.${String(process.pid)}.new`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `# ${comment}\n# public key: ${recipient}\n${identity}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } finally {
    rmSync(draft);
  }
  return recipient;
}
