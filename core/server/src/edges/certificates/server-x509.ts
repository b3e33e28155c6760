/** The server's certificate for browsers: the appliance's own authority for it, requests to the hospital's, and what is looked at before any of it serves. */
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { KeyedCertificate, ServerX509 } from '../../server-certificate/ports.js';
import { checkChain, describeCertificate, isSelfIssued, splitPem } from './check-chain.js';
import { hasNameConstraints, nameConstraints } from './name-constraints.js';

const DAY_MS = 24 * 60 * 60_000;
const ROOT_DAYS = 20 * 365;
/** Browsers refuse longer ones of public authorities, and some of any. */
const LEAF_DAYS = 397;
/** A clock a little behind does not make a fresh certificate invalid. */
const BACKDATED_MS = 60 * 60_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERVER_ONLY = [x509.ExtendedKeyUsage.serverAuth];

export function serverX509(hospitalName: string): ServerX509 {
  const organisation = { O: [hospitalName.slice(0, 60)] };
  return {
    async makeRoot({ names, now }) {
      const pair = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
      // Two roots of one box must not be taken for each other: the older one may still be trusted somewhere.
      const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        serialNumber: newSerial(), name: [{ CN: [`Hospay web ${randomBytes(3).toString('hex')}`] }, organisation], ...lifetime(now, ROOT_DAYS), signingAlgorithm: EC, keys: pair,
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true), new x509.ExtendedKeyUsageExtension(SERVER_ONLY),
          nameConstraints(names), await x509.SubjectKeyIdentifierExtension.create(pair.publicKey),
        ],
      });
      return keyed(pair.privateKey, certificate.toString('pem'));
    },
    isRootFor: (rootPem, names) => hasNameConstraints(new x509.X509Certificate(rootPem), names),
    async issue({ root, names, now }) {
      const authority = new x509.X509Certificate(root.chainPem);
      const signingKey = await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(root.privateKeyPem), EC, false, ['sign']);
      const pair = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
      const { notBefore, notAfter } = lifetime(now, LEAF_DAYS);
      const certificate = await x509.X509CertificateGenerator.create({
        // Not a host's name: what a browser compares are the alternative names.
        serialNumber: newSerial(), issuer: authority.subject, subject: [{ CN: ['Hospay server'] }, organisation], notBefore, notAfter: notAfter < authority.notAfter ? notAfter : authority.notAfter, signingAlgorithm: EC, publicKey: pair.publicKey, signingKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), new x509.ExtendedKeyUsageExtension(SERVER_ONLY), alternativeNames(names),
          await x509.AuthorityKeyIdentifierExtension.create(authority), await x509.SubjectKeyIdentifierExtension.create(pair.publicKey),
        ],
      });
      return keyed(pair.privateKey, `${certificate.toString('pem')}\n${root.chainPem}`);
    },
    async makeRequest({ names }) {
      const pair = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
      const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: [{ CN: [names[0] ?? 'hospay'] }, organisation], keys: pair, signingAlgorithm: EC, extensions: [alternativeNames(names), new x509.ExtendedKeyUsageExtension(SERVER_ONLY)] });
      return { privateKeyPem: (await keyed(pair.privateKey, '')).privateKeyPem, requestPem: request.toString('pem') };
    },
    check: checkChain,
    withoutRoot: (chainPem) => splitPem(chainPem).filter((pem, index) => index === 0 || !isSelfIssued(pem)).join('\n'),
    describe: describeCertificate,
    der: (pem) => Buffer.from(x509.PemConverter.decodeFirst(pem)),
  };
}

async function keyed(privateKey: webcrypto.CryptoKey, chainPem: string): Promise<KeyedCertificate> {
  return { privateKeyPem: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY'), chainPem };
}

function alternativeNames(names: readonly string[]): x509.Extension {
  return new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })));
}

function lifetime(now: Date, days: number) {
  const notBefore = new Date(now.getTime() - BACKDATED_MS);
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY_MS) };
}

/** 16 random bytes, positive as RFC 5280 wants them. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
