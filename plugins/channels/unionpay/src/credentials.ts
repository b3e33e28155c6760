import { describeCertificate, type Credential, type HoldingCredentials } from '@hospay/plugin-sdk';

import type { UnionpaySettings } from './settings.js';

/**
 * Every key between the hospital and UnionPay (acp 5.1.0). The certificate UnionPay signs with comes with each message: what must hold is the chain it is
 * checked against. Of the hospital's own certificate UnionPay wants only the serial number: its end stands in the merchant console.
 */
export function createCredentialList(settings: UnionpaySettings): HoldingCredentials['listCredentials'] {
  return async () => Promise.resolve({ kind: 'credentials', credentials: settings.signMethod === '01' ? byCertificate(settings) : [SECURE_KEY] });
}

const SIGNING = { zh: '请求签名：下单、查询、撤销、退货', en: 'signs our requests: orders, queries, undo, refunds' };
const TRUST = { zh: '验证银联随应答和通知带来的证书', en: 'proves the certificate UnionPay sends with answers and notifications' };
const SECURE_KEY: Credential = { name: 'secureKey', title: { zh: '银联安全密钥', en: 'UnionPay secure key' }, use: SIGNING, holder: 'ours', kind: 'sharedSecret' };

function byCertificate({ certId, rootCertificatePem, middleCertificatePems = [] }: UnionpaySettings): Credential[] {
  const serial = certId === undefined ? {} : { serial: BigInt(certId).toString(16).toUpperCase() };
  return [
    { name: 'merchantPrivateKeyPem', title: { zh: '银联商户私钥', en: 'UnionPay merchant key' }, use: SIGNING, holder: 'ours', kind: 'privateKey', ...serial },
    { name: 'rootCertificatePem', title: { zh: '银联根证书', en: 'UnionPay root certificate' }, use: TRUST, holder: 'theirs', ...described(rootCertificatePem) },
    ...middleCertificatePems.map((pem, index): Credential => ({
      name: index === 0 ? 'middleCertificatePems' : `middleCertificatePems/${String(index + 1)}`,
      title: { zh: '银联中级证书', en: 'UnionPay middle certificate' }, use: TRUST, holder: 'theirs', group: 'middleCertificate', ...described(pem),
    })),
  ];
}

function described(pem: string | undefined): ReturnType<typeof describeCertificate> {
  return pem === undefined ? { kind: 'certificate', problem: 'missing' } : describeCertificate(pem);
}
