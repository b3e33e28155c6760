/** Channels as a hospital configures them: the production plugins in front of the simulators, keys in files. */
import type { MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { WechatPaySettings } from '@hospay/channel-wechat-pay';
import { alipaySettings } from '../contract/channel-alipay-subject.js';
import { settingsFor as cardSettings, type Profile } from '../contract/channel-bank-card-pos-subject.js';
import { mobileSettingsFor } from '../contract/channel-medical-insurance-mobile-stand.js';
import { settingsFor as insuranceSettings } from '../contract/channel-medical-insurance-subject.js';
import { unionpaySettings } from '../contract/channel-unionpay-subject.js';
import { partnerSettings, scannedCodeSettings } from '../contract/channel-wechat-pay-subject.js';
import type { AgreementGatewaySimulator } from '../simulators/agreement-gateway/start-agreement-gateway-simulator.js';
import type { AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import type { BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import type { MedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import type { UnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';
import type { WechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';

/** Writes a secret to a file of the data folder and gives what stands in the configuration instead of it. */
export type Secret = (name: string, text: string) => { readonly secretFile: string };
export type ConfiguredChannel = { readonly id: string; readonly plugin: string; readonly merchantNo: string; readonly enabled: true; readonly settings: object };

export function alipayChannel(simulator: AlipaySimulator, secret: Secret): ConfiguredChannel {
  const { merchantCredentials } = simulator;
  const settings = { ...alipaySettings(merchantCredentials, 'certificate', simulator), appPrivateKeyPem: secret('alipay-key.pem', merchantCredentials.appPrivateKeyPem) };
  return { id: 'alipay', plugin: 'alipay', merchantNo: merchantCredentials.sellerId, enabled: true, settings };
}

export function quickPayChannel({ settings }: AgreementGatewaySimulator, secret: Secret): ConfiguredChannel {
  return { id: 'quick-pay', plugin: 'agreement-gateway', merchantNo: settings.merchantNo, enabled: true, settings: { ...settings, merchantPrivateKeyPem: secret('quick-pay-key.pem', settings.merchantPrivateKeyPem) } };
}

export function unionpayChannel(simulator: UnionPaySimulator, secret: Secret): ConfiguredChannel {
  const { merchantCredentials } = simulator;
  const settings = { ...unionpaySettings(merchantCredentials, '01', simulator), undoSameDay: true, notFoundGraceSeconds: 3, merchantPrivateKeyPem: secret('unionpay-key.pem', merchantCredentials.merchantPrivateKeyPem) };
  return { id: 'unionpay', plugin: 'unionpay', merchantNo: merchantCredentials.merId, enabled: true, settings };
}

const WECHAT_METHODS: WechatPaySettings['methods'] = ['nativeQr', 'jsapi', 'miniProgram', 'app', 'h5', 'paymentCode'];

/** Scanned codes go through API v2. `subMerchant`: for the sub-merchant of a service provider. */
export function wechatChannel(id: string, simulator: WechatPaySimulator, secret: Secret, { as = 'merchant', methods = WECHAT_METHODS }: { readonly as?: 'merchant' | 'subMerchant'; readonly methods?: WechatPaySettings['methods'] } = {}): ConfiguredChannel {
  const { merchantCredentials: credentials, baseUrl } = simulator;
  const isPartner = as === 'subMerchant';
  const settings = {
    mchid: credentials.merchantId, appid: credentials.appId, miniProgramAppid: credentials.miniProgramAppId, mobileAppid: credentials.mobileAppId,
    merchantCertificateSerial: credentials.merchantCertificateSerial, baseUrl,
    verification: { mode: 'publicKey', publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem },
    methods,
    authorizeUrl: `${baseUrl}connect/oauth2/authorize`, tokenUrl: `${baseUrl}sns/oauth2/access_token`,
    ...(isPartner ? { partner: partnerSettings(credentials) } : {}),
    ...scannedCodeSettings(credentials, 'v2'), reverseAfterMs: 0,
    merchantPrivateKeyPem: secret('wechat-key.pem', credentials.merchantPrivateKeyPem), apiV3Key: secret('wechat-api-v3-key', credentials.apiV3Key), apiV2Key: secret('wechat-api-v2-key', credentials.apiV2Key),
    appSecret: secret(`${id}-app-secret`, isPartner ? credentials.subMerchant.appSecret : credentials.appSecret),
  };
  return { id, plugin: 'wechat-pay', merchantNo: isPartner ? credentials.subMerchant.merchantId : credentials.merchantId, enabled: true, settings };
}

export function bankCardChannel(id: string, simulator: BankCardPosSimulator, secret: Secret, profile: Profile = 'mis'): ConfiguredChannel {
  const settings = { ...cardSettings({ simulator, profile }), answerWaitMs: 200, exchangeTimeoutMs: 3_000, ...(profile === 'cloud' ? { appKey: secret('cloud-pos-app-key', simulator.cloud.appKey) } : {}) };
  return { id, plugin: 'bank-card-pos', merchantNo: simulator.merchantNo, enabled: true, settings };
}

export const CASH: ConfiguredChannel = { id: 'cash', plugin: 'cash', merchantNo: 'CASH', enabled: true, settings: {} };

export function insuranceChannel(simulator: MedicalInsuranceSimulator, secret: Secret): ConfiguredChannel {
  const { gatewaySecret, gatewayPassword, hospital } = simulator.credentials;
  const keys = { gatewaySecret: secret('insurance-gateway', gatewaySecret), gatewayPassword: secret('insurance-password', gatewayPassword), signingPrivateKey: secret('insurance-key', hospital.privateKey) };
  return { id: 'insurance', plugin: 'medical-insurance', merchantNo: simulator.institutionCode, enabled: true, settings: { ...insuranceSettings(simulator), ...keys } };
}

export function mobileInsuranceChannel(simulator: MedicalInsuranceSimulator, secret: Secret): ConfiguredChannel {
  const settings: MedicalInsuranceSettings = mobileSettingsFor(simulator);
  const { mobileAppSecret = '', mobilePrivateKey = '', gatewaySecret = '' } = settings;
  const keys = { mobileAppSecret: secret('insurance-mobile-secret', mobileAppSecret), mobilePrivateKey: secret('insurance-mobile-key', mobilePrivateKey), gatewaySecret: secret('insurance-mobile-gateway', gatewaySecret) };
  return { id: 'insurance-mobile', plugin: 'medical-insurance', merchantNo: simulator.institutionCode, enabled: true, settings: { ...settings, ...keys } };
}
