import { describePrivateKey, describePublicKey, type Credential, type HoldingCredentials, type PluginContext } from '@hospay/plugin-sdk';
import type { AgreementGatewaySettings } from './settings.js';

/** The merchant's signing key, and the two keys of the gateway. Shut in, the plugin knows the first by its name only; the host adds what is recognised of it. */
export function listCredentials({ settings }: PluginContext<AgreementGatewaySettings>): HoldingCredentials['listCredentials'] {
  return async () => {
    const own = settings.merchantPrivateKeyPem.includes('-----') ? describePrivateKey(settings.merchantPrivateKeyPem) : { kind: 'privateKey' as const };
    const credentials: Credential[] = [
      { name: 'merchantPrivateKeyPem', title: { zh: '快捷支付商户私钥', en: 'Quick-pay merchant key' }, use: { zh: '请求签名：签约、扣款、退款', en: 'signs our requests: binding, charges, refunds' }, holder: 'ours', ...own },
      { name: 'gatewayPublicKeyPem', title: { zh: '快捷支付网关验签公钥', en: 'Quick-pay gateway signature key' }, use: { zh: '验证网关的应答和通知', en: 'proves answers and notifications of the gateway' }, holder: 'theirs', ...describePublicKey(settings.gatewayPublicKeyPem) },
      { name: 'gatewayEncryptionKeyPem', title: { zh: '快捷支付网关加密公钥', en: 'Quick-pay gateway encryption key' }, use: { zh: '四要素逐字段加密', en: 'encrypts the four elements, field by field' }, holder: 'theirs', ...describePublicKey(settings.gatewayEncryptionKeyPem) },
    ];
    return Promise.resolve({ kind: 'credentials', credentials });
  };
}
