/** Everything that is computed from a device's key or from a claim code. The key itself never travels. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { TOPIC_ROOT } from './topics.js';

/** `up`: device to core. `dn`: core to device. Part of the signed text, so that a message cannot be played back at its sender. */
export type Direction = 'up' | 'dn';

export const KEY_BYTES = 32;

/** Names a key without revealing it: a terminal enrolled anew has another one. 16 hexadecimal digits. */
export function keyIdOf(key: Uint8Array): string {
  return createHmac('sha256', key).update(`${TOPIC_ROOT}/kid`).digest('hex').slice(0, 16);
}

/** The password with which the device signs in at the broker: 32 bytes derived from its key, base64. */
export function brokerPasswordOf(key: Uint8Array): string {
  return Buffer.from(hkdfSync('sha256', key, new Uint8Array(0), `${TOPIC_ROOT}/mqtt-password`, KEY_BYTES)).toString('base64');
}

/** HMAC-SHA256 over `hospay/v1`, direction, device id and the canonical JSON of the envelope without `sig`, joined by line feeds; base64url. */
export function signMessage(key: Uint8Array, message: { readonly direction: Direction; readonly device: string; readonly unsigned: object }): string {
  return createHmac('sha256', key).update([TOPIC_ROOT, message.direction, message.device, canonicalJson(message.unsigned)].join('\n')).digest('base64url');
}

/** The public name of a claim code: the topic of its enrolment. The code cannot be computed from it. */
export function claimIdOf(code: string): string {
  return createHash('sha256').update(`${TOPIC_ROOT}/claim-id\n${code}`).digest('hex');
}

/** Authenticates an enrolment message with the claim code; base64url. */
export function signEnrolment(code: string, message: { readonly kind: 'req' | 'rep'; readonly unsigned: object }): string {
  return createHmac('sha256', code).update([`${TOPIC_ROOT}/enroll`, message.kind, canonicalJson(message.unsigned)].join('\n')).digest('base64url');
}

/** The device key, computed on both sides: HKDF-SHA256 of the claim code, salted with both nonces, bound to the device id. */
export function deriveDeviceKey(claim: { readonly code: string; readonly deviceNonce: string; readonly serverNonce: string; readonly deviceId: string }): Uint8Array {
  const salt = Buffer.concat([Buffer.from(claim.deviceNonce, 'base64url'), Buffer.from(claim.serverNonce, 'base64url')]);
  return new Uint8Array(hkdfSync('sha256', claim.code, salt, `${TOPIC_ROOT}/device-key\n${claim.deviceId}`, KEY_BYTES));
}

/** Compares without telling by its duration where the texts differ. */
export function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
