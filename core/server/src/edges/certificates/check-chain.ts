import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import type { Bilingual } from '../../domain/bilingual.js';
import { ok, refused, type Outcome } from '../../domain/errors.js';
import type { CertificateFacts, ChainToCheck, KeyedCertificate } from '../../server-certificate/ports.js';

const MOST_CERTIFICATES = 10;
const SMALLEST_RSA_BITS = 2_048;
const STRONG_CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const WEAK_HASHES: readonly string[] = ['SHA-1', 'MD5'];

/** What would not serve is refused before it replaces what does: key, chain up to a root, dates, strength, purpose, names. */
export function checkChain({ chainPem, privateKeyPem, names, now }: ChainToCheck): Outcome<KeyedCertificate> {
  const refuse = (said: Bilingual) => refused('CERTIFICATE_REFUSED', said);
  const key = readKey(privateKeyPem);
  if (key === undefined) return refuse({ zh: '私钥不是未加密的 PEM', en: 'the private key is no PEM without a password' });
  const certificates = readChain(chainPem);
  if (certificates === undefined) return refuse({ zh: `不是 PEM 证书（1 至 ${String(MOST_CERTIFICATES)} 个）`, en: `not 1 to ${String(MOST_CERTIFICATES)} certificates in PEM` });
  const leaf = certificates.find((one) => one.checkPrivateKey(key));
  if (leaf === undefined) return refuse({ zh: '没有与私钥配对的证书：请核对是否为本次申请的签发结果', en: 'no certificate belongs to the private key: is this the answer to the latest request?' });
  const chain = chainOf(leaf, certificates);
  if (chain === undefined) return refuse({ zh: '证书链不完整：请附上直到根证书的全部签发机构证书', en: 'the chain is not complete: attach the certificates of all authorities up to the root' });
  const problem = chain.map((one, index) => problemOf(one, index, now)).find((found) => found !== undefined) ?? purposeOf(leaf) ?? missingNames(leaf, names);
  if (problem !== undefined) return refuse(problem);
  const kept = { privateKeyPem, chainPem: chain.map((one) => one.toString()).join('') };
  if (!isUsable(kept)) return refuse({ zh: 'TLS 不接受该证书或私钥', en: 'TLS does not take this certificate or key' });
  return ok(kept);
}

export function describeCertificate(pem: string): CertificateFacts {
  const { subject, issuer, subjectAltName = '', fingerprint256, validFrom, validTo } = new X509Certificate(pem);
  const names = subjectAltName.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')).filter((name) => name !== '');
  return { subject: oneLine(subject), issuer: oneLine(issuer), names, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(), notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}

export function splitPem(chainPem: string): readonly string[] {
  return chainPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

export function isSelfIssued(pem: string): boolean {
  const { subject, issuer } = new X509Certificate(pem);
  return subject === issuer;
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function readChain(pem: string): readonly X509Certificate[] | undefined {
  const found = splitPem(pem);
  if (found.length === 0 || found.length > MOST_CERTIFICATES) return undefined;
  try {
    return found.map((one) => new X509Certificate(one));
  } catch {
    return undefined;
  }
}

/** From the leaf to a root that is among them; each signed by the next. */
function chainOf(leaf: X509Certificate, given: readonly X509Certificate[]): readonly X509Certificate[] | undefined {
  const chain = [leaf];
  for (let last = leaf; chain.length <= given.length; ) {
    if (last.subject === last.issuer) return last.verify(last.publicKey) ? chain : undefined;
    const issuer = given.find((one) => one.ca && last.checkIssued(one) && last.verify(one.publicKey));
    if (issuer === undefined) return undefined;
    chain.push(issuer);
    last = issuer;
  }
  return undefined;
}

function problemOf(certificate: X509Certificate, index: number, now: Date): Bilingual | undefined {
  const name = oneLine(certificate.subject);
  if (now < new Date(certificate.validFrom)) return { zh: `证书尚未生效：${name}`, en: `is not valid yet: ${name}` };
  if (now >= new Date(certificate.validTo)) return { zh: `证书已过期：${name}`, en: `has ended: ${name}` };
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const isStrong = asymmetricKeyType === 'rsa' ? (asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA_BITS : asymmetricKeyType === 'ec' && STRONG_CURVES.includes(asymmetricKeyDetails?.namedCurve ?? '');
  if (!isStrong) return { zh: `密钥强度不足（须为 RSA 2048 位以上，或 P-256、P-384、P-521）：${name}`, en: `the key must be RSA of 2,048 bits and more, P-256, P-384 or P-521: ${name}` };
  // A root is trusted because it is known, not for its signature.
  const isRoot = index > 0 && certificate.subject === certificate.issuer;
  if (!isRoot && WEAK_HASHES.includes(hashOf(certificate))) return { zh: `签名算法已不安全（${hashOf(certificate)}）：${name}`, en: `signed with ${hashOf(certificate)}, which is broken: ${name}` };
  return undefined;
}

function hashOf(certificate: X509Certificate): string {
  const { signatureAlgorithm } = new x509.X509Certificate(certificate.raw);
  return signatureAlgorithm.hash?.name ?? '';
}

function purposeOf(leaf: X509Certificate): Bilingual | undefined {
  // Node calls the extended key usage this.
  const purposes: readonly string[] | undefined = leaf.keyUsage;
  if (leaf.ca && leaf.subject !== leaf.issuer) return { zh: '这是签发机构的证书，不是服务器证书', en: 'this is the certificate of an authority, not of a server' };
  return purposes === undefined || purposes.includes(SERVER_AUTH) ? undefined : { zh: '证书用途不含“服务器身份验证”', en: 'it is not for the authentication of servers' };
}

function missingNames(leaf: X509Certificate, names: readonly string[]): Bilingual | undefined {
  const missing = names.filter((name) => (isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name)) === undefined).join(', ');
  return missing === '' ? undefined : { zh: `证书不含以下名称或地址：${missing}`, en: `it is not for ${missing}` };
}

function isUsable({ chainPem, privateKeyPem }: KeyedCertificate): boolean {
  try {
    createSecureContext({ cert: chainPem, key: privateKeyPem });
    return true;
  } catch {
    return false;
  }
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}
