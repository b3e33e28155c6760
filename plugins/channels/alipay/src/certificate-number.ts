import { createHash, X509Certificate } from 'node:crypto';

/** PKCS#1 signatures; the root bundle also holds certificates of the SM2 family, which RSA2 does not use. */
const RSA_SIGNATURES = '1.2.840.113549.1.1';

/** The certificates of a PEM text, in its order. @throws Error when one of them cannot be read. */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('this is no certificate in PEM format');
  return blocks.map((block) => new X509Certificate(block));
}

/** `app_cert_sn` and `alipay_cert_sn`: MD5 of the issuer, most specific part first, and the serial number in decimal. */
export function certificateNumber(certificate: X509Certificate): string {
  const issuer = certificate.issuer.split('\n').map(unescaped).toReversed().join(',');
  return createHash('md5').update(`${issuer}${BigInt(`0x${certificate.serialNumber}`).toString(10)}`, 'utf8').digest('hex');
}

/** `alipay_root_cert_sn`: the numbers of the RSA certificates of the root bundle, joined by `_`. */
export function rootCertificateNumber(bundle: readonly X509Certificate[]): string {
  return bundle
    .filter(({ signatureAlgorithmOid }) => signatureAlgorithmOid.startsWith(RSA_SIGNATURES))
    .map(certificateNumber)
    .join('_');
}

/** Node writes names by RFC 2253; Alipay hashes them as they are. */
function unescaped(line: string): string {
  return line.replace(/\\([,+"\\<>;# ])/g, '$1');
}

/**
 * True when the first certificate of the chain leads, each one signed by the next, to a certificate that is signed by one of the trusted (or is one of
 * them), and all of them are valid at `time`.
 */
export function isTrusted(chain: readonly X509Certificate[], trusted: readonly X509Certificate[], time: Date): boolean {
  for (const [index, certificate] of chain.entries()) {
    if (!isValidAt(certificate, time)) return false;
    if (trusted.some((root) => root.fingerprint256 === certificate.fingerprint256)) return true;
    if (trusted.some((root) => isIssuedBy(certificate, root) && isValidAt(root, time))) return true;
    const issuer = chain[index + 1];
    if (issuer === undefined || !isIssuedBy(certificate, issuer)) return false;
  }
  return false;
}

export function isValidAt(certificate: X509Certificate, time: Date): boolean {
  return certificate.validFromDate.getTime() <= time.getTime() && time.getTime() < certificate.validToDate.getTime();
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  // `checkIssued` compares names and key usage, `verify` the signature.
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
