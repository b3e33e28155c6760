/** The authority of a hospital (医院 PKI) as a test has it: a root, one between, and answers to requests. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

export type HospitalAuthority = Awaited<ReturnType<typeof makeHospitalAuthority>>;

export async function makeHospitalAuthority(now: Date) {
  const life = { notBefore: new Date(now.getTime() - DAY_MS), notAfter: new Date(now.getTime() + 3_650 * DAY_MS), signingAlgorithm: EC };
  const pairs = { root: await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']), between: await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']) };
  const authority = [new x509.BasicConstraintsExtension(true, undefined, true)];
  const root = await x509.X509CertificateGenerator.createSelfSigned({ serialNumber: '41', name: 'CN=Hospital Root', keys: pairs.root, extensions: authority, ...life });
  const between = await x509.X509CertificateGenerator.create({ serialNumber: '42', subject: 'CN=Hospital Issuing', issuer: root.subject, publicKey: pairs.between.publicKey, signingKey: pairs.root.privateKey, extensions: authority, ...life });
  /** A certificate for the key, good for the names and so many days. */
  const sign = async (publicKey: x509.PublicKeyType, { names, days = 300 }: { readonly names: readonly string[]; readonly days?: number }) => {
    const made = await x509.X509CertificateGenerator.create({
      ...life, serialNumber: '43', subject: 'CN=pay', issuer: between.subject, publicKey, signingKey: pairs.between.privateKey, notAfter: new Date(now.getTime() + days * DAY_MS),
      extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) !== 0 ? ('ip' as const) : ('dns' as const), value })))],
    });
    return made.toString('pem');
  };
  return {
    rootPem: root.toString('pem'),
    betweenPem: between.toString('pem'),
    answer: (requestPem: string, of: { readonly names: readonly string[]; readonly days?: number }) => sign(new x509.Pkcs10CertificateRequest(requestPem).publicKey, of),
    async keyed(of: { readonly names: readonly string[]; readonly days?: number }) {
      const pair = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
      return { privateKeyPem: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey), 'PRIVATE KEY'), chainPem: [await sign(pair.publicKey, of), between.toString('pem'), root.toString('pem')].join('\n') };
    },
  };
}
