/** The appliance with aggregated codes switched on: the production plugins of three wallets before their simulators. */
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { startUnionPaySimulator, type UnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';
import { USER_AGENTS } from '../contract/checkout-stand.js';
import type { ApplianceUnderTest } from './appliance-under-test.js';
import { alipayChannel, unionpayChannel, wechatChannel } from './configured-channels.js';
import { prepareAppliance } from './prepare-appliance.js';

export type CheckoutUnderTest = { readonly appliance: ApplianceUnderTest; readonly alipay: AlipaySimulator; readonly unionpay: UnionPaySimulator; stop(): Promise<void> };

export async function startCheckoutAppliance(): Promise<CheckoutUnderTest> {
  const alipay = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  const unionpay = await startUnionPaySimulator({ notificationRetryGapsMs: [300, 1_000] });
  const { appliance } = await prepareAppliance(({ wechat, notifyBaseUrl }, secret) => ({
    channels: [wechatChannel('wechat', wechat, secret, { methods: ['nativeQr', 'jsapi'] }), alipayChannel(alipay, secret), unionpayChannel(unionpay, secret)],
    // The listener's own address stands in for the public one.
    more: { checkout: { publicBaseUrl: notifyBaseUrl, wallets: { wechat: ['wechat'], alipay: ['alipay'], unionpay: ['unionpay'] }, quoteReuseSeconds: 5 } },
  }));
  await appliance.startCore();
  return {
    appliance, alipay, unionpay,
    async stop() {
      await appliance.stop();
      await Promise.all([alipay.stop(), unionpay.stop()]);
    },
  };
}

/** WeChat's own page (网页授权), opened by WeChat's browser: the address it sends the browser back to. */
export async function backFromWechat(authorizeUrl: string): Promise<string> {
  const answer = await fetch(authorizeUrl, { redirect: 'manual', headers: { 'user-agent': USER_AGENTS.wechat } });
  return answer.headers.get('location') ?? '';
}
