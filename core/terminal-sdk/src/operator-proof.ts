/** Proves an operator's password over a line that others can read: what travels cannot even be guessed at without the device's key. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64Url } from './device-key.js';
import type { Device } from './envelope.js';
import type { OperatorChallenge } from './protocol.js';

const PROOF_INFO = 'hospay/v1/operator-proof';
const PROOF_TEXT = 'hospay/v1/operator';
/** What a window PC can bear; whoever asks for more wants it to stop. */
const DEAREST = { log2Cost: 17, blockSize: 16, parallel: 4 } as const;

/**
 * Proof for `operator.signIn`, base64url: HMAC-SHA256 over device, operator number and nonce, under HKDF-SHA256(scrypt(NFKC password), salt = device key). Undefined when the challenge asks for more than a terminal can bear.
 */
export async function operatorProof(device: Device, request: { readonly operatorNo: string; readonly password: string; readonly challenge: OperatorChallenge }): Promise<string | undefined> {
  const { salt, log2Cost, blockSize, parallel, nonce } = request.challenge;
  if (log2Cost > DEAREST.log2Cost || blockSize > DEAREST.blockSize || parallel > DEAREST.parallel) return undefined;
  const encode = (text: string) => new TextEncoder().encode(text);
  const passwordKey = await scryptAsync(encode(request.password.normalize('NFKC')), fromBase64(salt.replaceAll('-', '+').replaceAll('_', '/')), { N: 2 ** log2Cost, r: blockSize, p: parallel, dkLen: 32, maxmem: 2 ** 30 });
  const proofKey = hkdf(sha256, passwordKey, device.key, encode(PROOF_INFO), 32);
  return toBase64Url(hmac(sha256, proofKey, encode([PROOF_TEXT, device.deviceId, request.operatorNo, nonce].join('\n'))));
}
