import { billAnswer, emptyAnswer, jsonAnswer, type Answer } from './api-answer.js';
import { invalidRequest, orderDoesNotExist, parameterRefusal, resourceDoesNotExist } from './api-refusal.js';
import type { BillDesk } from './bill-desk.js';
import { chinaRfc3339 } from './china-time.js';
import type { ApiOperation } from './fault-rules.js';
import { readBody } from './field-reader.js';
import type { PlatformKeys } from './merchant-credentials.js';
import type { MedInsBook } from './med-ins-book.js';
import type { OrderBook } from './order-book.js';
import { describeParties, isOfMode, readParties, refuseOtherParties, type ApiMode } from './order-parties.js';
import type { SigningMode } from './platform-signature.js';
import { readCodepay, refusalOfScanned } from './codepay-request.js';
import { describeRefund, type RefundBook } from './refund-book.js';
import type { ArrivedRequest } from './request-signature.js';
import type { ScannedCodeDesk } from './scanned-code-desk.js';
import { sealResource } from './sealed-resource.js';
import type { TradeType } from './simulated-records.js';

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
  readonly desk: ScannedCodeDesk;
  readonly medIns: MedInsBook;
  /** After a refund was accepted: its settlement must be timed. */
  readonly onRefundAccepted: () => void;
};

type Route = {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** `name` is the path's variable part, decoded. */
  readonly call: (arrived: ArrivedCall, name: string) => ApiCall;
};

/** The last part of the path an order is placed under, and what it makes. */
const PLACED_UNDER = {
  native: ['nativeOrder', 'NATIVE'],
  jsapi: ['jsapiOrder', 'JSAPI'],
  app: ['appOrder', 'APP'],
  h5: ['h5Order', 'MWEB'],
} as const satisfies Readonly<Record<string, readonly [ApiOperation, TradeType]>>;

/** The operations of the API by method and path. */
export class ApiRoutes {
  readonly #options: ApiRoutesOptions;
  readonly #routes: readonly Route[];

  constructor(options: ApiRoutesOptions) {
    this.#options = options;
    const { bills } = options;
    this.#routes = [
      ...(['merchant', 'partner'] as const).flatMap((mode) => this.#transactionRoutes(mode)),
      { method: 'POST', path: /^\/v3\/refund\/domestic\/refunds$/, call: (arrived) => this.#refunding(arrived) },
      { method: 'GET', path: /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/, call: (arrived, name) => this.#queryingRefund(arrived, name) },
      { method: 'POST', path: /^\/v3\/med-ins\/orders$/, call: (arrived) => this.#placingMedIns(arrived) },
      { method: 'GET', path: /^\/v3\/med-ins\/orders\/mix-trade-no\/([^/]+)$/, call: (arrived, name) => this.#queryingMedIns(arrived, { mixTradeNo: name }) },
      { method: 'GET', path: /^\/v3\/med-ins\/orders\/out-trade-no\/([^/]+)$/, call: (arrived, name) => this.#queryingMedIns(arrived, { outTradeNo: name }) },
      { method: 'POST', path: /^\/v3\/med-ins\/refunds\/notify$/, call: (arrived) => this.#tellingMedInsRefund(arrived) },
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
      {
        method: 'GET',
        path: /^\/v3\/bill\/sub-merchant-fundflowbill$/,
        call: ({ query, origin }) => general('subMerchantFundFlowBill', () => jsonAnswer({ ...bills.subMerchantFundFlowBill(query, origin) })),
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

  /** The same operations twice: an ordinary merchant's, and under `/partner` a service provider's. */
  #transactionRoutes(mode: ApiMode): readonly Route[] {
    const base = `^/v3/pay/${mode === 'partner' ? 'partner/' : ''}transactions`;
    const placing = Object.entries(PLACED_UNDER).map(([last, [operation, tradeType]]): Route => ({ method: 'POST', path: new RegExp(`${base}/${last}$`), call: (arrived) => this.#placing(operation, tradeType, mode, arrived) }));
    return [
      ...placing,
      { method: 'POST', path: new RegExp(`${base}/codepay$`), call: (arrived) => this.#chargingCode(mode, arrived) },
      { method: 'POST', path: new RegExp(`${base}/out-trade-no/([^/]+)/reverse$`), call: (arrived, name) => this.#reversing(mode, arrived, name) },
      { method: 'GET', path: new RegExp(`${base}/out-trade-no/([^/]+)$`), call: (arrived, name) => this.#querying(mode, arrived, name) },
      { method: 'GET', path: new RegExp(`${base}/id/([^/]+)$`), call: (arrived, name) => this.#queryingTransaction(mode, arrived, name) },
      { method: 'POST', path: new RegExp(`${base}/out-trade-no/([^/]+)/close$`), call: (arrived, name) => this.#closing(mode, arrived, name) },
    ];
  }

  #placing(operation: ApiOperation, tradeType: TradeType, mode: ApiMode, { text, mode: signingMode }: ArrivedCall): ApiCall {
    const execute = (): Answer => {
      const { code } = this.#options.orders.place({ tradeType, mode, body: text, signingMode });
      if (tradeType === 'NATIVE') return jsonAnswer({ code_url: `weixin://wxpay/bizpayurl?pr=${code}` });
      return jsonAnswer(tradeType === 'MWEB' ? { h5_url: `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${code}&package=2150917749` } : { prepay_id: code });
    };
    return { operation, ...numbersIn(text), execute };
  }

  #querying(mode: ApiMode, { query }: ArrivedCall, outTradeNo: string): ApiCall {
    const execute = (): Answer => {
      const { orders, keys } = this.#options;
      refuseOtherParties((name) => query.get(name), 'query', mode, keys.merchantCredentials);
      const order = orders.find(outTradeNo);
      if (order === undefined || !isOfMode(order, mode)) throw orderDoesNotExist();
      return jsonAnswer(orders.describe(order, order.payments[0]));
    };
    return { operation: 'queryOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #queryingTransaction(mode: ApiMode, { query }: ArrivedCall, transactionId: string): ApiCall {
    const { orders, keys } = this.#options;
    const execute = (): Answer => {
      refuseOtherParties((name) => query.get(name), 'query', mode, keys.merchantCredentials);
      const order = orders.findByTransaction(transactionId);
      const payment = order?.payments.find((candidate) => candidate.transactionId === transactionId);
      if (order === undefined || payment === undefined || !isOfMode(order, mode)) throw orderDoesNotExist();
      return jsonAnswer(orders.describe(order, payment));
    };
    const outTradeNo = orders.findByTransaction(transactionId)?.outTradeNo;
    return { operation: 'queryOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #closing(mode: ApiMode, { text }: ArrivedCall, outTradeNo: string): ApiCall {
    const execute = (): Answer => {
      const body = readBody(text);
      refuseOtherParties((name) => body.text(name, { max: 32 }), 'body', mode, this.#options.keys.merchantCredentials);
      this.#options.orders.close(outTradeNo, mode);
      return emptyAnswer();
    };
    return { operation: 'closeOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #chargingCode(mode: ApiMode, { text, mode: signingMode }: ArrivedCall): ApiCall {
    const { desk, orders, keys } = this.#options;
    const execute = (): Answer => {
      const outcome = desk.charge(readCodepay({ mode, body: text, signingMode }, keys.merchantCredentials));
      if (outcome.kind === 'refused') throw refusalOfScanned(outcome.code);
      return jsonAnswer(orders.describe(outcome.order, outcome.order.payments[0]));
    };
    return { operation: 'codepay', ...numbersIn(text), execute };
  }

  #reversing(mode: ApiMode, { text }: ArrivedCall, outTradeNo: string): ApiCall {
    const { desk, keys } = this.#options;
    const execute = (): Answer => {
      const parties = readParties(readBody(text), mode, keys.merchantCredentials);
      const outcome = desk.reverse(outTradeNo, (order) => isOfMode(order, mode));
      if (outcome === 'noSuchOrder') throw orderDoesNotExist();
      if (outcome !== 'done') throw invalidRequest(`订单不能撤销：${outcome}`);
      return jsonAnswer({ ...describeParties(parties, keys.merchantCredentials), out_trade_no: outTradeNo });
    };
    return { operation: 'reverse', outTradeNo, outRefundNo: undefined, execute };
  }

  #refunding({ text, mode }: ArrivedCall): ApiCall {
    const execute = (): Answer => {
      const refund = this.#options.refunds.request({ body: text, signingMode: mode });
      this.#options.onRefundAccepted();
      return jsonAnswer(describeRefund(refund));
    };
    return { operation: 'refund', ...numbersIn(text), execute };
  }

  #queryingRefund({ query }: ArrivedCall, outRefundNo: string): ApiCall {
    const { refunds } = this.#options;
    const execute = (): Answer => {
      const refund = refunds.find(outRefundNo);
      if (refund === undefined || (refund.subMerchantId ?? null) !== query.get('sub_mchid')) throw resourceDoesNotExist('退款单不存在');
      return jsonAnswer(describeRefund(refund));
    };
    return { operation: 'queryRefund', outTradeNo: refunds.find(outRefundNo)?.outTradeNo, outRefundNo, execute };
  }

  /** Names and numbers of persons are encrypted, so the request must say with which key. */
  #placingMedIns({ text, mode, headers }: ArrivedCall): ApiCall {
    const { medIns } = this.#options;
    const execute = (): Answer => {
      if (headers['wechatpay-serial'] === undefined) throw parameterRefusal('Http头缺少Wechatpay-Serial', { field: 'Wechatpay-Serial', location: 'header' });
      return jsonAnswer(medIns.describe(medIns.place({ body: text, mode })));
    };
    return { operation: 'medInsOrder', ...numbersIn(text), execute };
  }

  #queryingMedIns({ query }: ArrivedCall, by: { readonly mixTradeNo: string } | { readonly outTradeNo: string }): ApiCall {
    const { medIns } = this.#options;
    const execute = (): Answer => jsonAnswer(medIns.describe(medIns.find(by, query.get('sub_mchid') ?? undefined)));
    return { operation: 'queryMedInsOrder', outTradeNo: 'outTradeNo' in by ? by.outTradeNo : undefined, outRefundNo: undefined, execute };
  }

  #tellingMedInsRefund({ text, query }: ArrivedCall): ApiCall {
    const execute = (): Answer => {
      this.#options.medIns.takeRefundNotice(query.get('mix_trade_no') ?? '', text);
      return emptyAnswer();
    };
    return { operation: 'medInsRefundNotice', ...numbersIn(text), execute };
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
