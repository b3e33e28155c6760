/**
 * Who a relay is: its certificate for the line and the pairing secret, made at its first start and kept in its folder. Node signs but writes no certificates: `@peculiar/x509`
 * (kept since 2020, MIT, in the product already) does.
 */
import { createHash, createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf, SECRET_BYTES } from './tunnel.js';
import { writeWhole } from './write-whole.js';

export type RelayIdentity = {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** SHA-256 of the certificate, hex: what the core pins. */
  readonly fingerprint: string;
  /** base64url; shown until the core has proved that it has it. */
  readonly secret: string;
};

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Pinned by its fingerprint: nobody looks at its dates, and nothing ends on a night nobody thinks of. A new one is a new pairing. */
const YEARS = 30;
const YEAR_MS = 365 * 24 * 60 * 60_000;
const IDENTITY = 'identity.json';
const PAIRED = 'paired';

/** One file, so that key, certificate and secret are there together or not at all. */
export async function openIdentity(folder: string, now: Date): Promise<RelayIdentity> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, IDENTITY);
  if (!existsSync(file)) writeWhole(file, JSON.stringify({ ...(await makeCertificate(now)), secret: randomBytes(SECRET_BYTES).toString('base64url') }), 0o600);
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Omit<RelayIdentity, 'fingerprint'>;
  const certificate = new X509Certificate(kept.certificatePem);
  if (!certificate.checkPrivateKey(createPrivateKey(kept.privateKeyPem)) || Buffer.from(kept.secret, 'base64url').length !== SECRET_BYTES) throw new Error(`${file} is not whole: remove it, start the relay again and pair the core anew`);
  return { ...kept, fingerprint: fingerprintOf(certificate.raw) };
}

/** Whether the core has proved itself with this secret: from then on it is shown nowhere. */
export function isPaired(folder: string, { secret }: RelayIdentity): boolean {
  const file = join(folder, PAIRED);
  return existsSync(file) && readFileSync(file, 'utf8') === markOf(secret);
}
export function notePaired(folder: string, identity: RelayIdentity): void {
  if (!isPaired(folder, identity)) writeWhole(join(folder, PAIRED), markOf(identity.secret), 0o600);
}

function markOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

async function makeCertificate(now: Date): Promise<{ readonly certificatePem: string; readonly privateKeyPem: string }> {
  // Loaded at the first start alone: what listens to the world does without it. It wants the polyfill first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ serialNumber: `01${randomBytes(15).toString('hex')}`, name: [{ CN: ['hospay-relay'] }], notBefore: new Date(now.getTime() - YEAR_MS), notAfter: new Date(now.getTime() + YEARS * YEAR_MS), signingAlgorithm: EC, keys });
  const key = createPrivateKey({ key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)), format: 'der', type: 'pkcs8' });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}
