import { sign, type KeyObject } from 'node:crypto';

/** A name, written with its least specific part first. */
export type Name = { readonly country?: string; readonly organisation: string; readonly unit?: string; readonly commonName: string };

export type CertificateRequest = {
  /** Hex; its first digit is 1 to 7, so that it is positive in DER. */
  readonly serialNumber: string;
  readonly subject: Name;
  readonly issuer: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly issuerKey: KeyObject;
  /** Absent: the certificate does not say. */
  readonly isAuthority?: boolean;
  /** `sm2`: only labelled so, for root bundles that hold certificates of that family. Absent: RSA with SHA-256. */
  readonly label?: 'sm2';
};

const RSA_SHA256 = '2a864886f70d01010b';
const SM2_SM3 = '2a811ccf55018375';
const NAME_PARTS = { country: '550406', organisation: '55040a', unit: '55040b', commonName: '550403' } as const;

/** An X.509 version 3 certificate (RFC 5280) as PEM. Node reads certificates but does not make them, and no outside program may be called. */
export function writeCertificate(request: CertificateRequest): string {
  const algorithm = sequence(objectIdentifier(request.label === 'sm2' ? SM2_SM3 : RSA_SHA256), element(0x05));
  const toBeSigned = sequence(
    element(0xa0, integer('02')),
    integer(request.serialNumber),
    algorithm,
    nameOf(request.issuer),
    sequence(utcTime(request.notBefore), utcTime(request.notAfter)),
    nameOf(request.subject),
    request.publicKey.export({ format: 'der', type: 'spki' }),
    ...(request.isAuthority === undefined ? [] : [element(0xa3, sequence(basicConstraints(request.isAuthority)))]),
  );
  const certificate = sequence(toBeSigned, algorithm, element(0x03, Buffer.from([0]), sign('sha256', toBeSigned, request.issuerKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

export type SelfSignedRequest = Pick<CertificateRequest, 'serialNumber' | 'notBefore' | 'notAfter' | 'publicKey'> & { readonly commonName: string; readonly organisation: string; readonly privateKey: KeyObject };

export function selfSignedCertificate({ commonName, organisation, privateKey, ...request }: SelfSignedRequest): string {
  const name = { organisation, commonName };
  return writeCertificate({ ...request, subject: name, issuer: name, issuerKey: privateKey });
}

function basicConstraints(isAuthority: boolean): Buffer {
  return sequence(objectIdentifier('551d13'), element(0x01, Buffer.from([0xff])), element(0x04, isAuthority ? sequence(element(0x01, Buffer.from([0xff]))) : sequence()));
}

function nameOf(name: Name): Buffer {
  const parts = (['country', 'organisation', 'unit', 'commonName'] as const).map((part) => {
    const value = name[part];
    return value === undefined ? [] : [element(0x31, sequence(objectIdentifier(NAME_PARTS[part]), element(0x0c, Buffer.from(value, 'utf8'))))];
  });
  return sequence(...parts.flat());
}

function utcTime(time: Date): Buffer {
  return element(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`, 'ascii'));
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
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}
