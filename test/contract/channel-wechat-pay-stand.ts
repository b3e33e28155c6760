import type { WechatPaySettings } from '@hospay/channel-wechat-pay';
import type { PaymentReference, PluginStore, RefundRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { TestContext } from 'node:test';

import type { MerchantCredentials } from '../simulators/wechat-pay/merchant-credentials.js';
import { startWechatPaySimulator, type WechatPaySimulator, type WechatPaySimulatorOptions } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { activateWechatPay, partnerSettings, type ActivatedWechatPay, type VerificationMode } from './channel-wechat-pay-subject.js';

export type Stand = ActivatedWechatPay & {
  readonly simulator: WechatPaySimulator;
  readonly store: PluginStore;
  /** The clock of both sides. */
  readonly clock: { atMs: number };
  /** A further plugin over the same simulator, and the same store unless told otherwise: a restart. */
  readonly again: (settings?: Partial<WechatPaySettings>, as?: { readonly isPartner?: boolean; readonly store?: PluginStore }) => Promise<ActivatedWechatPay>;
};

export type StandOptions = {
  readonly mode?: VerificationMode;
  readonly isPartner?: boolean;
  readonly settings?: Partial<WechatPaySettings> | ((credentials: MerchantCredentials) => Partial<WechatPaySettings>);
  readonly simulator?: WechatPaySimulatorOptions;
};

const EVERY_PLACED_METHOD = ['nativeQr', 'jsapi', 'miniProgram', 'app', 'h5'] as const;

/** The production plugin against a simulator of its own; the clock of both stands still unless the test moves it. */
export async function standOf(context: TestContext, { mode = 'publicKey', isPartner = false, settings, simulator: options }: StandOptions = {}): Promise<Stand> {
  const clock = { atMs: Date.now() };
  const now = (): Date => new Date(clock.atMs);
  const simulator = await startWechatPaySimulator({ notificationRetryGapsMs: [], billsReadyAtOnceForTests: true, now, ...options });
  context.after(() => simulator.stop());
  const store = createMemoryStore();
  const { merchantCredentials: credentials, baseUrl } = simulator;
  const again: Stand['again'] = async (change, as = {}) => {
    const plugin = await activateWechatPay({
      credentials,
      baseUrl,
      mode,
      now,
      store: as.store ?? store,
      settings: {
        methods: [...EVERY_PLACED_METHOD],
        miniProgramAppid: credentials.miniProgramAppId,
        mobileAppid: credentials.mobileAppId,
        ...((as.isPartner ?? isPartner) ? { partner: partnerSettings(credentials) } : {}),
        ...(typeof settings === 'function' ? settings(credentials) : settings),
        ...change,
      },
    });
    context.after(() => plugin.stop());
    return plugin;
  };
  return { ...(await again()), simulator, store, clock, again };
}

export function refundOf(payment: PaymentReference, refundNo: string, refundFen: number): RefundRequest {
  return { refundNo, submittedAt: payment.submittedAt, refundFen, reason: '退费', notifyUrl: 'http://127.0.0.1:9/notify', payment };
}

/** Beijing's day of the stand's clock. */
export function dayOf({ clock }: Pick<Stand, 'clock'>): string {
  return new Date(clock.atMs + 8 * 3_600_000).toISOString().slice(0, 10);
}
