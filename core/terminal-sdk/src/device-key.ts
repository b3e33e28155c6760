/** Everything computed from the device's key or from a claim code. The key never leaves the terminal. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.js';
import { TOPIC_ROOT } from './protocol.js';

export type Direction = 'up' | 'dn';
export const KEY_BYTES = 32;

export function keyIdOf(key: Uint8Array): string {
  return bytesToHex(hmac(sha256, key, utf8ToBytes(`${TOPIC_ROOT}/kid`))).slice(0, 16);
}

export function brokerPasswordOf(key: Uint8Array): string {
  return toBase64(hkdf(sha256, key, new Uint8Array(0), utf8ToBytes(`${TOPIC_ROOT}/mqtt-password`), KEY_BYTES));
}

export function signMessage(key: Uint8Array, message: { readonly direction: Direction; readonly device: string; readonly unsigned: object }): string {
  return toBase64Url(hmac(sha256, key, utf8ToBytes([TOPIC_ROOT, message.direction, message.device, canonicalJson(message.unsigned)].join('\n'))));
}

/** As a person types it: any case, blanks and hyphens, O for 0, I and L for 1. */
export function normaliseClaimCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}

export function claimIdOf(code: string): string {
  return bytesToHex(sha256(utf8ToBytes(`${TOPIC_ROOT}/claim-id\n${code}`)));
}

export function signEnrolment(code: string, message: { readonly kind: 'req' | 'rep'; readonly unsigned: object }): string {
  return toBase64Url(hmac(sha256, utf8ToBytes(code), utf8ToBytes([`${TOPIC_ROOT}/enroll`, message.kind, canonicalJson(message.unsigned)].join('\n'))));
}

export function deriveDeviceKey(claim: { readonly code: string; readonly deviceNonce: string; readonly serverNonce: string; readonly deviceId: string }): Uint8Array {
  const salt = concatBytes(fromBase64(claim.deviceNonce), fromBase64(claim.serverNonce));
  return hkdf(sha256, utf8ToBytes(claim.code), salt, utf8ToBytes(`${TOPIC_ROOT}/device-key\n${claim.deviceId}`), KEY_BYTES);
}

/** Compares every character, whatever the first difference. */
export function isSameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index += 1) difference |= (left.charCodeAt(index) || 0) ^ right.charCodeAt(index);
  return difference === 0;
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
/** Reads base64 and base64url. @throws when the text is neither. */
export function fromBase64(encoded: string): Uint8Array {
  return Uint8Array.from(atob(encoded.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
}
