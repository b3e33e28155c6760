import { sm2 } from 'sm-crypto-v2';
import type { CredentialKind } from '../credential.js';
import { describeCertificate, describePrivateKey, describeSm2PublicKey, type CredentialFacts } from '../describe-credential.js';
import { sm2PrivateKeyHex } from './guest-keys.js';

/**
 * What a host may say about a secret of the settings. Keys and certificates are known by their public half; anything else by `keyedFingerprint`, which only this
 * host can make, so that a change is seen and the secret cannot be guessed. `kind`: what its plugin says it is, for keys that have no format of their own (SM2: 32 bytes).
 */
export function describeSecret(secret: string, keyedFingerprint: (secret: string) => string, kind?: CredentialKind): CredentialFacts {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(secret)) return orKeyed(describePrivateKey(secret), secret, keyedFingerprint);
  if (secret.includes('-----BEGIN CERTIFICATE-----')) return describeCertificate(secret);
  if (kind === 'privateKey') return orKeyed(describeSm2PrivateKey(secret), secret, keyedFingerprint);
  return { kind: 'sharedSecret', fingerprint: keyedFingerprint(secret) };
}

/** A key nobody can read is still seen to change. */
function orKeyed(facts: CredentialFacts, secret: string, keyedFingerprint: (secret: string) => string): CredentialFacts {
  return facts.problem === undefined ? facts : { ...facts, fingerprint: keyedFingerprint(secret) };
}

/** 32 bytes, in hex or base64. */
const SM2_PRIVATE_KEY = /^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$/;

function describeSm2PrivateKey(secret: string): CredentialFacts {
  if (!SM2_PRIVATE_KEY.test(secret)) return { kind: 'privateKey', problem: 'unreadable' };
  try {
    const { fingerprint, publicKeyFingerprint, problem } = describeSm2PublicKey(sm2.getPublicKeyFromPrivateKey(sm2PrivateKeyHex(secret)));
    if (problem !== undefined || fingerprint === undefined || publicKeyFingerprint === undefined) return { kind: 'privateKey', problem: 'unreadable' };
    return { kind: 'privateKey', fingerprint, publicKeyFingerprint };
  } catch {
    return { kind: 'privateKey', problem: 'unreadable' };
  }
}
