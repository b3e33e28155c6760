import { billAnswer, emptyAnswer, jsonAnswer, type Answer } from './api-answer.js';
import { invalidRequest, orderDoesNotExist, parameterRefusal, resourceDoesNotExist } from './api-refusal.js';
import type { BillDesk } from './bill-desk.js';
import { chinaRfc3339 } from './china-time.js';
import type { ApiOperation } from './fault-rules.js';
import { readBody } from './field-reader.js';
import type { PlatformKeys } from './merchant-credentials.js';
import type { OrderBook } from './order-book.js';
import type { SigningMode } from './platform-signature.js';
import { describeRefund, type RefundBook } from './refund-book.js';
import type { ArrivedRequest } from './request-signature.js';
import { sealResource } from './sealed-resource.js';

/** A request that found its operation. The numbers are what a fault may be aimed at. */
export type ApiCall = {
  readonly operation: ApiOperation;
  readonly outTradeNo: string | undefined;
  readonly outRefundNo: string | undefined;
  /** Does it, once; throws `ApiRefusal` when the rules forbid it. */
  readonly execute: () => Answer;
};

/** A request taken apart. `origin` is the address the merchant used, for links in answers. */
export type ArrivedCall = ArrivedRequest & {
  readonly mode: SigningMode;
  readonly text: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string;
};

export type ApiRoutesOptions = {
  readonly keys: PlatformKeys;
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly bills: BillDesk;
  /** After a refund was accepted: its settlement must be timed. */
  readonly onRefundAccepted: () => void;
};

type Route = {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** `name` is the path's variable part, decoded. */
  readonly call: (arrived: ArrivedCall, name: string) => ApiCall;
};

/** The operations of the API by method and path. */
export class ApiRoutes {
  readonly #options: ApiRoutesOptions;
  readonly #routes: readonly Route[];

  constructor(options: ApiRoutesOptions) {
    this.#options = options;
    const { bills } = options;
    this.#routes = [
      { method: 'POST', path: /^\/v3\/pay\/transactions\/native$/, call: (arrived) => this.#placing('nativeOrder', arrived) },
      { method: 'POST', path: /^\/v3\/pay\/transactions\/jsapi$/, call: (arrived) => this.#placing('jsapiOrder', arrived) },
      { method: 'GET', path: /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)$/, call: (arrived, name) => this.#querying(arrived, name) },
      { method: 'GET', path: /^\/v3\/pay\/transactions\/id\/([^/]+)$/, call: (arrived, name) => this.#queryingTransaction(arrived, name) },
      { method: 'POST', path: /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/close$/, call: (arrived, name) => this.#closing(arrived, name) },
      { method: 'POST', path: /^\/v3\/refund\/domestic\/refunds$/, call: (arrived) => this.#refunding(arrived) },
      { method: 'GET', path: /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/, call: (_arrived, name) => this.#queryingRefund(name) },
      { method: 'GET', path: /^\/v3\/certificates$/, call: ({ query }) => general('certificates', () => this.#certificates(query)) },
      {
        method: 'GET',
        path: /^\/v3\/bill\/tradebill$/,
        call: ({ query, origin }) => general('tradeBill', () => jsonAnswer({ ...bills.tradeBill(query, origin) })),
      },
      {
        method: 'GET',
        path: /^\/v3\/bill\/fundflowbill$/,
        call: ({ query, origin }) => general('fundFlowBill', () => jsonAnswer({ ...bills.fundFlowBill(query, origin) })),
      },
      { method: 'GET', path: /^\/v3\/billdownload\/file$/, call: ({ query }) => general('downloadBill', () => billAnswer(bills.download(query))) },
    ];
  }

  /** The operation a request asks for; refuses an unknown path. */
  find(arrived: ArrivedCall): ApiCall {
    for (const { method, path, call } of this.#routes) {
      const match = method === arrived.method ? path.exec(arrived.path) : null;
      if (match !== null) return call(arrived, decoded(match[1] ?? ''));
    }
    throw resourceDoesNotExist('请求的接口不存在');
  }

  #placing(operation: 'nativeOrder' | 'jsapiOrder', { text, mode }: ArrivedCall): ApiCall {
    const tradeType = operation === 'nativeOrder' ? 'NATIVE' : 'JSAPI';
    const execute = (): Answer => {
      const { code } = this.#options.orders.place({ tradeType, body: text, signingMode: mode });
      return jsonAnswer(tradeType === 'NATIVE' ? { code_url: `weixin://wxpay/bizpayurl?pr=${code}` } : { prepay_id: code });
    };
    return { operation, ...numbersIn(text), execute };
  }

  #querying({ query }: ArrivedCall, outTradeNo: string): ApiCall {
    const execute = (): Answer => {
      this.#refuseOtherMerchant(query.get('mchid'), 'query');
      const { orders } = this.#options;
      const order = orders.find(outTradeNo);
      if (order === undefined) throw orderDoesNotExist();
      return jsonAnswer(orders.describe(order, order.payments[0]));
    };
    return { operation: 'queryOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #queryingTransaction({ query }: ArrivedCall, transactionId: string): ApiCall {
    const { orders } = this.#options;
    const execute = (): Answer => {
      this.#refuseOtherMerchant(query.get('mchid'), 'query');
      const order = orders.findByTransaction(transactionId);
      const payment = order?.payments.find((candidate) => candidate.transactionId === transactionId);
      if (order === undefined || payment === undefined) throw orderDoesNotExist();
      return jsonAnswer(orders.describe(order, payment));
    };
    const outTradeNo = orders.findByTransaction(transactionId)?.outTradeNo;
    return { operation: 'queryOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #closing({ text }: ArrivedCall, outTradeNo: string): ApiCall {
    const execute = (): Answer => {
      this.#refuseOtherMerchant(readBody(text).text('mchid', { max: 32 }), 'body');
      this.#options.orders.close(outTradeNo);
      return emptyAnswer();
    };
    return { operation: 'closeOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #refunding({ text, mode }: ArrivedCall): ApiCall {
    const execute = (): Answer => {
      const refund = this.#options.refunds.request({ body: text, signingMode: mode });
      this.#options.onRefundAccepted();
      return jsonAnswer(describeRefund(refund));
    };
    return { operation: 'refund', ...numbersIn(text), execute };
  }

  #queryingRefund(outRefundNo: string): ApiCall {
    const { refunds } = this.#options;
    const execute = (): Answer => {
      const refund = refunds.find(outRefundNo);
      if (refund === undefined) throw resourceDoesNotExist('退款单不存在');
      return jsonAnswer(describeRefund(refund));
    };
    return { operation: 'queryRefund', outTradeNo: refunds.find(outRefundNo)?.outTradeNo, outRefundNo, execute };
  }

  #certificates(query: URLSearchParams): Answer {
    const algorithm = query.get('algorithm_type');
    if (algorithm !== null && algorithm !== 'RSA' && algorithm !== 'ALL') {
      throw parameterRefusal('algorithm_type 取值不在允许范围内', { field: '/algorithm_type', value: algorithm, location: 'query' });
    }
    const { merchantCredentials: { apiV3Key }, platformCertificates } = this.#options.keys;
    const data = platformCertificates.map(({ serial, certificatePem, validFrom, validTo }) => ({
      serial_no: serial,
      effective_time: chinaRfc3339(validFrom),
      expire_time: chinaRfc3339(validTo),
      encrypt_certificate: sealResource({ plaintext: certificatePem, apiV3Key, associatedData: 'certificate' }),
    }));
    return jsonAnswer({ data });
  }

  #refuseOtherMerchant(mchid: string | null, location: 'query' | 'body'): void {
    if (mchid === this.#options.keys.merchantCredentials.merchantId) return;
    throw parameterRefusal('商户号与签名使用的商户号不一致', { field: '/mchid', value: mchid ?? '', location });
  }
}

function general(operation: ApiOperation, execute: () => Answer): ApiCall {
  return { operation, outTradeNo: undefined, outRefundNo: undefined, execute };
}

/** The numbers in a body, read without judging it: the operation judges it. */
function numbersIn(text: string): { outTradeNo: string | undefined; outRefundNo: string | undefined } {
  const read = (name: string): string | undefined => new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(text)?.[1];
  return { outTradeNo: read('out_trade_no'), outRefundNo: read('out_refund_no') };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidRequest('URL 编码不合法');
  }
}
