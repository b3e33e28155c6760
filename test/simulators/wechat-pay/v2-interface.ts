import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

import { chinaBillTime } from './china-time.js';
import type { ApiFault, ApiOperation, FaultRules } from './fault-rules.js';
import type { MerchantCredentials } from './merchant-credentials.js';
import type { OrderBook } from './order-book.js';
import { appsOf } from './order-parties.js';
import { randomText } from './random-text.js';
import type { ScannedCodeDesk, ScannedRefusal } from './scanned-code-desk.js';
import type { SimulatedOrder } from './simulated-records.js';
import { readV2, signV2, writeV2, type V2Fields, type V2SignType } from './v2-message.js';

const OTHER_MERCHANT_ID = '1699999999';

export type V2InterfaceOptions = {
  readonly credentials: MerchantCredentials;
  readonly orders: OrderBook;
  readonly desk: ScannedCodeDesk;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly wait: (delayMs: number) => Promise<void>;
};

type Call = { readonly operation: ApiOperation; readonly execute: (fields: V2Fields) => V2Fields };

/** API v2 for scanned codes: XML in and out, signed with the APIv2 key by the algorithm of the request. */
export class V2Interface {
  readonly #options: V2InterfaceOptions;
  readonly #calls: ReadonlyMap<string, Call> = new Map<string, Call>([
    ['/pay/micropay', { operation: 'micropay', execute: (fields) => this.#charge(fields) }],
    ['/pay/orderquery', { operation: 'orderquery', execute: (fields) => this.#query(fields) }],
    ['/secapi/pay/reverse', { operation: 'reverse', execute: (fields) => this.#reverse(fields) }],
  ]);

  constructor(options: V2InterfaceOptions) {
    this.#options = options;
  }

  serves(path: string): boolean {
    return this.#calls.has(path);
  }

  async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const call = this.#calls.get(path);
    const fields = readV2(body.toString('utf8'));
    const refusal = call === undefined || request.method !== 'POST' ? '请使用post方法' : this.#refusalOf(request, fields);
    if (call === undefined || fields === undefined || refusal !== undefined) {
      send(response, writeV2({ return_code: 'FAIL', return_msg: refusal ?? 'XML格式错误' }));
      return;
    }
    const { faults, wait } = this.#options;
    const fault = faults.take(call.operation, { outTradeNo: fields['out_trade_no'] });
    if (fault?.kind === 'delayBeforeExecuting') await wait(fault.delayMs);
    if (fault !== undefined && strikesBefore(fault, response)) return;
    const isExecuted = fault === undefined || !NOT_EXECUTED.includes(fault.kind);
    const result = isExecuted ? call.execute(fields) : {};
    if (fault?.kind === 'delayAnswer') await wait(fault.delayMs);
    if (fault?.kind === 'executeThenNeverAnswer') return;
    if (fault?.kind === 'executeThenDropConnection') response.destroy();
    else if (fault?.kind === 'executeThenFail' && fault.status !== undefined && fault.status !== 500) response.writeHead(fault.status, { 'Content-Type': 'text/html' }).end('<html>gateway error</html>');
    else this.#answer(response, fields, result, fault);
  }

  /** What is wrong with the request as such; such answers are not signed. */
  #refusalOf(request: IncomingMessage, fields: V2Fields | undefined): string | undefined {
    const { credentials } = this.#options;
    if (!(request.headers['content-type'] ?? '').startsWith('text/xml') || fields === undefined) return 'XML格式错误';
    if (fields['mch_id'] !== credentials.merchantId || !appsOf(credentials).includes(fields['appid'] ?? '')) return 'appid和mch_id不匹配';
    if (fields['sub_mch_id'] !== undefined && fields['sub_mch_id'] !== credentials.subMerchant.merchantId) return '特约子商户未授权服务商的产品权限';
    if ((fields['nonce_str'] ?? '') === '' || fields['sign'] !== signV2(fields, signTypeOf(fields), credentials.apiV2Key)) return '签名失败';
    return request.url === '/secapi/pay/reverse' && !hasCertificate(request, credentials) ? '证书校验错误' : undefined;
  }

  #answer(response: ServerResponse, request: V2Fields, result: V2Fields, fault: ApiFault | undefined): void {
    const { credentials } = this.#options;
    const sub = request['sub_mch_id'] === undefined ? {} : { sub_mch_id: request['sub_mch_id'] };
    const merchant = fault?.kind === 'otherMerchant' ? ('sub_mch_id' in sub ? { sub_mch_id: OTHER_MERCHANT_ID } : { mch_id: OTHER_MERCHANT_ID }) : {};
    const fields: V2Fields = {
      return_code: 'SUCCESS',
      return_msg: 'OK',
      appid: request['appid'] ?? '',
      mch_id: credentials.merchantId,
      ...sub,
      ...merchant,
      nonce_str: randomText(32),
      result_code: 'SUCCESS',
      ...alteredResult(result, fault),
    };
    const sign = signV2(fields, signTypeOf(request), fault?.kind === 'badSignature' ? randomText(32) : credentials.apiV2Key);
    if (fault?.kind === 'returnCodeFail') send(response, writeV2({ return_code: 'FAIL', return_msg: '系统繁忙' }));
    else if (fault?.kind === 'missingSignature') send(response, writeV2(fields));
    else if (fault?.kind === 'truncatedBody') response.writeHead(200, { 'Content-Type': 'text/xml' }).end(writeV2({ ...fields, sign }).slice(0, -10));
    else send(response, writeV2({ ...fields, sign }));
  }

  #charge(fields: V2Fields): V2Fields {
    const text = (name: string): string => fields[name] ?? '';
    const missing = ['body', 'out_trade_no', 'total_fee', 'spbill_create_ip', 'auth_code'].find((name) => text(name) === '');
    if (missing !== undefined) return failure('LACK_PARAMS', `缺少参数${missing}`);
    const isWrong = !/^[0-9A-Za-z_\-|*]{1,32}$/.test(text('out_trade_no')) || !/^[1-9]\d{0,10}$/.test(text('total_fee')) || text('body').length > 128 || (text('time_expire') !== '' && !/^\d{14}$/.test(text('time_expire')));
    if (isWrong) return failure('PARAM_ERROR', '参数错误');
    const timeExpire = text('time_expire').replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00');
    if (timeExpire !== '' && Date.parse(timeExpire) < this.#options.now().getTime() + 60_000) return failure('PARAM_ERROR', 'time_expire时间过短');
    const { nonce_str: _nonce, sign: _sign, ...parameters } = fields;
    const outcome = this.#options.desk.charge({
      appId: fields['appid'],
      partner: fields['sub_mch_id'] === undefined ? undefined : { subMerchantId: fields['sub_mch_id'], subAppId: fields['sub_appid'] },
      outTradeNo: text('out_trade_no'),
      description: text('body'),
      attach: fields['attach'],
      deviceId: fields['device_info'],
      totalFen: Number(text('total_fee')),
      timeExpire: timeExpire === '' ? undefined : timeExpire,
      parameters: JSON.stringify(Object.entries(parameters).toSorted()),
      signingMode: 'publicKey',
      authCode: text('auth_code'),
    });
    if (outcome.kind === 'paying') return failure('USERPAYING', '需要用户输入支付密码');
    return outcome.kind === 'paid' ? describe(outcome.order) : failure(outcome.code, REFUSAL_TEXTS[outcome.code]);
  }

  #query(fields: V2Fields): V2Fields {
    const order = this.#theirs(fields);
    if (order === undefined) return failure('ORDERNOTEXIST', '此交易订单号不存在');
    return { ...describe(order), trade_state: order.state, trade_state_desc: order.state };
  }

  #reverse(fields: V2Fields): V2Fields {
    switch (this.#options.desk.reverse(fields['out_trade_no'] ?? '', (order) => isTheirs(order, fields))) {
      case 'done':
        return { recall: 'N' };
      case 'noSuchOrder':
        return { ...failure('ORDERNOTEXIST', '订单不存在'), recall: 'N' };
      case 'tooOld':
        return { ...failure('REVERSE_EXPIRE', '订单无法撤销'), recall: 'N' };
      case 'refunded':
        return { ...failure('TRADE_STATE_ERROR', '订单已发生退款'), recall: 'N' };
      case 'tooEarly':
        return { ...failure('SYSTEMERROR', '支付后请至少等待15秒再撤销'), recall: 'Y' };
    }
  }

  #theirs(fields: V2Fields): SimulatedOrder | undefined {
    const order = this.#options.orders.find(fields['out_trade_no'] ?? '');
    return order !== undefined && isTheirs(order, fields) ? order : undefined;
  }
}

function isTheirs(order: SimulatedOrder, fields: V2Fields): boolean {
  return order.partner?.subMerchantId === fields['sub_mch_id'];
}

function describe(order: SimulatedOrder): V2Fields {
  const [payment] = order.payments;
  const shared = { out_trade_no: order.outTradeNo, total_fee: String(payment?.paidFen ?? order.totalFen), fee_type: 'CNY', ...(order.attach === undefined ? {} : { attach: order.attach }) };
  if (payment === undefined) return shared;
  return {
    ...shared,
    openid: payment.payerOpenId,
    is_subscribe: 'N',
    trade_type: order.tradeType,
    bank_type: payment.bankType,
    cash_fee: String(payment.paidFen),
    transaction_id: payment.transactionId,
    time_end: chinaBillTime(new Date(payment.paidAt)).replace(/\D/g, ''),
  };
}

const REFUSAL_TEXTS: Readonly<Record<ScannedRefusal, string>> = {
  ORDERPAID: '订单已支付',
  ORDERCLOSED: '订单已关闭',
  ORDERREVERSED: '订单已撤销',
  OUT_TRADE_NO_USED: '商户订单号重复',
  AUTHCODEEXPIRE: '二维码已过期，请用户在微信上刷新后再试',
  AUTH_CODE_INVALID: '授权码检验错误',
  NOTENOUGH: '余额不足',
  TRADE_ERROR: '交易错误',
};

/** Faults that take the place of the operation but still give a rightly signed answer. */
const NOT_EXECUTED: readonly ApiFault['kind'][] = ['failBeforeExecuting', 'tooManyRequests', 'refuse', 'askToReverseAgain'];

/** True when the fault leaves no answer at all. */
function strikesBefore(fault: ApiFault, response: ServerResponse): boolean {
  if (fault.kind === 'dropBeforeExecuting') response.destroy();
  else if (fault.kind === 'failBeforeExecuting' && fault.status !== undefined && fault.status !== 500) response.writeHead(fault.status, { 'Content-Type': 'text/html' }).end('<html>gateway error</html>');
  else return false;
  return true;
}

function alteredResult(result: V2Fields, fault: ApiFault | undefined): V2Fields {
  switch (fault?.kind) {
    case 'failBeforeExecuting':
    case 'executeThenFail':
      return failure('SYSTEMERROR', '接口返回错误');
    case 'tooManyRequests':
      return failure('FREQUENCY_LIMITED', '频率超限');
    case 'refuse':
      return failure(fault.code, fault.message);
    case 'askToReverseAgain':
      return { ...failure('SYSTEMERROR', '请重试'), recall: 'Y' };
    case 'garbageBody':
      return {};
    case 'otherAmount':
      return { ...result, total_fee: String(fault.amountFen) };
    case 'otherOrder':
      return { ...result, out_trade_no: fault.outTradeNo };
    case 'stillNotPaid':
      return { out_trade_no: result['out_trade_no'] ?? '', trade_state: 'USERPAYING', trade_state_desc: '需要用户输入支付密码' };
    default:
      return result;
  }
}

function failure(code: string, text: string): V2Fields {
  return { result_code: 'FAIL', err_code: code, err_code_des: text };
}

function signTypeOf(fields: V2Fields): V2SignType {
  return fields['sign_type'] === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5';
}

/** Over plain HTTP, where no handshake could carry it, the certificate is not asked for. */
function hasCertificate({ socket }: IncomingMessage, { merchantCertificateSerial }: MerchantCredentials): boolean {
  if (!(socket instanceof TLSSocket)) return true;
  const certificate = socket.getPeerCertificate();
  return certificate.serialNumber === merchantCertificateSerial;
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(text);
}
