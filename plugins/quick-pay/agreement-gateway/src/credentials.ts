import { describePrivateKey, describePublicKey, describeSm2PublicKey, type Credential, type HoldingCredentials, type PluginContext } from '@hospay/plugin-sdk';
import type { AgreementGatewaySettings } from './settings.js';

/** The merchant's signing key, and the two keys of the gateway. Shut in, the plugin knows the first by its name only; the host adds what is recognised of it. */
export function listCredentials({ settings }: PluginContext<AgreementGatewaySettings>): HoldingCredentials['listCredentials'] {
  return async () => {
    const credentials: Credential[] = [
      ...signatureKeys(settings),
      { name: 'gatewayEncryptionKeyPem', title: { zh: '快捷支付网关加密公钥', en: 'Quick-pay gateway encryption key' }, use: { zh: '四要素逐字段加密', en: 'encrypts the four elements, field by field' }, holder: 'theirs', ...describePublicKey(settings.gatewayEncryptionKeyPem) },
    ];
    return Promise.resolve({ kind: 'credentials', credentials });
  };
}

const OURS = { title: { zh: '快捷支付商户私钥', en: 'Quick-pay merchant key' }, use: { zh: '请求签名：签约、扣款、退款', en: 'signs our requests: binding, charges, refunds' }, holder: 'ours' } as const;
const THEIRS = { title: { zh: '快捷支付网关验签公钥', en: 'Quick-pay gateway signature key' }, use: { zh: '验证网关的应答和通知', en: 'proves answers and notifications of the gateway' }, holder: 'theirs' } as const;

/** Those of the algorithm in use. An SM2 key has no format by which it could be read here: the host knows its public half. */
function signatureKeys({ signatureAlgorithm, merchantPrivateKeyPem = '', gatewayPublicKeyPem = '', gatewaySm2PublicKey = '' }: AgreementGatewaySettings): Credential[] {
  if (signatureAlgorithm === 'SM2-SM3') return [{ name: 'merchantSm2PrivateKey', ...OURS, kind: 'privateKey' }, { name: 'gatewaySm2PublicKey', ...THEIRS, ...describeSm2PublicKey(gatewaySm2PublicKey) }];
  const own = merchantPrivateKeyPem.includes('-----') ? describePrivateKey(merchantPrivateKeyPem) : { kind: 'privateKey' as const };
  return [{ name: 'merchantPrivateKeyPem', ...OURS, ...own }, { name: 'gatewayPublicKeyPem', ...THEIRS, ...describePublicKey(gatewayPublicKeyPem) }];
}
