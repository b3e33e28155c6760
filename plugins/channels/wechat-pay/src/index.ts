import { definePlugin, type PluginContext } from '@hospay/plugin-sdk';

import { createCredentialList } from './credentials.js';
import { merchantIdentity, type MerchantIdentity } from './merchant-identity.js';
import { createPayerIdentification } from './payer-identification.js';
import { createPlatformKeys } from './platform-keys.js';
import { createReverseBook } from './reverse-book.js';
import { createScannedCode, type ScannedCode } from './scanned-code.js';
import { scannedCodeV2 } from './scanned-code-v2.js';
import { scannedCodeV3 } from './scanned-code-v3.js';
import { MAIN_URL, WechatPaySettingsSchema, type WechatPaySettings } from './settings.js';
import { createTradeReader, type ReadTrade } from './trade-news.js';
import { readFundBillFile, readTradeBillFile } from './statements.js';
import { createV2Wire } from './v2-wire.js';
import { createVerifiedWire, type AskWechatPay } from './verified-wire.js';
import { createWechatPayChannel } from './wechat-pay-channel.js';
import { createWire } from './wire.js';

export { WechatPaySettingsSchema, type WechatPaySettings } from './settings.js';

export default definePlugin({
  settings: WechatPaySettingsSchema,
  statementReaders: { 'wechat-pay': readTradeBillFile },
  fundStatementReaders: { 'wechat-pay': readFundBillFile },
  activate(context) {
    const wire = createWire(context.settings);
    const keys = createPlatformKeys(context, wire);
    const ask = createVerifiedWire(context, wire, keys);
    const identity = merchantIdentity(context.settings);
    const read = createTradeReader(context.settings, identity);
    const scannedCode = scannedCodeOf(context, { identity, ask, read });
    const channel = createWechatPayChannel({ context, wire, keys, ask, identity, read, scannedCode });
    const { appSecret } = context.settings;
    return {
      channels: { 'wechat-pay': { ...channel, ...(appSecret === undefined ? {} : createPayerIdentification(context, identity, appSecret)), listCredentials: createCredentialList(context.settings, keys) } },
      stop() {
        wire.stop();
        return Promise.resolve();
      },
    };
  },
});

/** @throws Error when the merchant offers scanned codes without what their interface needs. */
function scannedCodeOf(
  context: PluginContext<WechatPaySettings>,
  { identity, ask, read }: { readonly identity: MerchantIdentity; readonly ask: AskWechatPay; readonly read: ReadTrade },
): ScannedCode | undefined {
  const { settings } = context;
  if (settings.methods?.includes('paymentCode') !== true) return undefined;
  const book = createReverseBook(context);
  if (settings.scannedCodeInterface === 'v3') return createScannedCode(context, scannedCodeV3(settings, identity, ask, read), book);
  if (settings.apiV2Key === undefined) throw new Error('settings.apiV2Key is needed for scanned codes');
  const isOverTls = [settings.baseUrl ?? MAIN_URL, settings.disasterRecoveryUrl ?? ''].some((url) => url.startsWith('https:'));
  if (isOverTls && settings.merchantCertificatePem === undefined) throw new Error('settings.merchantCertificatePem is needed to reverse scanned codes');
  return createScannedCode(context, scannedCodeV2(settings, createV2Wire(context, settings.apiV2Key), read), book);
}
