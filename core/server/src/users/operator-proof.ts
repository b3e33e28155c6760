/**
 * How a password is proven over a line that others can read. The terminal derives the password's scrypt key, as it is stored here, mixes it with the device's own key and answers a nonce. Who reads the line lacks
 * 256 bits of the device key and cannot even guess at the password; who stole a terminal still has to guess online, against the lock.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Counter, OperatorChallenge } from './ports.js';

const PROOF_INFO = 'hospay/v1/operator-proof';
const PROOF_TEXT = 'hospay/v1/operator';

type StoredPassword = Omit<OperatorChallenge, 'nonce'> & { readonly key: Uint8Array };

/** The parts of a stored password; undefined when it has another shape. */
export function readStoredPassword(stored: string): StoredPassword | undefined {
  const [, log2Cost, blockSize, parallel, salt, key] = /^scrypt\$(1[0-9])\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(stored) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  return { log2Cost: Number(log2Cost), blockSize: Number(blockSize), parallel: Number(parallel), salt, key: Buffer.from(key, 'base64url') };
}

/** What a terminal with the right password answers; base64url. */
export function operatorProof({ deviceId, key }: Counter, request: { readonly passwordKey: Uint8Array; readonly operatorNo: string; readonly nonce: string }): string {
  const proofKey = new Uint8Array(hkdfSync('sha256', request.passwordKey, key, PROOF_INFO, 32));
  return createHmac('sha256', proofKey).update([PROOF_TEXT, deviceId, request.operatorNo, request.nonce].join('\n')).digest('base64url');
}
