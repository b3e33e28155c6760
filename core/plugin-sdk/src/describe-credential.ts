import { createHash, createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { Credential } from './credential.js';

/** What can be read from the thing itself; name, title, use and holder are for whoever knows them. */
export type CredentialFacts = Pick<Credential, 'kind' | 'notBefore' | 'notAfter' | 'serial' | 'subject' | 'issuer' | 'fingerprint' | 'publicKeyFingerprint' | 'problem'>;

/** Of one certificate in PEM format. Never throws: what cannot be read is a `problem`. */
export function describeCertificate(pem: string): CredentialFacts {
  return factsOf('certificate', () => {
    const certificate = new X509Certificate(pem);
    return {
      kind: 'certificate',
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
      serial: certificate.serialNumber.toUpperCase(),
      ...named('subject', commonNameOf(certificate.subject)),
      ...named('issuer', commonNameOf(certificate.issuer)),
      fingerprint: sha256(certificate.raw),
      ...publicKeyOf(certificate),
    };
  });
}

/** Of each certificate of a PEM text (a chain, a bundle of roots), in its order; at least one entry. */
export function describeCertificates(pem: string): readonly CredentialFacts[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [pem];
  return blocks.map(describeCertificate);
}

/** Of a public key in PEM format, or as bare base64 of its SubjectPublicKeyInfo. */
export function describePublicKey(text: string): CredentialFacts {
  return factsOf('publicKey', () => {
    const key = text.includes('-----') ? createPublicKey(text) : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return { kind: 'publicKey', ...fingerprints(key) };
  });
}

/** Of a private key in PEM format: the fingerprint of its public half, which says nothing about the key. */
export function describePrivateKey(pem: string): CredentialFacts {
  return factsOf('privateKey', () => ({ kind: 'privateKey', ...fingerprints(createPublicKey(createPrivateKey(pem))) }));
}

/** Of an SM2 public key: `04 ‖ x ‖ y` in hex or base64 (GB/T 32918). node:crypto does not read the curve, so its SubjectPublicKeyInfo is put together here. */
export function describeSm2PublicKey(text: string): CredentialFacts {
  return factsOf('publicKey', () => {
    const point = /^04[0-9A-Fa-f]{128}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
    if (point.length !== 65 || point[0] !== 4) throw new Error('this is no point of the curve');
    const fingerprint = sha256(Buffer.concat([SM2_KEY_INFO, point]));
    return { kind: 'publicKey', fingerprint, publicKeyFingerprint: fingerprint };
  });
}

/** SubjectPublicKeyInfo of id-ecPublicKey on sm2p256v1 (1.2.156.10197.1.301), up to the point (GM/T 0009, RFC 5480). */
const SM2_KEY_INFO = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');

function factsOf(kind: CredentialFacts['kind'], read: () => CredentialFacts): CredentialFacts {
  try {
    return read();
  } catch {
    // The cause may quote what was to be read.
    return { kind, problem: 'unreadable' };
  }
}

/** A certificate of a family node:crypto cannot work with (SM2) still has its dates and serial. */
function publicKeyOf(certificate: X509Certificate): Pick<CredentialFacts, 'publicKeyFingerprint'> {
  try {
    return { publicKeyFingerprint: fingerprints(certificate.publicKey).publicKeyFingerprint };
  } catch {
    return {};
  }
}

function fingerprints(key: KeyObject): { readonly fingerprint: string; readonly publicKeyFingerprint: string } {
  const fingerprint = sha256(key.export({ type: 'spki', format: 'der' }));
  return { fingerprint, publicKeyFingerprint: fingerprint };
}

function commonNameOf(name: string): string | undefined {
  return /^CN=(.+)$/m.exec(name)?.[1]?.slice(0, 200);
}

function named(key: 'subject' | 'issuer', value: string | undefined): Partial<Pick<CredentialFacts, 'subject' | 'issuer'>> {
  return value === undefined ? {} : { [key]: value };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
