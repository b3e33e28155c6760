import { sign, type KeyObject } from 'node:crypto';

/** What goes into a certificate. `serialNumber` is upper-case hex whose first digit is 1 to 7, so that it is positive in DER. */
export type CertificateRequest = {
  readonly serialNumber: string;
  readonly commonName: string;
  readonly organisation: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
};

const SHA256_WITH_RSA = '2a864886f70d01010b';
const COMMON_NAME = '550403';
const ORGANISATION = '55040a';

/**
 * Makes a self-signed X.509 version 3 certificate (RFC 5280) as PEM text. Node can read certificates but not make them, and the
 * simulator may call no outside program, so the few DER forms needed are written here.
 */
export function selfSignedCertificate(request: CertificateRequest): string {
  const algorithm = sequence(objectIdentifier(SHA256_WITH_RSA), element(0x05));
  const name = sequence(
    nameAttribute(ORGANISATION, request.organisation),
    nameAttribute(COMMON_NAME, request.commonName),
  );
  const toBeSigned = sequence(
    element(0xa0, integer('02')),
    integer(request.serialNumber),
    algorithm,
    name,
    sequence(utcTime(request.notBefore), utcTime(request.notAfter)),
    name,
    request.publicKey.export({ format: 'der', type: 'spki' }),
  );
  const signature = sign('sha256', toBeSigned, request.privateKey);
  const certificate = sequence(toBeSigned, algorithm, element(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameAttribute(attribute: string, value: string): Buffer {
  return element(0x31, sequence(objectIdentifier(attribute), element(0x0c, Buffer.from(value, 'utf8'))));
}

function utcTime(time: Date): Buffer {
  const text = `${time.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
  return element(0x17, Buffer.from(text, 'ascii'));
}

function integer(hex: string): Buffer {
  return element(0x02, Buffer.from(hex, 'hex'));
}

function objectIdentifier(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

function lengthOf(content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length]);
  const hex = content.length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
