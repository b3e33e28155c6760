import { X509Certificate, type KeyObject } from 'node:crypto';

import { UNIONPAY_OWNER } from './settings.js';

type Signer = { readonly publicKey: KeyObject } | { readonly doubt: string };

/**
 * Checks the certificate that comes with a message: issued by the configured root, directly or through one configured middle certificate; all of them
 * valid now; its owner is UnionPay. Nothing the message brings along can stand for an issuer.
 */
export function createSignerCheck(trust: {
  readonly rootCertificatePem: string;
  readonly middleCertificatePems?: readonly string[];
  readonly signerOwners?: readonly string[];
  readonly signerOwnerPart?: number;
}): (pem: string, at: Date) => Signer {
  const root = configuredCertificate(trust.rootCertificatePem, 'rootCertificatePem');
  const middles = (trust.middleCertificatePems ?? []).map((pem) => configuredCertificate(pem, 'middleCertificatePems'));
  const owners = trust.signerOwners ?? [UNIONPAY_OWNER];
  const ownerPart = trust.signerOwnerPart ?? 3;
  return (pem, at) => {
    const leaf = readCertificate(pem);
    if (leaf === undefined) return { doubt: 'its certificate cannot be read' };
    const middle = middles.find((candidate) => isIssuedBy(leaf, candidate));
    const chain = middle === undefined ? [leaf, root] : [leaf, middle, root];
    const isChained = chain.every((certificate, index) => isIssuedBy(certificate, chain[index + 1] ?? root));
    if (!isChained) return { doubt: 'its certificate does not lead to the configured root' };
    if (!chain.every((certificate) => isValidAt(certificate, at))) return { doubt: 'its certificate, or an issuer’s, is not valid now' };
    const owner = commonNameOf(leaf)?.split('@')[ownerPart - 1];
    return owner !== undefined && owners.includes(owner) ? { publicKey: leaf.publicKey } : { doubt: 'its certificate belongs to somebody else' };
  };
}

/** @throws Error that names the setting. */
function configuredCertificate(pem: string, setting: string): X509Certificate {
  const certificate = readCertificate(pem);
  if (certificate?.ca !== true) throw new Error(`settings.${setting} is not the certificate of an authority`);
  return certificate;
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The one CN of the subject; a subject with several names nobody for sure. */
function commonNameOf({ subject }: X509Certificate): string | undefined {
  const names = [...subject.matchAll(/^CN=(.*)$/gm)];
  return names.length === 1 ? names[0]?.[1] : undefined;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, at: Date): boolean {
  return at >= certificate.validFromDate && at <= certificate.validToDate;
}
