import type { KeyObject } from 'node:crypto';

import { beijingRfc3339, type ChargeRequest, type InsuranceOrder, type InsurancePayer, type InsuranceRefundNotice } from '@hospay/plugin-sdk';
import { Rsa } from 'wechatpay-axios-plugin';

import { identityDigest } from './identity-digest.js';
import type { MerchantIdentity } from './merchant-identity.js';
import { notificationAddress } from './order-content.js';
import type { WechatPaySettings } from './settings.js';

/** WeChat Pay's `serial_no`, which must be the number the insurance centre knows the order by. */
const LONGEST_SERIAL = 20;
/** 居民身份证: the only kind of document whose digest WeChat Pay describes. */
const RESIDENT_CARD = 'ID_CARD';

export type MixedCharge = ChargeRequest & { readonly method: 'jsapi' | 'miniProgram'; readonly insuranceOrder: InsuranceOrder };

export function isMixedCharge(request: ChargeRequest): request is MixedCharge {
  return request.insuranceOrder !== undefined && (request.method === 'jsapi' || request.method === 'miniProgram');
}

/** What a mixed payment lacks; such a request never leaves. */
export function whatIsMissingFor({ insuranceOrder: { ownOrderNo, fundFen, accountFen }, payerId, insurancePayer }: MixedCharge): string | undefined {
  if (insurancePayer === undefined) return 'the payer must be named: what was sent before is no longer known';
  if ((payerId ?? '') === '') return "the payer's open id is missing";
  if (fundFen + accountFen === 0) return 'the insurance pays nothing of it';
  return ownOrderNo.length > LONGEST_SERIAL ? `WeChat Pay takes at most ${String(LONGEST_SERIAL)} characters of the order's own number` : undefined;
}

/** The order that names the cash order and the centre's, but for the `prepay_id`. Persons are sealed with WeChat Pay's key (RSA-OAEP, SHA-1). */
export function medInsContent(settings: WechatPaySettings & { readonly medicalInsurance: NonNullable<WechatPaySettings['medicalInsurance']> }, identity: MerchantIdentity, request: MixedCharge, payer: InsurancePayer, key: KeyObject): Record<string, unknown> {
  const { insuranceOrder: { payOrderId, ownOrderNo, fundFen, accountFen }, tradeNo, amountFen } = request;
  const { cityId, institutionName, institutionNo, orderType = 'DIAG_PAY', location: ownLocation, isTest } = settings.medicalInsurance;
  const location = payer.location ?? ownLocation;
  const person = ({ name, idNo }: { readonly name: string; readonly idNo: string }): object => ({ name: Rsa.encrypt(name, key), id_digest: Rsa.encrypt(identityDigest(idNo), key), card_type: RESIDENT_CARD });
  return {
    mix_pay_type: 'CASH_AND_INSURANCE',
    order_type: orderType,
    ...identity.medInsIds(request.payerId ?? '', request.method),
    payer: person(payer),
    pay_for_relatives: payer.relative !== undefined,
    ...(payer.relative === undefined ? {} : { relative: person(payer.relative) }),
    out_trade_no: tradeNo,
    serial_no: ownOrderNo,
    pay_order_id: payOrderId,
    pay_auth_no: payer.payAuthNo,
    ...(location === undefined ? {} : { geo_location: location, passthrough_request_content: JSON.stringify({ payAuthNo: payer.payAuthNo, payOrdId: payOrderId, setlLatlnt: location }) }),
    city_id: cityId,
    med_inst_name: institutionName,
    med_inst_no: institutionNo,
    med_ins_order_create_time: beijingRfc3339(request.submittedAt),
    callback_url: notificationAddress(settings, request.notifyUrl),
    total_fee: fundFen + accountFen + amountFen,
    med_ins_gov_fee: fundFen,
    med_ins_self_fee: accountFen,
    med_ins_other_fee: 0,
    med_ins_cash_fee: amountFen,
    wechat_pay_cash_fee: amountFen,
    ...(isTest === true ? { med_ins_test_env: true } : {}),
  };
}

/** The insurance part was undone at the centre. */
export function refundNoticeContent(identity: MerchantIdentity, { refundNo, refundedAt }: InsuranceRefundNotice, { fundFen, accountFen }: InsuranceOrder): object {
  return {
    ...identity.refundIds,
    med_refund_total_fee: fundFen + accountFen,
    med_refund_gov_fee: fundFen,
    med_refund_self_fee: accountFen,
    med_refund_other_fee: 0,
    refund_time: beijingRfc3339(refundedAt),
    out_refund_no: refundNo,
  };
}
