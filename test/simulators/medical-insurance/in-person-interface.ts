import { createCipheriv, createDecipheriv } from 'node:crypto';

import { sm2 } from 'sm-crypto-v2';

import type { CentreFault } from './centre-faults.js';
import type { GatewayCredentials } from './gateway-credentials.js';
import { Refusal, type InsuranceCentre } from './insurance-centre.js';
import type { ReconciliationDesk } from './reconciliation-desk.js';
import { beijing, isFields, list, part, text, type Fields } from './wire-values.js';

export type InPersonOptions = {
  readonly institutionCode: string;
  readonly centre: InsuranceCentre;
  readonly reconciliation: ReconciliationDesk;
  readonly credentials: GatewayCredentials;
  readonly bodyCipher: 'plain' | 'sm4';
  readonly wantsSignIn: boolean;
  /** Some provinces send `infcode` as a number and amounts as numbers. */
  readonly numbers: 'text' | 'number';
  readonly now: () => Date;
};

export type InterfaceAnswer = { readonly status: number; readonly body: Buffer | string } | 'noAnswer' | 'drop';

const AMOUNT = /^-?\d+\.\d{2}$/;

/** 定点医药机构接口: the envelope around every transaction. */
export class InPersonInterface {
  /** Every message that passed the gateway, as it came: what a test looks at. */
  readonly received: Fields[] = [];
  readonly #options: InPersonOptions;
  #signNo: { readonly day: string; readonly number: string } | undefined;

  constructor(options: InPersonOptions) {
    this.#options = options;
  }

  async handle(body: Buffer, strike: (infno: string) => CentreFault | undefined): Promise<InterfaceAnswer> {
    const envelope = readJson(body);
    if (!isFields(envelope)) return { status: 400, body: 'not JSON' };
    this.received.push(envelope);
    const infno = text(envelope, 'infno');
    const fault = strike(infno);
    if (fault === 'neverExecute') return 'noAnswer';
    if (fault === 'dropBeforeExecuting') return 'drop';
    if (fault === 'throttle') return { status: 429, body: 'slow down' };
    if (fault === 'unlistedCode') return this.#answer({ infcode: '-999', err_msg: '未知错误' }, {}, fault);
    if (fault === 'refuse') return this.#answer({ infcode: '-1', err_msg: '基金支付异常，交易已拒绝' }, {}, fault);
    if (fault === 'refuseInGbk') return { status: 200, body: Buffer.concat([Buffer.from('{"infcode":"-1","err_msg":"'), Buffer.from([0xb2, 0xce, 0xb1, 0xa3]), Buffer.from('","output":{}}')]) };
    try {
      const output = await this.#execute(infno, envelope);
      if (Buffer.isBuffer(output)) return { status: 200, body: output };
      return this.#answer({ infcode: '0', err_msg: '' }, output, fault);
    } catch (error) {
      if (error instanceof Refusal) return this.#answer({ infcode: '-1', err_msg: error.message }, {}, fault);
      throw error;
    }
  }

  async #execute(infno: string, envelope: Fields): Promise<Fields | Buffer> {
    const { institutionCode, centre, wantsSignIn, now } = this.#options;
    const msgid = text(envelope, 'msgid');
    const stamp = /^(\d{14})\d{4}$/.exec(msgid.slice(12))?.[1];
    if (!msgid.startsWith(institutionCode) || stamp === undefined) throw new Refusal('报文ID格式不正确');
    if (text(envelope, 'fixmedins_code') !== institutionCode) throw new Refusal('定点医药机构编号不正确');
    if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text(envelope, 'inf_time')) || text(envelope, 'infver') !== 'V1.0') throw new Refusal('报文头不正确');
    const input = this.#open(envelope);
    const data = { ...part(input, 'mdtrtinfo'), ...part(input, 'data') };
    centre.receive(msgid, infno, infno === '2601' ? '' : text(data, 'psn_no'));
    const day = beijing(now()).slice(0, 10);
    if (infno === '9001') {
      this.#signNo = { day, number: `S${day.replaceAll('-', '')}01` };
      return { signinoutb: { sign_time: beijing(now()), sign_no: this.#signNo.number } };
    }
    if (wantsSignIn && (this.#signNo?.day !== day || text(envelope, 'sign_no') !== this.#signNo.number)) throw new Refusal('未签到或签到已失效');
    const output = await this.#perform(infno, input, msgid);
    centre.executed(msgid);
    return output;
  }

  #perform(infno: string, input: unknown, msgid: string): Promise<Fields> | Fields | Buffer {
    const { centre, reconciliation } = this.#options;
    if (infno === '3201') return reconciliation.compareSums(input);
    if (infno === '9101') return reconciliation.upload(input);
    if (infno === '3202') return reconciliation.compareRows(input);
    if (infno === '9102') return reconciliation.download(input);
    const transaction = Object.hasOwn(centre.transactions, infno) ? centre.transactions[infno] : undefined;
    if (transaction === undefined) throw new Refusal(`交易${infno}未开通`);
    return transaction(input, { msgid });
  }

  #open(envelope: Fields): unknown {
    if (this.#options.bodyCipher === 'plain') return envelope['input'];
    const { clientId, hospital } = this.#options.credentials;
    const decipher = createDecipheriv('sm4-ecb', Buffer.from(clientId).subarray(0, 16), null);
    const plain = Buffer.concat([decipher.update(Buffer.from(text(envelope, 'input'), 'base64')), decipher.final()]);
    const signature = Buffer.from(text(envelope, 'cainfo'), 'base64').toString('hex');
    if (signature.length !== 128 || !sm2.doVerifySignature(Uint8Array.from(plain), signature, hospital.point, { hash: true, userId: clientId })) throw new Refusal('验签失败');
    return readJson(plain);
  }

  #answer(head: { readonly infcode: string; readonly err_msg: string }, given: Fields, fault: CentreFault | undefined): InterfaceAnswer {
    if (fault === 'executeThenNeverAnswer') return 'noAnswer';
    if (fault === 'executeThenDrop') return 'drop';
    if (fault === 'executeThenServerError') return { status: 500, body: '{"infcode":"0","output":{}}' };
    if (fault === 'executeThenGarbage') return this.#sealed({ infcode: 'ok', err_msg: '' }, { nonsense: true }, fault);
    if (fault === 'executeThenEmpty') return this.#sealed(head, {}, fault);
    if (fault === 'executeThenRefusal') return this.#sealed({ infcode: '-1', err_msg: '处理失败' }, {}, fault);
    if (fault === 'executeThenGatewayTimeout') return this.#sealed({ infcode: '-1', err_msg: '调用核心服务超时' }, {}, fault);
    const setlinfo = part(given, 'setlinfo');
    const output =
      fault === 'executeThenOtherVisit' ? { ...given, setlinfo: { ...setlinfo, mdtrt_id: 'MD9999999999' } }
      : typeof fault === 'object' ? { ...given, setlinfo: { ...setlinfo, ...fault.fields } }
      : fault === 'executeThenLessFees' ? { ...given, result: list(given, 'result').slice(1) }
      : fault === 'executeThenWrongSplit' ? { ...given, setlinfo: { ...setlinfo, fund_pay_sumamt: '99999.99' } }
      : given;
    return this.#sealed(head, output, fault);
  }

  #sealed(head: { readonly infcode: string; readonly err_msg: string }, output: Fields, fault: CentreFault | undefined): InterfaceAnswer {
    const { numbers, bodyCipher, credentials, now, institutionCode } = this.#options;
    const stamp = beijing(now()).replaceAll(/[-: ]/g, '');
    const shared = { ...head, infcode: numbers === 'number' && Number.isInteger(Number(head.infcode)) ? Number(head.infcode) : head.infcode, inf_refmsgid: `${institutionCode}${stamp}0000`, refmsg_time: `${stamp}000`, respond_time: `${stamp}001`, warn_msg: null };
    if (bodyCipher === 'plain') return { status: 200, body: JSON.stringify({ ...shared, enctype: null, signtype: null, cainfo: null, output: numbers === 'number' ? asNumbers(output) : output }) };
    const plain = JSON.stringify(output);
    const cipher = createCipheriv('sm4-ecb', Buffer.from(credentials.clientId).subarray(0, 16), null);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
    const key = fault === 'executeThenOtherKey' ? credentials.hospital : credentials.centre;
    const cainfo = fault === 'executeThenUnsigned' ? '' : Buffer.from(sm2.doSignature(new TextEncoder().encode(plain), key.privateKey, { hash: true, publicKey: key.publicKey, userId: credentials.clientId }), 'hex').toString('base64');
    return { status: 200, body: JSON.stringify({ ...shared, enctype: 'SM4', signtype: 'SM2', cainfo, output: sealed }) };
  }
}

/** Amounts as JSON numbers. */
function asNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asNumbers);
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asNumbers(inner)] as const));
  return typeof value === 'string' && AMOUNT.test(value) ? Number(value) : value;
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
