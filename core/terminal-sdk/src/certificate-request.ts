/**
 * A key pair for TLS and the request for its certificate (PKCS #10), for terminals that run on Node. The core puts the name in, so the request has none: what is
 * left to write around the key that Node exports is a few bytes of DER, less than a library for it.
 */
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { CallResult } from './call-result.js';
import type { TerminalClient } from './terminal-client.js';

export type CertificateRequest = {
  /** For `csr` of an enrolment or of `certificate.issue`: base64 of DER. */
  readonly csr: string;
  /** PKCS #8, PEM. It stays on the terminal, as its key does. */
  readonly privateKeyPem: string;
};

const INTEGER_ZERO = Buffer.from('020100', 'hex');
const EMPTY_NAME = Buffer.from('3000', 'hex');
const NO_ATTRIBUTES = Buffer.from('a000', 'hex');
/** ecdsa-with-SHA256, RFC 5758. */
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

/** A fresh P-256 key and its request. */
export function makeCertificateRequest(): CertificateRequest {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const wanted = der(SEQUENCE, INTEGER_ZERO, EMPTY_NAME, publicKey.export({ format: 'der', type: 'spki' }), NO_ATTRIBUTES);
  const signature = sign('sha256', wanted, privateKey);
  return { csr: der(SEQUENCE, wanted, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.of(0), signature)).toString('base64'), privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

/** PEM of what the core answered in base64 of DER. */
export function pemOfCertificate(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/\s/g, '').replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}

/** What a terminal signs in with: all PEM. `authorityPem` is the platform's, to see that the certificate is of it. */
export type TerminalIdentity = { readonly certificatePem: string; readonly privateKeyPem: string; readonly authorityPem: string };

/** In the last third of its life, as the protocol asks: early enough for a broken week. */
export function isRenewalDue(certificatePem: string, at: Date): boolean {
  const { validFrom, validTo } = new X509Certificate(certificatePem);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  return at.getTime() >= to - (to - from) / 3;
}

/**
 * Another certificate over the signed line, with a key pair of its own. Ask after each connection while `isRenewalDue(…, client.coreTime)`: a terminal's own clock may be wrong. Write down key and
 * certificate beside the old ones, flushed, before using them; the old one stays good until its end, so `noAnswer` and `refused` cost nothing but another try.
 */
export async function renewCertificate(client: Pick<TerminalClient, 'call'>): Promise<CallResult<TerminalIdentity>> {
  const { csr, privateKeyPem } = makeCertificateRequest();
  const answer = await client.call('certificate.issue', { csr });
  if (answer.kind !== 'ok') return answer;
  return { ...answer, value: { certificatePem: pemOfCertificate(answer.value.certificate), privateKeyPem, authorityPem: pemOfCertificate(answer.value.authority) } };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
