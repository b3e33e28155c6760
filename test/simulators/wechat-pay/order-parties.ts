import { ApiRefusal, parameterRefusal, PRECISE_CODE } from './api-refusal.js';
import type { FieldReader } from './field-reader.js';
import type { MerchantCredentials } from './merchant-credentials.js';
import type { SimulatedOrder } from './simulated-records.js';

/** Which column of the API a request uses: an ordinary merchant's own, or a service provider's for its sub-merchant. */
export type ApiMode = 'merchant' | 'partner';

type Parties = Pick<SimulatedOrder, 'appId' | 'partner'>;

/** Whose order a request places; refuses apps and merchants that do not belong together. */
export function readParties(body: FieldReader, mode: ApiMode, credentials: MerchantCredentials): Parties {
  const { merchantId, subMerchant } = credentials;
  const appId = body.text(mode === 'merchant' ? 'appid' : 'sp_appid', { max: 32 });
  const number = mode === 'merchant' ? 'mchid' : 'sp_mchid';
  if (body.text(number, { max: 32 }) !== merchantId) throw otherMerchant(number, 'body');
  const subAppId = mode === 'partner' ? body.optionalText('sub_appid', { max: 32 }) : undefined;
  if (mode === 'partner' && body.text('sub_mchid', { max: 32 }) !== subMerchant.merchantId) throw notAuthorised();
  const isBound = appsOf(credentials).includes(appId) && (subAppId === undefined || [subMerchant.appId, subMerchant.miniProgramAppId].includes(subAppId));
  if (!isBound) throw appAndMerchantDoNotMatch();
  return { appId, partner: mode === 'merchant' ? undefined : { subMerchantId: subMerchant.merchantId, subAppId } };
}

/** The merchants a question or a close names, in its query or its body. */
export function refuseOtherParties(named: (name: string) => string | null, location: 'query' | 'body', mode: ApiMode, credentials: MerchantCredentials): void {
  const number = mode === 'merchant' ? 'mchid' : 'sp_mchid';
  if (named(number) !== credentials.merchantId) throw otherMerchant(number, location);
  if (mode === 'partner' && named('sub_mchid') !== credentials.subMerchant.merchantId) throw otherMerchant('sub_mchid', location);
}

export function isOfMode(order: Pick<SimulatedOrder, 'partner'>, mode: ApiMode): boolean {
  return (order.partner !== undefined) === (mode === 'partner');
}

/** Apps and merchants as query answers and notifications name them. */
export function describeParties({ appId, partner }: Parties, credentials: MerchantCredentials): Record<string, string> {
  const { merchantId } = credentials;
  const app = appId ?? credentials.appId;
  if (partner === undefined) return { appid: app, mchid: merchantId };
  return { sp_appid: app, sp_mchid: merchantId, ...(partner.subAppId === undefined ? {} : { sub_appid: partner.subAppId }), sub_mchid: partner.subMerchantId };
}

/** A payer is named by the app he is in. */
export function describePayer({ partner }: Parties, openId: string): Record<string, string> {
  if (partner === undefined) return { openid: openId };
  return partner.subAppId === undefined ? { sp_openid: openId } : { sp_openid: `${openId}-sp`.slice(0, 128), sub_openid: openId };
}

export function appsOf({ appId, miniProgramAppId, mobileAppId }: MerchantCredentials): readonly string[] {
  return [appId, miniProgramAppId, mobileAppId];
}

function appAndMerchantDoNotMatch(): ApiRefusal {
  return new ApiRefusal({
    status: 400,
    code: 'APPID_MCHID_NOT_MATCH',
    message: 'appid和mch_id不匹配，请检查后再试',
    preciseCode: PRECISE_CODE.appIdAndMerchantDoNotMatch,
  });
}

function notAuthorised(): ApiRefusal {
  return new ApiRefusal({ status: 403, code: 'NO_AUTH', message: '特约子商户未授权服务商的产品权限' });
}

function otherMerchant(field: string, location: 'query' | 'body'): ApiRefusal {
  return parameterRefusal('商户号与签名使用的商户号不一致', { field: `/${field}`, issue: 'merchant does not match', location });
}
