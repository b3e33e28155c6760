import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TextDecoder } from 'node:util';

import { ApiRefusal, invalidRequest, orderDoesNotExist, parameterRefusal, PRECISE_CODE, resourceDoesNotExist } from './api-refusal.js';
import type { BillDesk } from './bill-desk.js';
import { chinaRfc3339 } from './china-time.js';
import type { ApiFault, ApiOperation, FaultRules, ServerErrorStatus } from './fault-rules.js';
import { readBody } from './field-reader.js';
import type { PlatformKeys } from './merchant-credentials.js';
import type { OrderBook } from './order-book.js';
import { platformSignatureHeaders, type SignatureFlaw, type SigningMode } from './platform-signature.js';
import { describeRefund, type RefundBook } from './refund-book.js';
import type { ArrivedRequest, RequestVerifier } from './request-signature.js';
import { sealResource } from './sealed-resource.js';

/** What an operation answers before it is signed. Raw bytes (bill files) are never signed. */
type Answer = {
  readonly status: number;
  readonly preciseCode: number;
  readonly content:
    | { readonly kind: 'json'; readonly value: Record<string, unknown> }
    | { readonly kind: 'empty' }
    | { readonly kind: 'unsignedBytes'; readonly bytes: Buffer; readonly type: string };
};

/** A request that found its operation. */
type Call = {
  readonly operation: ApiOperation;
  readonly outTradeNo: string | undefined;
  readonly outRefundNo: string | undefined;
  readonly execute: () => Answer;
};

type Arrived = ArrivedRequest & { readonly text: string; readonly path: string; readonly query: URLSearchParams; readonly origin: string };

export type MerchantApiOptions = {
  readonly keys: PlatformKeys;
  readonly verifier: RequestVerifier;
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly bills: BillDesk;
  readonly faults: FaultRules;
  readonly now: () => Date;
  /** Resolves after the delay; never, when the simulator stops first. */
  readonly wait: (delayMs: number) => Promise<void>;
  /** After a refund was accepted: its settlement must be timed. */
  readonly onRefundAccepted: () => void;
  /** Makes the payer pay this order, or the refund settle, and waits until its notification was attempted. */
  readonly notifyNow: (call: { outTradeNo: string | undefined; outRefundNo: string | undefined }) => Promise<void>;
};

/** The merchant-facing API: routes, checks the signature, strikes planted faults, signs the answer. */
export class MerchantApi {
  readonly #options: MerchantApiOptions;

  constructor(options: MerchantApiOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const arrived = arrivedRequest(request, body);
    const { verifier } = this.#options;
    let mode: SigningMode = 'platformCertificate';
    let call: Call;
    try {
      mode = verifier.signingMode(arrived.headers);
      verifier.verify(arrived);
      refuseWrongHeaders(arrived);
      call = this.#route(arrived, mode);
    } catch (error) {
      this.#send({ response, mode, answer: refusalAnswer(error), fault: undefined });
      return;
    }
    await this.#execute({ call, mode, response });
  }

  async #execute(request: { call: Call; mode: SigningMode; response: ServerResponse }): Promise<void> {
    const { call, mode, response } = request;
    const fault = this.#options.faults.take(call.operation, call);
    if (fault?.kind === 'delayBeforeExecuting') await this.#options.wait(fault.delayMs);
    if (fault !== undefined && this.#strikeBefore({ fault, mode, response })) return;
    const answer = answerOf(call);
    switch (fault?.kind) {
      case 'executeThenFail':
        this.#sendServerError({ response, mode, status: fault.status ?? 500 });
        return;
      case 'executeThenNeverAnswer':
        return;
      case 'executeThenDropConnection':
        response.destroy();
        return;
      case 'delayAnswer':
        await this.#options.wait(fault.delayMs);
        break;
      case 'notifyBeforeAnswer':
        await this.#options.notifyNow(call);
        break;
      default:
        break;
    }
    this.#send({ response, mode, answer: this.#altered(answer, fault), fault });
  }

  /** Strikes a fault that keeps the operation from being executed; false when this is none of those. */
  #strikeBefore(strike: { fault: ApiFault; mode: SigningMode; response: ServerResponse }): boolean {
    const { fault, mode, response } = strike;
    switch (fault.kind) {
      case 'failBeforeExecuting':
        this.#sendServerError({ response, mode, status: fault.status ?? 500 });
        return true;
      case 'dropBeforeExecuting':
        response.destroy();
        return true;
      case 'tooManyRequests': {
        const refusal = { status: 429, code: 'FREQUENCY_LIMITED', message: '频率超限，请降低请求频率', preciseCode: PRECISE_CODE.tooManyRequests };
        this.#send({ response, mode, answer: refusalAnswer(new ApiRefusal(refusal)), fault: undefined });
        return true;
      }
      case 'refuse':
        this.#send({ response, mode, answer: refusalAnswer(new ApiRefusal(fault)), fault: undefined });
        return true;
      default:
        return false;
    }
  }

  #route(arrived: Arrived, mode: SigningMode): Call {
    const { method, path } = arrived;
    const [, trade] = /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)$/.exec(path) ?? [];
    const [, transaction] = /^\/v3\/pay\/transactions\/id\/([^/]+)$/.exec(path) ?? [];
    const [, closing] = /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/close$/.exec(path) ?? [];
    const [, refund] = /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/.exec(path) ?? [];
    if (method === 'POST' && path === '/v3/pay/transactions/native') return this.#placing('nativeOrder', arrived, mode);
    if (method === 'POST' && path === '/v3/pay/transactions/jsapi') return this.#placing('jsapiOrder', arrived, mode);
    if (method === 'GET' && trade !== undefined) return this.#querying(arrived, decoded(trade));
    if (method === 'GET' && transaction !== undefined) return this.#queryingTransaction(arrived, decoded(transaction));
    if (method === 'POST' && closing !== undefined) return this.#closing(arrived, decoded(closing));
    if (method === 'POST' && path === '/v3/refund/domestic/refunds') return this.#refunding(arrived, mode);
    if (method === 'GET' && refund !== undefined) return this.#queryingRefund(decoded(refund));
    if (method === 'GET' && path === '/v3/certificates') return general('certificates', () => json(this.#certificates(arrived.query)));
    const { bills } = this.#options;
    if (method === 'GET' && path === '/v3/bill/tradebill') {
      return general('tradeBill', () => json({ ...bills.tradeBill(arrived.query, arrived.origin) }));
    }
    if (method === 'GET' && path === '/v3/bill/fundflowbill') {
      return general('fundFlowBill', () => json({ ...bills.fundFlowBill(arrived.query, arrived.origin) }));
    }
    if (method === 'GET' && path === '/v3/billdownload/file') return general('downloadBill', () => billBytes(bills.download(arrived.query)));
    throw resourceDoesNotExist('请求的接口不存在');
  }

  #placing(operation: 'nativeOrder' | 'jsapiOrder', arrived: Arrived, mode: SigningMode): Call {
    const tradeType = operation === 'nativeOrder' ? 'NATIVE' : 'JSAPI';
    return {
      operation,
      ...numbersIn(arrived.text),
      execute: () => {
        const order = this.#options.orders.place({ tradeType, body: arrived.text, signingMode: mode });
        return json(tradeType === 'NATIVE' ? { code_url: codeUrlOf(order.code) } : { prepay_id: order.code });
      },
    };
  }

  #querying(arrived: Arrived, outTradeNo: string): Call {
    const execute = (): Answer => {
      this.#refuseOtherMerchant(arrived.query.get('mchid'), 'query');
      const { orders } = this.#options;
      const order = orders.find(outTradeNo);
      if (order === undefined) throw orderDoesNotExist();
      return json(orders.describe(order, order.payments[0]));
    };
    return { operation: 'queryOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #queryingTransaction(arrived: Arrived, transactionId: string): Call {
    const { orders } = this.#options;
    const order = orders.findByTransaction(transactionId);
    const execute = (): Answer => {
      this.#refuseOtherMerchant(arrived.query.get('mchid'), 'query');
      if (order === undefined) throw orderDoesNotExist();
      const payment = order.payments.find((candidate) => candidate.transactionId === transactionId);
      return json(orders.describe(order, payment));
    };
    return { operation: 'queryOrder', outTradeNo: order?.outTradeNo, outRefundNo: undefined, execute };
  }

  #closing(arrived: Arrived, outTradeNo: string): Call {
    const execute = (): Answer => {
      this.#refuseOtherMerchant(readBody(arrived.text).text('mchid', { max: 32 }), 'body');
      this.#options.orders.close(outTradeNo);
      return { status: 204, preciseCode: 0, content: { kind: 'empty' } };
    };
    return { operation: 'closeOrder', outTradeNo, outRefundNo: undefined, execute };
  }

  #refunding(arrived: Arrived, mode: SigningMode): Call {
    const execute = (): Answer => {
      const refund = this.#options.refunds.request({ body: arrived.text, signingMode: mode });
      this.#options.onRefundAccepted();
      return json(describeRefund(refund));
    };
    return { operation: 'refund', ...numbersIn(arrived.text), execute };
  }

  #queryingRefund(outRefundNo: string): Call {
    const refund = this.#options.refunds.find(outRefundNo);
    const execute = (): Answer => {
      if (refund === undefined) throw resourceDoesNotExist('退款单不存在');
      return json(describeRefund(refund));
    };
    return { operation: 'queryRefund', outTradeNo: refund?.outTradeNo, outRefundNo, execute };
  }

  #certificates(query: URLSearchParams): Record<string, unknown> {
    const algorithm = query.get('algorithm_type');
    if (algorithm !== null && algorithm !== 'RSA' && algorithm !== 'ALL') {
      throw parameterRefusal('algorithm_type 取值不在允许范围内', { field: '/algorithm_type', value: algorithm, location: 'query' });
    }
    const { platformCertificate, apiV3Key } = this.#options.keys.merchantCredentials;
    const { validFrom, validTo } = this.#options.keys.certificateValidity;
    const sealed = sealResource({ plaintext: platformCertificate.certificatePem, apiV3Key, associatedData: 'certificate' });
    const entry = {
      serial_no: platformCertificate.serial,
      effective_time: chinaRfc3339(validFrom),
      expire_time: chinaRfc3339(validTo),
      encrypt_certificate: sealed,
    };
    return { data: [entry] };
  }

  #refuseOtherMerchant(mchid: string | null, location: 'query' | 'body'): void {
    if (mchid === this.#options.keys.merchantCredentials.merchantId) return;
    throw parameterRefusal('商户号与签名使用的商户号不一致', { field: '/mchid', value: mchid ?? '', location });
  }

  #altered(answer: Answer, fault: ApiFault | undefined): Answer {
    if (answer.content.kind !== 'json' || answer.status !== 200) return answer;
    const { value } = answer.content;
    switch (fault?.kind) {
      case 'stillNotPaid': {
        const order = this.#options.orders.find(String(value['out_trade_no']));
        if (order === undefined) return answer;
        return json(this.#options.orders.describe({ ...order, state: 'NOTPAY' }, undefined));
      }
      case 'otherAmount': {
        const amount: unknown = value['amount'];
        if (typeof amount !== 'object' || amount === null) return answer;
        const { amountFen } = fault;
        const other = 'refund' in amount ? { refund: amountFen, payer_refund: amountFen } : { total: amountFen, payer_total: amountFen };
        return json({ ...value, amount: { ...amount, ...other } });
      }
      case 'otherMerchant':
        return json({ ...value, mchid: '1699999999' });
      default:
        return answer;
    }
  }

  /** 500 is WeChat Pay's own, signed; the others are a gateway's page. */
  #sendServerError(failure: { response: ServerResponse; mode: SigningMode; status: ServerErrorStatus }): void {
    const { response, mode, status } = failure;
    if (status === 500) {
      const refusal = new ApiRefusal({ status, code: 'SYSTEM_ERROR', message: '系统异常，请稍后重试' });
      this.#send({ response, mode, answer: refusalAnswer(refusal), fault: undefined });
      return;
    }
    const page = Buffer.from(`<html><head><title>${String(status)}</title></head><body>${String(status)} gateway error</body></html>`);
    response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': String(page.length) });
    response.end(page);
  }

  #send(sending: { response: ServerResponse; mode: SigningMode; answer: Answer; fault: ApiFault | undefined }): void {
    const { response, mode, answer, fault } = sending;
    const body = bodyOf(answer, fault);
    const { keys, now } = this.#options;
    const signature =
      answer.content.kind === 'unsignedBytes'
        ? {}
        : platformSignatureHeaders({ keys, mode, now: now(), body, flaw: signatureFlawOf(fault) });
    const requestId = `08${randomUUID().replaceAll('-', '').toUpperCase()}-${String(answer.preciseCode)}`;
    const headers = { 'Cache-Control': 'no-cache, must-revalidate', 'Request-ID': requestId, ...signature, ...contentHeaders(answer, body) };
    response.writeHead(answer.status, headers);
    if (fault?.kind !== 'truncatedBody') {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      response.destroy();
    });
  }
}

/** The text of a native order's QR code. */
export function codeUrlOf(code: string): string {
  return `weixin://wxpay/bizpayurl?pr=${code}`;
}

function arrivedRequest(request: IncomingMessage, body: Buffer): Arrived {
  const target = request.url ?? '/';
  const [path = '/', search = ''] = splitOnce(target, '?');
  const origin = `http://${request.headers.host ?? 'localhost'}`;
  const text = new TextDecoder('utf-8').decode(body);
  return { method: request.method ?? '', target, headers: request.headers, body, text, path, query: new URLSearchParams(search), origin };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function refuseWrongHeaders(arrived: Arrived): void {
  const { headers, method, path } = arrived;
  const accept = headers.accept ?? '';
  // Bill files are no JSON: a client may say so.
  if (path !== '/v3/billdownload/file' && !/application\/json|\*\/\*/.test(accept)) {
    throw parameterRefusal('Http头Accept应为application/json', { field: 'Accept', value: accept, location: 'header' });
  }
  if ((headers['user-agent'] ?? '') === '') throw parameterRefusal('Http头缺少User-Agent', { field: 'User-Agent', location: 'header' });
  const type = headers['content-type'] ?? '';
  if (method === 'POST' && !type.startsWith('application/json')) {
    throw parameterRefusal('Http头Content-Type应为application/json', { field: 'Content-Type', value: type, location: 'header' });
  }
}

function general(operation: ApiOperation, execute: () => Answer): Call {
  return { operation, outTradeNo: undefined, outRefundNo: undefined, execute };
}

function json(value: Record<string, unknown>): Answer {
  return { status: 200, preciseCode: 0, content: { kind: 'json', value } };
}

function billBytes(bytes: Buffer): Answer {
  const zipped = bytes.readUInt16BE(0) === 0x1f8b;
  return { status: 200, preciseCode: 0, content: { kind: 'unsignedBytes', bytes, type: zipped ? 'application/x-gzip' : 'text/plain' } };
}

function answerOf(call: Call): Answer {
  try {
    return call.execute();
  } catch (error) {
    return refusalAnswer(error);
  }
}

/** The error body of a refusal; anything else that was thrown is a bug of the simulator and stays one. */
function refusalAnswer(error: unknown): Answer {
  if (!(error instanceof ApiRefusal)) throw error;
  const { status, code, message, preciseCode, detail } = error;
  const value = detail === undefined ? { code, message } : { code, message, detail };
  return { status, preciseCode, content: { kind: 'json', value } };
}

function bodyOf(answer: Answer, fault: ApiFault | undefined): Buffer {
  if (answer.content.kind === 'empty') return Buffer.alloc(0);
  if (fault?.kind === 'garbageBody') return Buffer.from('<html>这不是 JSON');
  return answer.content.kind === 'json' ? Buffer.from(JSON.stringify(answer.content.value)) : answer.content.bytes;
}

function contentHeaders(answer: Answer, body: Buffer): Record<string, string> {
  if (answer.content.kind === 'empty') return {};
  const type = answer.content.kind === 'json' ? 'application/json; charset=utf-8' : answer.content.type;
  return { 'Content-Type': type, 'Content-Length': String(body.length) };
}

function signatureFlawOf(fault: ApiFault | undefined): SignatureFlaw {
  switch (fault?.kind) {
    case 'badSignature':
      return 'wrongKey';
    case 'signatureProbe':
      return 'probe';
    case 'missingSignature':
      return 'missing';
    case 'staleSignature':
      return 'stale';
    case 'wrongSerial':
      return 'wrongSerial';
    default:
      return 'none';
  }
}

/** The numbers a fault may be aimed at, read without judging the body: the operation judges it. */
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
