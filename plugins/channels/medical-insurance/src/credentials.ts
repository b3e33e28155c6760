import { describeSm2PublicKey, type Credential, type HoldingCredentials } from '@hospay/plugin-sdk';

import type { MedicalInsuranceSettings } from './settings.js';

const GATEWAY = { zh: '医保网关签名：每一笔交易', en: 'signs every message to the gateway of the centre' };
const MOBILE = { zh: '医保移动支付报文的签名与加密', en: 'signs and seals messages of mobile payment' };

/** Every key between the hospital and the insurance centre. Which of them are used is the province's choice; a setting that is not there is not listed. */
export function createCredentialList(settings: MedicalInsuranceSettings): HoldingCredentials['listCredentials'] {
  const { gatewaySecret, gatewayPassword, gatewayId, signingPrivateKey, centrePublicKey, mobileAppSecret, mobileAppId, mobilePrivateKey } = settings;
  return async () => ({
    kind: 'credentials',
    credentials: [
      ...given(gatewaySecret, { name: 'gatewaySecret', title: { zh: '网关密钥', en: 'Gateway secret' }, use: GATEWAY, holder: 'ours', kind: 'sharedSecret', ...(gatewayId === undefined ? {} : { serial: gatewayId }) }),
      ...given(gatewayPassword, { name: 'gatewayPassword', title: { zh: '网关 OAuth 密码', en: 'Gateway OAuth password' }, use: GATEWAY, holder: 'ours', kind: 'sharedSecret' }),
      ...given(signingPrivateKey, { name: 'signingPrivateKey', title: { zh: '报文签名 SM2 私钥', en: 'SM2 private key' }, use: { zh: '报文签名（cainfo）', en: 'signs messages (cainfo)' }, holder: 'ours', kind: 'privateKey' }),
      ...given(mobileAppSecret, { name: 'mobileAppSecret', title: { zh: '移动支付 appSecret', en: 'Mobile appSecret' }, use: MOBILE, holder: 'ours', kind: 'sharedSecret', ...(mobileAppId === undefined ? {} : { serial: mobileAppId }) }),
      ...given(mobilePrivateKey, { name: 'mobilePrivateKey', title: { zh: '移动支付 SM2 私钥', en: 'Mobile SM2 private key' }, use: MOBILE, holder: 'ours', kind: 'privateKey' }),
      ...(centrePublicKey === undefined ? [] : [{ name: 'centrePublicKey', title: { zh: '医保中心 SM2 公钥', en: 'SM2 public key of the centre' }, use: { zh: '验证医保中心的应答', en: 'verifies answers of the centre' }, holder: 'theirs' as const, ...describeSm2PublicKey(centrePublicKey) }]),
    ],
  });
}

function given(setting: string | undefined, credential: Credential): Credential[] {
  return setting === undefined ? [] : [credential];
}
