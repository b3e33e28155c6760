/** The appliance with aggregated codes switched on: Alipay's own plugin before its simulator, and a wallet whose app tells who pays. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alipaySettings } from '../contract/channel-alipay-subject.js';
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { ApplianceUnderTest, type Profile } from './appliance-under-test.js';
import { writeAppWalletPlugin, type AppWallet } from './app-wallet-plugin.js';

export type CheckoutUnderTest = { readonly appliance: ApplianceUnderTest; readonly alipay: AlipaySimulator; readonly appWallet: AppWallet; stop(): Promise<void> };

export async function startCheckoutAppliance(): Promise<CheckoutUnderTest> {
  const alipay = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  const appliance = await ApplianceUnderTest.prepare();
  const appWallet = writeAppWalletPlugin(appliance.folder);
  const { sellerId, appPrivateKeyPem } = alipay.merchantCredentials;
  writeFileSync(join(appliance.dataFolder, 'secrets/alipay-key.pem'), appPrivateKeyPem, { mode: 0o600 });
  appliance.change((profile: Profile & { readonly http?: { readonly publicNotifyBaseUrl?: string }; readonly plugins: { readonly folders?: readonly string[] } }) => ({
    ...profile,
    hospital: { ...profile.hospital, merchants: [...profile.hospital.merchants, ...[sellerId, appWallet.merchantNo].map((merchantNo) => ({ merchantNo, name: '示范医院', campus: 'main' }))] },
    plugins: { ...profile.plugins, folders: [...(profile.plugins.folders ?? []), appWallet.pluginsFolder] },
    channels: [
      ...profile.channels,
      { id: 'alipay', plugin: 'alipay', merchantNo: sellerId, enabled: true, settings: { ...alipaySettings(alipay.merchantCredentials, 'certificate', alipay), appPrivateKeyPem: { secretFile: 'secrets/alipay-key.pem' } } },
      appWallet.channel,
    ],
    // The listener's own address stands in for the public one.
    checkout: { publicBaseUrl: profile.http?.publicNotifyBaseUrl, wallets: { wechat: ['app-wallet'], alipay: ['alipay'] }, quoteReuseSeconds: 5 },
  }));
  await appliance.startCore();
  return {
    appliance, alipay, appWallet,
    async stop() {
      await appliance.stop();
      await alipay.stop();
    },
  };
}
