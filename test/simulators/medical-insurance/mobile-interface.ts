import type { CentreFault } from './centre-faults.js';
import type { GatewayCredentials } from './gateway-credentials.js';
import type { InterfaceAnswer } from './in-person-interface.js';
import { Refusal } from './insurance-centre.js';
import type { MobileCentre } from './mobile-centre.js';
import type { MobileEnvelope } from './mobile-envelope.js';
import { isFields, text, type Fields } from './wire-values.js';

export const MOBILE_PATHS: ReadonlyMap<string, string> = new Map([
  ['/org/local/api/hos/uldFeeInfo', '6201'],
  ['/org/local/api/hos/pay_order', '6202'],
  ['/org/local/api/hos/refund_Order', '6203'],
  ['/org/local/api/hos/query_order_info', '6301'],
  ['/org/local/api/hos/revoke_order', '6401'],
]);

/** 医保移动支付: a path for each transaction, one envelope around all of them. */
export class MobileInterface {
  /** Every message that could be read, with its transaction: what a test looks at. */
  readonly received: { readonly infno: string; readonly data: Fields; readonly envelope: Fields }[] = [];
  readonly #centre: MobileCentre;
  readonly #envelope: Pick<MobileEnvelope, 'open' | 'seal'>;
  readonly #institutionCode: string;
  readonly #credentials: GatewayCredentials;

  constructor(given: { readonly centre: MobileCentre; readonly envelope: Pick<MobileEnvelope, 'open' | 'seal'>; readonly institutionCode: string; readonly credentials: GatewayCredentials }) {
    this.#centre = given.centre;
    this.#envelope = given.envelope;
    this.#institutionCode = given.institutionCode;
    this.#credentials = given.credentials;
  }

  handle(infno: string, body: Buffer, strike: (infno: string) => CentreFault | undefined): InterfaceAnswer {
    const envelope: unknown = JSON.parse(body.toString('utf8'));
    if (!isFields(envelope)) return { status: 400, body: 'not JSON' };
    const data = this.#envelope.open(envelope);
    if (typeof data === 'string') return this.#refuse(data);
    this.received.push({ infno, data, envelope });
    const fault = strike(infno);
    if (fault === 'neverExecute') return 'noAnswer';
    if (fault === 'dropBeforeExecuting') return 'drop';
    if (fault === 'throttle') return { status: 429, body: 'slow down' };
    if (fault === 'unlistedCode') return { status: 200, body: this.#envelope.seal({ code: 777, message: '未知错误', success: false }, {}) };
    if (fault === 'refuse') return this.#refuse('医保中心拒绝了该交易');
    if (fault === 'refuseForged') return { status: 200, body: this.#envelope.seal({ code: -1, message: '医保中心拒绝了该交易', success: false }, {}, this.#credentials.hospital) };
    try {
      const transaction = Object.hasOwn(this.#centre.transactions, infno) ? this.#centre.transactions[infno] : undefined;
      if (transaction === undefined) throw new Refusal(`交易${infno}未开通`);
      if (infno !== '6203' && text(data, 'orgCodg') !== this.#institutionCode) throw new Refusal('定点医药机构编号不正确');
      return this.#answer(transaction(data), fault);
    } catch (error) {
      if (error instanceof Refusal) return this.#refuse(error.message);
      throw error;
    }
  }

  #refuse(message: string): InterfaceAnswer {
    return { status: 200, body: this.#envelope.seal({ code: -1, message, success: false }, {}) };
  }

  #answer(data: Fields, fault: CentreFault | undefined): InterfaceAnswer {
    const done = { code: 0, message: '成功', success: true };
    if (fault === 'executeThenNeverAnswer') return 'noAnswer';
    if (fault === 'executeThenDrop') return 'drop';
    if (fault === 'executeThenServerError') return { status: 500, body: this.#envelope.seal(done, data) };
    if (fault === 'executeThenGarbage') return { status: 200, body: this.#envelope.seal({ code: 'ok', message: '' }, { nonsense: true }) };
    if (fault === 'executeThenRefusal') return this.#refuse('处理失败');
    if (fault === 'executeThenGatewayTimeout') return this.#refuse('调用核心服务超时');
    if (fault === 'executeThenOtherKey') return { status: 200, body: this.#envelope.seal(done, data, this.#credentials.hospital) };
    if (fault === 'executeThenUnsigned') return { status: 200, body: this.#envelope.seal(done, data, 'none') };
    if (fault === 'executeThenOtherVisit') return { status: 200, body: this.#envelope.seal(done, { ...data, payOrdId: 'ORD999999999999' }) };
    if (typeof fault === 'object') return { status: 200, body: this.#envelope.seal(done, { ...data, ...fault.fields }) };
    return { status: 200, body: this.#envelope.seal(done, data) };
  }
}
