import { momentOf } from './beijing-time.js';
import { isSignedByMerchant, type Fields } from './message-signature.js';
import type { PlatformKeys } from './platform-keys.js';
import { Refusal } from './refusal.js';
import type { SignMethod } from './simulated-records.js';

/** A request whose signature was found right. */
export type AcpRequest = { readonly fields: Fields; readonly signMethod: SignMethod };

export function formFields(body: string): Fields {
  return Object.fromEntries(new URLSearchParams(body));
}

/** In which way an answer to these fields is signed, even when they are refused. */
export function signMethodOf({ signMethod = '' }: Fields): SignMethod {
  return signMethod === '11' || signMethod === '12' ? signMethod : '01';
}

/** @throws Refusal as the gateway words it. */
export function readAcpRequest(fields: Fields, keys: PlatformKeys): AcpRequest {
  for (const name of ['version', 'encoding', 'signMethod', 'signature', 'txnType', 'txnSubType', 'bizType', 'accessType', 'merId', 'txnTime']) {
    if ((fields[name] ?? '') === '') throw new Refusal('13', `报文交易要素缺失[${name}]`);
  }
  if (!isSignedByMerchant(fields, keys)) throw new Refusal('11', '验证签名失败');
  mustBe(fields['version'] === '5.1.0', 'version');
  mustBe(fields['encoding']?.toLowerCase() === 'utf-8', 'encoding');
  mustBe(fields['accessType'] === '0', 'accessType');
  if (fields['merId'] !== keys.credentials.merId) throw new Refusal('31', '商户状态不正确');
  mustBe(momentOf(fields['txnTime'] ?? '') !== undefined, 'txnTime');
  if (fields['txnType'] !== '76') mustBe(/^[0-9A-Za-z]{8,40}$/.test(fields['orderId'] ?? ''), 'orderId');
  return { fields, signMethod: signMethodOf(fields) };
}

/** @throws Refusal 10 that names the field. */
export function mustBe(isRight: boolean, name: string): void {
  if (!isRight) throw new Refusal('10', `报文格式错误[${name}]`);
}

/** A field that must be there. @throws Refusal */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name] ?? '';
  if (value === '') throw new Refusal('13', `报文交易要素缺失[${name}]`);
  return value;
}
