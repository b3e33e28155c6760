import type { X509Certificate } from 'node:crypto';

import { describeCertificate, describePublicKey, type Credential, type HoldingCredentials, type PluginContext } from '@hospay/plugin-sdk';

import type { Credentials } from './alipay-keys.js';
import { certificateNumber, readCertificates } from './certificate-number.js';
import type { AlipaySettings } from './settings.js';

/** Every key between the hospital and Alipay (开放平台, 密钥与公钥证书模式). Certificates that Alipay has moved to meanwhile are kept in the store (see `alipay-keys.ts`). */
export function createCredentialList({ settings, store }: PluginContext<AlipaySettings>, credentials: Credentials): HoldingCredentials['listCredentials'] {
  const { verification } = settings;
  return async () => {
    if (verification.mode === 'publicKey' || credentials.mode === 'publicKey') {
      const key = verification.mode === 'publicKey' ? describePublicKey(verification.alipayPublicKey) : {};
      return { kind: 'credentials', credentials: [APP_KEY, { name: 'verification.alipayPublicKey', title: { zh: '支付宝公钥', en: 'Alipay public key' }, use: VERIFYING, holder: 'theirs', kind: 'publicKey', ...key }] };
    }
    const { app, alipay, roots } = credentials;
    const newer = await store.list('certificate/');
    const listed: Credential[] = [
      APP_KEY,
      { name: 'verification.appCertificatePem', title: { zh: '应用公钥证书', en: 'App certificate' }, use: SIGNING, holder: 'ours', ...describeCertificate(app.toString()), belongsTo: 'appPrivateKeyPem' },
      alipayCertificate('verification.alipayCertificatePem', alipay),
      ...newer.flatMap(({ value }) => (typeof value === 'string' ? readCertificates(value).slice(0, 1) : [])).map((certificate) => alipayCertificate(`alipayCertificate/${certificateNumber(certificate)}`, certificate)),
      ...roots.map((root, index) => rootCertificate(root, index, [...readCertificates(verification.appCertificatePem), ...readCertificates(verification.alipayCertificatePem)])),
    ];
    return { kind: 'credentials', credentials: listed };
  };
}

const SIGNING = { zh: '应用请求签名：下单、查询、退款', en: 'signs our requests: orders, queries, refunds' };
const VERIFYING = { zh: '验证支付宝的应答和通知', en: 'verifies answers and notifications of Alipay' };
const APP_KEY: Credential = { name: 'appPrivateKeyPem', title: { zh: '应用私钥', en: 'App private key' }, use: SIGNING, holder: 'ours', kind: 'privateKey' };

function alipayCertificate(name: string, certificate: X509Certificate): Credential {
  return { name, title: { zh: '支付宝公钥证书', en: 'Alipay certificate' }, use: VERIFYING, holder: 'theirs', group: 'alipayCertificate', ...describeCertificate(certificate.toString()) };
}

/** Of the bundle only the roots that our chains lead to matter; the others stand in for each other. */
function rootCertificate(root: X509Certificate, index: number, chains: readonly X509Certificate[]): Credential {
  const isUsed = chains.some((certificate) => certificate.checkIssued(root));
  return {
    name: index === 0 ? 'verification.alipayRootCertificatePem' : `verification.alipayRootCertificatePem/${String(index + 1)}`,
    title: { zh: '支付宝根证书', en: 'Alipay root certificate' }, use: { zh: '信任支付宝的新证书', en: 'trust in new certificates of Alipay' }, holder: 'theirs',
    ...(isUsed ? {} : { group: 'alipayRootCertificate' }), ...describeCertificate(root.toString()),
  };
}
