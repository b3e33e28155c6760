import { beijingRfc3339, type ChargeRequest, type PaymentMethod, type RefundRequest } from '@hospay/plugin-sdk';

import type { MerchantIdentity } from './merchant-identity.js';
import type { WechatPaySettings } from './settings.js';

/** Methods whose order is placed first and paid later, by the last part of the path it is placed under. */
export const PLACED_UNDER = { nativeQr: 'native', jsapi: 'jsapi', miniProgram: 'jsapi', app: 'app', h5: 'h5' } as const satisfies Partial<Record<PaymentMethod, string>>;
export type PlacedMethod = keyof typeof PLACED_UNDER;

/** `notify_url` is mandatory at WeChat Pay; a hospital nobody can reach from outside names this one, and queries decide. */
const NOBODY_THERE_URL = 'https://notify.invalid/hospay';

export function isPlaced(method: PaymentMethod): method is PlacedMethod {
  return Object.hasOwn(PLACED_UNDER, method);
}

/** What a charge of this method lacks; such a request never leaves. */
export function whatIsMissing({ payerId, clientIp }: ChargeRequest, method: PlacedMethod): string | undefined {
  if ((method === 'jsapi' || method === 'miniProgram') && (payerId ?? '') === '') return "the payer's open id is missing";
  return method === 'h5' && (clientIp ?? '') === '' ? "the address of the payer's browser is missing" : undefined;
}

/** The body of an order: the same bytes for every repeat of the same request, because WeChat Pay refuses a repeat with other parameters. */
export function orderContent(settings: WechatPaySettings, identity: MerchantIdentity, request: ChargeRequest, method: PlacedMethod): object {
  const scene = sceneOf(settings, request, method);
  return {
    ...identity.orderIds(method),
    description: request.description,
    out_trade_no: request.tradeNo,
    time_expire: beijingRfc3339(request.expiresAt),
    notify_url: notificationAddress(settings, request.notifyUrl),
    amount: { total: request.amountFen, currency: 'CNY' },
    ...(method === 'jsapi' || method === 'miniProgram' ? { payer: identity.payer(request.payerId ?? '', method) } : {}),
    ...(scene === undefined ? {} : { scene_info: scene }),
  };
}

/** Comes back with every word about an order: this one is the cash part of a mixed payment, and proves nothing by itself. */
export const MIXED_ATTACH = 'med-ins-mixed';

/** The cash order of 医保混合收款. */
export function mixedCashContent(settings: WechatPaySettings, identity: MerchantIdentity, request: ChargeRequest & { readonly method: 'jsapi' | 'miniProgram' }): Record<string, unknown> {
  return { ...orderContent(settings, identity, request, request.method), attach: MIXED_ATTACH };
}

/** Where notifications go; a mandatory field even when nobody can be reached. */
export function notificationAddress(settings: WechatPaySettings, asked: string | undefined): string {
  return notifyUrl(settings, asked) ?? NOBODY_THERE_URL;
}

function sceneOf({ h5 }: WechatPaySettings, { clientIp, terminalId }: ChargeRequest, method: PlacedMethod): object | undefined {
  if (clientIp === undefined) return undefined;
  const page = { type: h5?.type ?? 'Wap', ...(h5?.appName === undefined ? {} : { app_name: h5.appName }), ...(h5?.appUrl === undefined ? {} : { app_url: h5.appUrl }) };
  return {
    payer_client_ip: clientIp,
    ...(terminalId === undefined ? {} : { device_id: terminalId.slice(0, 32) }),
    ...(method === 'h5' ? { h5_info: page } : {}),
  };
}

export function refundContent(settings: WechatPaySettings, identity: MerchantIdentity, request: RefundRequest): object {
  const notify = notifyUrl(settings, request.notifyUrl);
  return {
    ...identity.refundIds,
    out_trade_no: request.payment.tradeNo,
    out_refund_no: request.refundNo,
    reason: request.reason,
    ...(notify === undefined ? {} : { notify_url: notify }),
    amount: { refund: request.refundFen, total: request.payment.amountFen, currency: 'CNY' },
  };
}

/** A path is completed with the configured public address; a whole address is used as it is. */
function notifyUrl(settings: WechatPaySettings, asked: string | undefined): string | undefined {
  const base = settings.notifyBaseUrl?.replace(/\/$/, '');
  if (asked === undefined) return base;
  if (!asked.startsWith('/')) return asked;
  return base === undefined ? undefined : `${base}${asked}`;
}
