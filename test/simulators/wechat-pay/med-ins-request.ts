import { constants, privateDecrypt } from 'node:crypto';

import { ApiRefusal, parameterRefusal } from './api-refusal.js';
import { parseRfc3339 } from './china-time.js';
import { readBody, type FieldReader } from './field-reader.js';
import type { PlatformKeys } from './merchant-credentials.js';
import { appsOf } from './order-parties.js';
import type { SigningMode } from './platform-signature.js';
import type { MixPayType, SimulatedMedInsOrder } from './simulated-records.js';

const MIX_PAY_TYPES: readonly MixPayType[] = ['CASH_ONLY', 'INSURANCE_ONLY', 'CASH_AND_INSURANCE'];
const ORDER_TYPES = ['REG_PAY', 'DIAG_PAY', 'IN_HOSP_PAY', 'PHARMACY_PAY', 'INSURANCE_PAY', 'INT_REG_PAY', 'INT_RE_DIAG_PAY', 'INT_RX_PAY', 'MED_PAY', 'COVID_EXAM_PAY', 'COVID_ANTIGEN_PAY'];
const ADDED = ['DEFAULT_ADD_TYPE', 'FREIGHT', 'OTHER_MEDICAL_EXPENSES'];
const REDUCED = ['DEFAULT_REDUCE_TYPE', 'HOSPITAL_REDUCE', 'PHARMACY_DISCOUNT', 'DISCOUNT', 'PRE_PAYMENT', 'DEPOSIT_DEDUCTION'];

/** Numbers at the end of `Request-ID` that WeChat Pay's material gives for medical-insurance orders. */
export const MED_INS_CODE = { alreadyExists: 268512536, notFound: 268529515, identity: 268545961, authorisationNumber: 268547120, amounts: 268529477, linkage: 268529474 } as const;

export type WantedMedInsOrder = Omit<SimulatedMedInsOrder, 'mixTradeNo' | 'createdAt' | 'cash' | 'insurance' | 'failReason' | 'paidAt' | 'refunds' | 'signingMode'>;

export function medInsRefusal(code: keyof typeof MED_INS_CODE, message: string, status = 400): ApiRefusal {
  const name = code === 'alreadyExists' ? 'ALREADY_EXISTS' : code === 'notFound' ? 'NOT_FOUND' : 'INVALID_REQUEST';
  return new ApiRefusal({ status, code: name, message, preciseCode: MED_INS_CODE[code] });
}

/** Reads an order of 医保混合收款: its fields, the persons behind RSA-OAEP, and the equations between its amounts. */
export function readMedInsOrder(request: { readonly body: string; readonly mode: SigningMode }, keys: PlatformKeys): WantedMedInsOrder {
  const body = readBody(request.body);
  const { merchantCredentials } = keys;
  const one = (name: string, choices: readonly string[]): string => body.text(name, { max: 32, pattern: new RegExp(`^(${choices.join('|')})$`) });
  const mixPayType = MIX_PAY_TYPES.find((known) => known === one('mix_pay_type', MIX_PAY_TYPES)) ?? 'CASH_ONLY';
  one('order_type', ORDER_TYPES);
  if (!appsOf(merchantCredentials).includes(body.text('appid', { max: 32 }))) throw medInsRefusal('identity', 'appid与商户号不匹配');
  const subMerchantId = body.optionalText('sub_mchid', { max: 32 });
  if (subMerchantId !== undefined && subMerchantId !== merchantCredentials.subMerchant.merchantId) throw medInsRefusal('identity', '子商户号与服务商没有受理关系', 403);
  if (body.optionalText('openid', { max: 128 }) === undefined && body.optionalText('sub_openid', { max: 128 }) === undefined) {
    throw parameterRefusal('openid与sub_openid必填其一', { field: '/openid', issue: 'one of two is required', location: 'body' });
  }
  readPerson(body.object('payer'), keys, request.mode);
  const relative = body.optionalObject('relative');
  if (body.optionalFlag('pay_for_relatives') === true) readPerson(relative ?? body.object('relative'), keys, request.mode);
  const created = body.optionalText('med_ins_order_create_time', { max: 64 });
  if (created !== undefined && parseRfc3339(created) === undefined) throw parameterRefusal('med_ins_order_create_time 不符合 RFC 3339 格式', { field: '/med_ins_order_create_time', value: created, location: 'body' });
  body.optionalText('geo_location', { max: 64, pattern: /^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?$/ });
  body.text('city_id', { max: 8 });
  body.text('med_inst_name', { max: 128 });
  body.text('med_inst_no', { max: 32 });
  body.optionalText('passthrough_request_content', { max: 2048 });
  const amounts = readAmounts(body);
  const order: WantedMedInsOrder = {
    mixPayType,
    subMerchantId,
    outTradeNo: body.text('out_trade_no', { min: 6, max: 64, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
    serialNo: body.text('serial_no', { max: 20 }),
    payOrderId: body.optionalText('pay_order_id', { max: 64, pattern: /^ORD/ }),
    payAuthNo: body.optionalText('pay_auth_no', { max: 64, pattern: /^AUTH/ }),
    prepayId: body.optionalText('prepay_id', { max: 64 }),
    callbackUrl: body.text('callback_url', { max: 256, pattern: /^https?:\/\/[^?#\s]+$/ }),
    attach: body.optionalText('attach', { max: 128 }),
    parameters: request.body,
    ...amounts,
  };
  refuseWrongLinkage(order);
  return order;
}

type Amounts = Pick<SimulatedMedInsOrder, 'totalFen' | 'govFen' | 'selfFen' | 'otherFen' | 'medInsCashFen' | 'wechatCashFen'>;

function readAmounts(body: FieldReader): Amounts {
  const fen = (name: string): number => body.optionalInteger(name, { min: 0 }) ?? 0;
  const sum = (list: string, amount: string, type: string, types: readonly string[]): number =>
    (body.optionalObjects(list) ?? []).reduce((total, item) => {
      item.text(type, { max: 32, pattern: new RegExp(`^(${types.join('|')})$`) });
      return total + item.integer(amount, { min: 1 });
    }, 0);
  const amounts: Amounts = {
    totalFen: body.integer('total_fee', { min: 1 }),
    govFen: fen('med_ins_gov_fee'),
    selfFen: fen('med_ins_self_fee'),
    otherFen: fen('med_ins_other_fee'),
    medInsCashFen: fen('med_ins_cash_fee'),
    wechatCashFen: fen('wechat_pay_cash_fee'),
  };
  const addedFen = sum('cash_add_detail', 'cash_add_fee', 'cash_add_type', ADDED);
  const reducedFen = sum('cash_reduce_detail', 'cash_reduce_fee', 'cash_reduce_type', REDUCED);
  const insuredFen = amounts.govFen + amounts.selfFen + amounts.otherFen;
  const isRight =
    amounts.totalFen === insuredFen + amounts.medInsCashFen + addedFen &&
    amounts.totalFen === insuredFen + amounts.wechatCashFen + reducedFen &&
    amounts.wechatCashFen === amounts.medInsCashFen + addedFen - reducedFen;
  if (!isRight) throw medInsRefusal('amounts', '总金额与各分项金额不一致');
  return amounts;
}

/** Which fields go with which kind of order. */
function refuseWrongLinkage({ mixPayType, govFen, selfFen, otherFen, wechatCashFen, prepayId, payOrderId, payAuthNo }: WantedMedInsOrder): void {
  const hasCash = wechatCashFen > 0 && prepayId !== undefined;
  const lacksCash = wechatCashFen === 0 && prepayId === undefined;
  const hasInsurance = payOrderId !== undefined && payAuthNo !== undefined;
  const lacksInsurance = payOrderId === undefined && payAuthNo === undefined && govFen + selfFen + otherFen === 0;
  const isRight = { CASH_ONLY: hasCash && lacksInsurance, INSURANCE_ONLY: lacksCash && hasInsurance, CASH_AND_INSURANCE: hasCash && hasInsurance }[mixPayType];
  if (!isRight) throw medInsRefusal('linkage', `混合支付类型${mixPayType}与传入的字段不匹配`);
}

/** Name and digest of the identity number come encrypted with the key the request names (`Wechatpay-Serial`). */
function readPerson(person: FieldReader, keys: PlatformKeys, mode: SigningMode): void {
  person.text('card_type', { max: 32 });
  const opened = (name: string): string => {
    const key = mode === 'publicKey' ? keys.publicKeyModeKey : keys.platformCertificates.at(-1)?.key;
    try {
      if (key === undefined) throw new Error('no platform certificate');
      return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(person.text(name, { max: 1024 }), 'base64')).toString('utf8');
    } catch (error) {
      if (error instanceof ApiRefusal) throw error;
      throw parameterRefusal(`${name} 解密失败`, { field: `/${name}`, issue: 'cannot be decrypted', location: 'body' });
    }
  };
  if (opened('name') === '') throw medInsRefusal('identity', '姓名为空');
  if (!/^[0-9a-f]{32}$/.test(opened('id_digest'))) throw medInsRefusal('identity', '证件号摘要格式错误');
}
