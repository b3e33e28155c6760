import { NotCanonical } from './canonical-json.js';
import { isSameSecret, signMessage } from './device-key.js';
import type { RequestEnvelope } from './envelope.js';
import { refused, type Refused } from '../domain/errors.js';

/** Undefined: the message is signed with this key, for this device, upwards. */
export function whyUnsigned(key: Uint8Array, device: string, { sig, ...unsigned }: RequestEnvelope): Refused | undefined {
  try {
    return isSameSecret(sig, signMessage(key, { direction: 'up', device, unsigned })) ? undefined : refused('SIGNATURE_INVALID');
  } catch (error) {
    if (error instanceof NotCanonical) return refused('MALFORMED_REQUEST', `body: ${error.message}`);
    throw error;
  }
}
