import { beijingTime, type ChargeRequest, fen, type PaymentMethod, type RefundRequest, yuanFromFen } from '@hospay/plugin-sdk';

import type { AlipaySettings } from './settings.js';

/** How each method is asked for at Alipay. The last three are only signed here and opened by the patient. */
export const OPERATIONS = {
  nativeQr: { method: 'alipay.trade.precreate', product: 'FACE_TO_FACE_PAYMENT' },
  paymentCode: { method: 'alipay.trade.pay', product: 'FACE_TO_FACE_PAYMENT' },
  jsapi: { method: 'alipay.trade.create', product: 'JSAPI_PAY' },
  miniProgram: { method: 'alipay.trade.create', product: 'JSAPI_PAY' },
  h5: { method: 'alipay.trade.wap.pay', product: 'QUICK_WAP_WAY' },
  webPage: { method: 'alipay.trade.page.pay', product: 'FAST_INSTANT_TRADE_PAY' },
  app: { method: 'alipay.trade.app.pay', product: 'QUICK_MSECURITY_PAY' },
} as const satisfies Partial<Record<PaymentMethod, { readonly method: string; readonly product: string }>>;

export type AlipayMethod = keyof typeof OPERATIONS;

export const ALIPAY_METHODS: readonly AlipayMethod[] = ['nativeQr', 'paymentCode', 'jsapi', 'miniProgram', 'h5', 'webPage', 'app'];

/** Alipay wants at least a minute to be left; a scanned code is undone by us when the platform gives it up. */
const SHORTEST_CODE_LIFE_MS = 120_000;

/** `biz_content` of an order: the same text for every repeat of the same request. */
export function orderContent(settings: AlipaySettings, request: ChargeRequest, method: AlipayMethod): object {
  return {
    out_trade_no: request.tradeNo,
    total_amount: yuanFromFen(fen(request.amountFen)),
    subject: subjectOf(request.description),
    product_code: OPERATIONS[method].product,
    seller_id: settings.sellerId,
    time_expire: beijingTime(new Date(payableUntil(request, method))),
    ...(request.terminalId === undefined ? {} : { terminal_id: request.terminalId.slice(0, 32) }),
    ...(request.operatorId === undefined ? {} : { operator_id: request.operatorId.slice(0, 28) }),
    ...(settings.storeId === undefined ? {} : { store_id: settings.storeId }),
    ...methodContent(settings, request, method),
  };
}

function payableUntil({ submittedAt, expiresAt }: ChargeRequest, method: AlipayMethod): number {
  const end = Date.parse(expiresAt);
  return method === 'paymentCode' ? Math.max(end, Date.parse(submittedAt) + SHORTEST_CODE_LIFE_MS) : end;
}

function methodContent(settings: AlipaySettings, request: ChargeRequest, method: AlipayMethod): object {
  switch (method) {
    case 'paymentCode':
      return { scene: 'bar_code', auth_code: request.authCode ?? '' };
    case 'jsapi':
    case 'miniProgram': {
      const payerId = request.payerId ?? '';
      const payer = /^2088\d{12}$/.test(payerId) ? { buyer_id: payerId } : { buyer_open_id: payerId };
      return { ...payer, ...(method === 'miniProgram' && settings.miniProgramAppId !== undefined ? { op_app_id: settings.miniProgramAppId } : {}) };
    }
    case 'h5':
      return request.returnUrl === undefined ? {} : { quit_url: request.returnUrl };
    case 'nativeQr':
    case 'webPage':
    case 'app':
      return {};
  }
}

/** What a charge of this method lacks; such a request never leaves. */
export function whatIsMissing(request: ChargeRequest, method: AlipayMethod): string | undefined {
  if (method === 'paymentCode' && !/^(2[5-9]|30)\d{14,22}$/.test(request.authCode ?? '')) return 'the scanned code is no payment code of Alipay';
  if ((method === 'jsapi' || method === 'miniProgram') && (request.payerId ?? '') === '') return "the payer's id at Alipay is missing";
  return undefined;
}

export function refundContent(request: RefundRequest): object {
  return {
    out_trade_no: request.payment.tradeNo,
    out_request_no: request.refundNo,
    refund_amount: yuanFromFen(fen(request.refundFen)),
    refund_reason: subjectOf(request.reason),
    ...(request.operatorId === undefined ? {} : { operator_id: request.operatorId.slice(0, 28) }),
  };
}

/** Alipay refuses `/`, `=` and `&` in titles. */
function subjectOf(text: string): string {
  return text.replace(/[/=&]/g, ' ');
}
