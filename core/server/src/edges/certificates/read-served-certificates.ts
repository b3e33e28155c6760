/** What the console and the broker are served with: read anew whenever somebody looks, because the files are others' to replace. */
import { X509Certificate } from 'node:crypto';
import { describeCertificates, describePrivateKey } from '@hospay/plugin-sdk';
import type { ServedCertificate } from '../../setup/ports.js';

export type CertificateFiles = { readonly title: string; readonly certificateFile: string; readonly privateKeyFile?: string | undefined };

/** `readFile`: undefined when it is not there, or may not be read. */
export function readServedCertificates(files: readonly CertificateFiles[], readFile: (path: string) => Promise<string | undefined>): Promise<readonly ServedCertificate[]> {
  return Promise.all(files.map(async ({ title, certificateFile, privateKeyFile }) => {
    const [pem, key] = await Promise.all([readFile(certificateFile), privateKeyFile === undefined ? undefined : readFile(privateKeyFile)]);
    const facts = pem === undefined ? undefined : describeCertificates(pem)[0];
    if (pem === undefined || facts?.notAfter === undefined) return { title, file: certificateFile, problem: 'missing', subject: undefined, names: [], notBefore: undefined, notAfter: undefined };
    const isOurs = privateKeyFile === undefined || (key !== undefined && describePrivateKey(key).publicKeyFingerprint === facts.publicKeyFingerprint);
    return { title, file: certificateFile, problem: isOurs ? undefined : 'keyMismatch', subject: facts.subject, names: namesOf(pem), notBefore: facts.notBefore === undefined ? undefined : new Date(facts.notBefore), notAfter: new Date(facts.notAfter) };
  }));
}

/** 使用者可选名称: `DNS:pay.hospital.example, IP Address:10.0.0.5`, each without its kind. */
function namesOf(pem: string): readonly string[] {
  const { subjectAltName = '' } = new X509Certificate(pem);
  return subjectAltName.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')).filter((name) => name !== '');
}
