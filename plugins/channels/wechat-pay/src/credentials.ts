import { describeCertificate, describePublicKey, type Credential, type HoldingCredentials } from '@hospay/plugin-sdk';

import type { PlatformKeys } from './platform-keys.js';
import type { WechatPaySettings } from './settings.js';

/** Every key between the hospital and WeChat Pay (API v3, 证书和回调报文解密, 微信支付公钥). The keys WeChat Pay signs with overlap while it moves from one to the next. */
export function createCredentialList(settings: WechatPaySettings, keys: Pick<PlatformKeys, 'certificates'>): HoldingCredentials['listCredentials'] {
  const { verification } = settings;
  return async (_request, { signal }) => {
    const platform = await keys.certificates(signal);
    return { kind: 'credentials', credentials: [...ownCredentials(settings), ...publicKeyOf(verification), ...platformCertificates(verification.mode, platform)] };
  };
}

function ownCredentials({ merchantCertificatePem, merchantCertificateSerial, apiV2Key, appSecret }: WechatPaySettings): Credential[] {
  const signing = { zh: '商户请求签名：下单、查询、退款', en: 'signs our requests: orders, queries, refunds' };
  const certificate = { title: { zh: '商户 API 证书', en: 'Merchant API certificate' }, use: signing, holder: 'ours' } as const;
  return [
    { name: 'merchantPrivateKeyPem', title: { zh: '商户私钥', en: 'Merchant private key' }, use: signing, holder: 'ours', kind: 'privateKey' },
    // Only the serial is known: WeChat Pay still checks the certificate, and nobody here knows when it ends.
    merchantCertificatePem === undefined
      ? { name: 'merchantCertificateSerial', ...certificate, kind: 'certificate', serial: merchantCertificateSerial.toUpperCase() }
      : { name: 'merchantCertificatePem', ...certificate, ...describeCertificate(merchantCertificatePem), belongsTo: 'merchantPrivateKeyPem', mustHaveSerial: merchantCertificateSerial.toUpperCase() },
    { name: 'apiV3Key', title: { zh: 'APIv3 密钥', en: 'APIv3 key' }, use: { zh: '解密支付通知和平台证书', en: 'opens notifications and platform certificates' }, holder: 'ours', kind: 'sharedSecret' },
    ...(apiV2Key === undefined ? [] : [{ name: 'apiV2Key', title: { zh: 'APIv2 密钥', en: 'APIv2 key' }, use: { zh: '付款码收款与撤销的签名和验签', en: 'signs and verifies charges and reverses of scanned codes' }, holder: 'ours', kind: 'sharedSecret' } as const]),
    ...(appSecret === undefined ? [] : [{ name: 'appSecret', title: { zh: '公众号密钥', en: 'App secret' }, use: { zh: '网页授权：识别微信浏览器里的付款人', en: 'learns who pays in WeChat’s own browser' }, holder: 'ours', kind: 'sharedSecret' } as const]),
  ];
}

const VERIFYING = { zh: '验证微信支付的应答和通知', en: 'verifies answers and notifications of WeChat Pay' };

function publicKeyOf(verification: WechatPaySettings['verification']): Credential[] {
  if (verification.mode === 'platformCertificate') return [];
  return [{ name: 'verification.publicKeyPem', title: { zh: '微信支付公钥', en: 'WeChat Pay public key' }, use: VERIFYING, holder: 'theirs', ...describePublicKey(verification.publicKeyPem), serial: verification.publicKeyId }];
}

function platformCertificates(mode: WechatPaySettings['verification']['mode'], held: readonly string[]): Credential[] {
  const shared = { title: { zh: '微信支付平台证书', en: 'WeChat Pay platform certificate' }, use: VERIFYING, holder: 'theirs', group: 'platformCertificate' } as const;
  // Beside a public key WeChat Pay may have no certificate for this merchant any more.
  if (held.length === 0 && mode === 'platformCertificate') return [{ name: 'platformCertificate', ...shared, kind: 'certificate', problem: 'missing' }];
  return held.map(describeCertificate).map((facts) => ({ name: `platformCertificate/${facts.serial ?? ''}`, ...shared, ...facts }));
}
