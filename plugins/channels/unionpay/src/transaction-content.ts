import { beijingStamp, type ChargeRequest, type PaymentMethod, type PaymentReference, type RefundRequest } from '@hospay/plugin-sdk';

import { plainValue, type Fields } from './fields.js';
import { NO_NOTIFICATION_URL, PAYMENT_CODE_PREFIXES, UNIONPAY_METHODS, type UnionpaySettings } from './settings.js';
import { identityOf, identityOfRefund, isOrderId, type TransactionIdentity } from './transaction-identity.js';

export type UnionpayMethod = (typeof UNIONPAY_METHODS)[number];

type Product = { readonly to: 'back' | 'front' | 'app'; readonly txnSubType: string; readonly bizType: string; readonly channelType: '07' | '08' };

/** How each method is asked for. Pages are only signed here: the patient's browser carries them to UnionPay. */
export const PRODUCTS: Readonly<Record<UnionpayMethod, Product>> = {
  nativeQr: { to: 'back', txnSubType: '07', bizType: '000000', channelType: '08' },
  paymentCode: { to: 'back', txnSubType: '06', bizType: '000000', channelType: '08' },
  webPage: { to: 'front', txnSubType: '01', bizType: '000201', channelType: '07' },
  h5: { to: 'front', txnSubType: '01', bizType: '000201', channelType: '08' },
  app: { to: 'app', txnSubType: '01', bizType: '000201', channelType: '08' },
};

export function asUnionpayMethod(method: PaymentMethod): UnionpayMethod | undefined {
  return UNIONPAY_METHODS.find((known) => known === method);
}

/** Why a charge cannot be sent; such a request never leaves. */
export function whatIsMissing(settings: UnionpaySettings, request: ChargeRequest, method: UnionpayMethod): string | undefined {
  if (!isOrderId(request.tradeNo)) return 'UnionPay takes numbers of 8 to 40 letters and digits only';
  if (method === 'paymentCode' && !isPaymentCode(settings, request.authCode)) return 'the scanned code is no payment code of UnionPay';
  if (PRODUCTS[method].to === 'front' && (request.returnUrl ?? settings.frontUrl) === undefined) return 'a page needs an address to return to (returnUrl, or settings.frontUrl)';
  return undefined;
}

/** The codes of other wallets begin otherwise: a wrong one must not reach UnionPay. */
function isPaymentCode(settings: UnionpaySettings, code = ''): boolean {
  return /^\d{16,24}$/.test(code) && (settings.paymentCodePrefixes ?? PAYMENT_CODE_PREFIXES).some((prefix) => code.startsWith(prefix));
}

/** Consume (消费, 01): the same fields for every repeat of the same request. */
export function chargeFields(settings: UnionpaySettings, request: ChargeRequest, method: UnionpayMethod): Fields {
  return {
    ...identityOf(request),
    ...typeOf('01', method),
    txnAmt: String(request.amountFen),
    currencyCode: '156',
    backUrl: backUrl(settings, request.notifyUrl),
    riskRateInfo: `{commodityName=${plainValue(request.description)}}`,
    ...methodFields(settings, request, method),
  };
}

function methodFields(settings: UnionpaySettings, request: ChargeRequest, method: UnionpayMethod): Fields {
  // UnionPay knows no close: after this time it refuses to be paid, and only that makes an unpaid order unpayable.
  const payTimeout = beijingStamp(request.expiresAt);
  switch (method) {
    case 'paymentCode':
      return { qrNo: request.authCode ?? '', termId: settings.termId ?? '' };
    case 'webPage':
    case 'h5':
      return { frontUrl: request.returnUrl ?? settings.frontUrl ?? '', payTimeout };
    case 'nativeQr':
    case 'app':
      return { payTimeout };
  }
}

/** What became of a transaction; asked with its own identity. */
export function queryFields({ orderId, txnTime }: TransactionIdentity, bizType: string): Fields {
  return { orderId, txnTime, txnType: '00', txnSubType: '00', bizType };
}

/** Reversal (冲正, 99) of a scanned code whose result is unknown: under the identity of the payment itself. */
export function reversalFields(payment: PaymentReference): Fields {
  return { ...identityOf(payment), txnType: '99', txnSubType: '01', bizType: PRODUCTS.paymentCode.bizType, channelType: PRODUCTS.paymentCode.channelType };
}

/** Undo (消费撤销, 31) or refund (退货, 04) of a payment UnionPay named by `origQryId`. The payment's number goes along, to come back with the notification. */
export function refundFields(settings: UnionpaySettings, request: RefundRequest, { txnType, origQryId }: { readonly txnType: '31' | '04'; readonly origQryId: string }): Fields {
  const { bizType, channelType } = productOf(request.payment);
  return {
    ...identityOfRefund(request),
    txnType,
    txnSubType: '00',
    bizType,
    channelType,
    origQryId,
    txnAmt: String(request.refundFen),
    currencyCode: '156',
    backUrl: backUrl(settings, request.notifyUrl),
    reqReserved: request.payment.tradeNo,
  };
}

/** Which product a payment was made with, as everything about it must say again. */
export function productOf({ method }: Pick<PaymentReference, 'method'>): Product {
  return PRODUCTS[asUnionpayMethod(method) ?? 'nativeQr'];
}

function typeOf(txnType: string, method: UnionpayMethod): Fields {
  const { txnSubType, bizType, channelType } = PRODUCTS[method];
  return { txnType, txnSubType, bizType, channelType };
}

/** `notifyUrl` as the platform names it: whole, or a path below the configured public address. The field is mandatory at UnionPay. */
function backUrl(settings: UnionpaySettings, asked: string | undefined): string {
  const base = settings.notifyBaseUrl?.replace(/\/$/, '');
  const whole = asked?.startsWith('/') === true ? (base === undefined ? undefined : `${base}${asked}`) : (asked ?? base);
  return whole ?? settings.backUrlWithoutNotification ?? NO_NOTIFICATION_URL;
}
