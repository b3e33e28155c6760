/**
 * The platform's small authority for terminals' TLS certificates. Node signs but cannot write certificates or revocation lists, and X.509 is nothing
 * to write by hand: `@peculiar/x509` (kept since 2020, MIT) does, and only this folder knows it.
 */
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { ok, refused } from '../../domain/errors.js';
import type { Log } from '../../domain/log.js';
import type { Clock } from '../../domain/time.js';
import type { TerminalAuthority, TerminalCertificate } from '../../fleet/ports.js';

const DAY_MS = 24 * 60 * 60_000;
const AUTHORITY_YEARS = 20;
/** A clock a little behind does not make a fresh certificate invalid. */
const BACKDATED_MS = 60 * 60_000;
/** OpenSSL refuses everybody once a list is over, so it lives long and is written anew every day. */
const REVOCATION_LIST_DAYS = 90;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SMALLEST_RSA_BITS = 2_048;
const KEY_NAME = 'terminal-authority';

export type TerminalAuthorityParts = {
  readonly keys: {
    find(name: string): Promise<{ readonly key: Buffer; readonly certificate: string | undefined } | undefined>;
    add(name: string, made: { readonly key: Uint8Array; readonly certificate?: string }, now: Date): Promise<boolean>;
  };
  readonly certificates: {
    add(certificate: TerminalCertificate): Promise<void>;
    find(serial: string): Promise<TerminalCertificate | undefined>;
    listLive(now: Date, terminal?: string): Promise<readonly TerminalCertificate[]>;
    revokeAll(terminal: string, at: Date): Promise<number>;
  };
  readonly hospitalName: string;
  readonly certificateDays: number;
  readonly clock: Clock;
  readonly log: Log;
};

export type RunningAuthority = TerminalAuthority & {
  readonly certificatePem: string;
  revocationListPem(): Promise<string>;
  /** The certificate is of this device, neither over nor revoked. */
  isGood(deviceId: string, serial: string): Promise<boolean>;
};

/** Opens the authority; makes its key and certificate the first time. */
export async function openTerminalAuthority(parts: TerminalAuthorityParts): Promise<RunningAuthority> {
  const { certificates, clock, log, certificateDays } = parts;
  const { privateKey, certificate: authority } = await findOrMake(parts);
  return {
    certificatePem: authority.toString('pem'),
    async issue(deviceId, csr) {
      const request = await readRequest(csr);
      if (typeof request === 'string') return refused('CERTIFICATE_REFUSED', request);
      const now = clock.now();
      const [notBefore, notAfter] = [new Date(now.getTime() - BACKDATED_MS), new Date(now.getTime() + certificateDays * DAY_MS)];
      const made = await x509.X509CertificateGenerator.create({
        serialNumber: newSerial(), issuer: authority.subject, subject: [{ CN: [deviceId] }], notBefore, notAfter, signingAlgorithm: EC, publicKey: request.publicKey, signingKey: privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
          await x509.AuthorityKeyIdentifierExtension.create(authority), await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
        ],
      });
      const serial = made.serialNumber.toLowerCase();
      await certificates.add({ serial, terminal: deviceId, notBefore: made.notBefore, notAfter: made.notAfter, fingerprint: createHash('sha256').update(Buffer.from(made.rawData)).digest('hex'), revokedAt: undefined });
      log.info('a certificate was issued to a terminal', { device: deviceId, serial, notAfter: made.notAfter.toISOString() });
      return ok({ certificate: made.toString('base64'), authority: authority.toString('base64'), notAfter: made.notAfter.toISOString() });
    },
    async revokeAll(deviceId) {
      const count = await certificates.revokeAll(deviceId, clock.now());
      if (count > 0) log.info('certificates of a terminal were revoked', { device: deviceId, count });
    },
    async revocationListPem() {
      const now = clock.now();
      const revoked = (await certificates.listLive(now)).filter(({ revokedAt }) => revokedAt !== undefined);
      const list = await x509.X509CrlGenerator.create({
        issuer: authority.subject, thisUpdate: new Date(now.getTime() - BACKDATED_MS), nextUpdate: new Date(now.getTime() + REVOCATION_LIST_DAYS * DAY_MS), signingAlgorithm: EC, signingKey: privateKey,
        entries: revoked.map(({ serial, revokedAt }) => ({ serialNumber: serial, revocationDate: revokedAt ?? now, reason: x509.X509CrlReason.cessationOfOperation })),
      });
      // OpenSSL knows this label only, and the library writes another.
      return `-----BEGIN X509 CRL-----\n${list.toString('base64').replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END X509 CRL-----\n`;
    },
    async isGood(deviceId, serial) {
      const found = await certificates.find(serial);
      return found?.terminal === deviceId && found.revokedAt === undefined && found.notAfter > clock.now();
    },
  };
}

async function findOrMake(parts: TerminalAuthorityParts): Promise<{ readonly privateKey: webcrypto.CryptoKey; readonly certificate: x509.X509Certificate }> {
  const { keys, hospitalName, clock, log } = parts;
  const kept = await keys.find(KEY_NAME);
  if (kept?.certificate !== undefined) {
    return { privateKey: await webcrypto.subtle.importKey('pkcs8', new Uint8Array(kept.key), EC, false, ['sign']), certificate: new x509.X509Certificate(kept.certificate) };
  }
  const now = clock.now();
  const pair = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(), name: [{ CN: ['Hospay terminals'] }, { O: [hospitalName.slice(0, 60)] }], notBefore: new Date(now.getTime() - BACKDATED_MS), notAfter: new Date(now.getTime() + AUTHORITY_YEARS * 365 * DAY_MS),
    signingAlgorithm: EC, keys: pair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true), await x509.SubjectKeyIdentifierExtension.create(pair.publicKey),
    ],
  });
  const key = new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
  if (!(await keys.add(KEY_NAME, { key, certificate: certificate.toString('pem') }, now))) return findOrMake(parts);
  log.info('the authority for terminals was made', { notAfter: certificate.notAfter.toISOString() });
  return { privateKey: pair.privateKey, certificate };
}

/** The request, or why it is none: it must be signed by the key it asks for, and the key must be strong enough. */
async function readRequest(csr: string): Promise<x509.Pkcs10CertificateRequest | string> {
  try {
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(csr, 'base64'));
    const { algorithm } = request.publicKey;
    const isStrong = 'namedCurve' in algorithm ? ['P-256', 'P-384'].includes(String(algorithm.namedCurve)) : 'modulusLength' in algorithm && Number(algorithm.modulusLength) >= SMALLEST_RSA_BITS;
    if (!isStrong) return 'the key must be P-256, P-384 or RSA of 2,048 bits and more';
    return (await request.verify()) ? request : 'the request is not signed by its own key';
  } catch {
    return 'not a PKCS #10 request in base64 of DER';
  }
}

/** 16 random bytes, positive as RFC 5280 wants them. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
