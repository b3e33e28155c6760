import { describeCertificate, describeCertificates, describePrivateKey, type Credential, type HoldingCredentials } from '@hospay/plugin-sdk';
import type { Settings } from './settings.js';

/** Without TLS the line to the HIS has no keys. */
export function createCredentialList(settings: Settings): NonNullable<HoldingCredentials['listCredentials']> {
  const credentials = credentialsOf(settings);
  return () => Promise.resolve({ kind: 'credentials', credentials });
}

function credentialsOf({ caPem, certificatePem, privateKeyPem }: Settings): Credential[] {
  const use = { zh: '与医院信息系统的加密连接：缴费、确认、退费', en: 'the encrypted line to the HIS: bills, confirmations, refunds' };
  return [
    ...(caPem === undefined ? [] : describeCertificates(caPem).map((facts, index): Credential => ({ ...facts, name: index === 0 ? 'caPem' : `caPem/${String(index + 1)}`, title: { zh: 'HIS 根证书', en: 'CA of the HIS' }, use, holder: 'theirs', group: 'caPem' }))),
    ...(certificatePem === undefined ? [] : [{ ...describeCertificate(certificatePem), name: 'certificatePem', title: { zh: 'HL7 客户端证书', en: 'HL7 client certificate' }, use, holder: 'ours' as const, belongsTo: 'privateKeyPem' }]),
    ...(privateKeyPem === undefined ? [] : [{ ...describePrivateKey(privateKeyPem), name: 'privateKeyPem', title: { zh: 'HL7 客户端私钥', en: 'HL7 client key' }, use, holder: 'ours' as const }]),
  ];
}
