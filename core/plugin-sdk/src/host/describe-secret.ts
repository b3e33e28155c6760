import type { CredentialKind } from '../credential.js';
import { describeCertificate, describePrivateKey, describeSm2PublicKey, type CredentialFacts } from '../describe-credential.js';
import { openSm2Desk } from './sm2-thread.js';

/**
 * What a host may say about a secret of the settings. Keys and certificates are known by their public half; anything else by `keyedFingerprint`, which only this
 * host can make, so that a change is seen and the secret cannot be guessed. `kind`: what its plugin says it is, for keys that have no format of their own (SM2: 32 bytes).
 */
export async function describeSecret(secret: string, keyedFingerprint: (secret: string) => string, kind?: CredentialKind): Promise<CredentialFacts> {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(secret)) return orKeyed(describePrivateKey(secret), secret, keyedFingerprint);
  if (secret.includes('-----BEGIN CERTIFICATE-----')) return describeCertificate(secret);
  if (kind === 'privateKey') return orKeyed(await describeSm2PrivateKey(secret), secret, keyedFingerprint);
  return { kind: 'sharedSecret', fingerprint: keyedFingerprint(secret) };
}

const sm2 = openSm2Desk();

/** A key nobody can read is still seen to change. */
function orKeyed(facts: CredentialFacts, secret: string, keyedFingerprint: (secret: string) => string): CredentialFacts {
  return facts.problem === undefined ? facts : { ...facts, fingerprint: keyedFingerprint(secret) };
}

async function describeSm2PrivateKey(secret: string): Promise<CredentialFacts> {
  const publicKey = await sm2.publicHalfOf(secret);
  const { fingerprint, publicKeyFingerprint } = publicKey === undefined ? {} : describeSm2PublicKey(publicKey);
  if (fingerprint === undefined || publicKeyFingerprint === undefined) return { kind: 'privateKey', problem: 'unreadable' };
  return { kind: 'privateKey', fingerprint, publicKeyFingerprint };
}
