import { verify } from 'node:crypto';

import { chinaMoment } from '../machinery/china-time.js';
import type { PlatformKeys } from './platform-keys.js';
import { Refusal } from './refusal.js';
import type { SigningMode } from './simulated-records.js';

/** A request whose signature was found right. */
export type GatewayRequest = {
  readonly method: string;
  readonly mode: SigningMode;
  readonly notifyUrl: string | undefined;
  readonly returnUrl: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
};

/** Query and form together: official clients put everything but `biz_content` into the query. */
export function mergedParameters(query: string, body: string): ReadonlyMap<string, string> {
  return new Map([...new URLSearchParams(query), ...new URLSearchParams(body)]);
}

/** In which mode an answer to these parameters is signed, even when they are refused. */
export function modeOf(parameters: ReadonlyMap<string, string>): SigningMode {
  return parameters.has('app_cert_sn') ? 'certificate' : 'publicKey';
}

/** @throws Refusal as the gateway words it. */
export function readGatewayRequest(parameters: ReadonlyMap<string, string>, keys: PlatformKeys): GatewayRequest {
  for (const name of ['app_id', 'method', 'charset', 'sign_type', 'sign', 'timestamp', 'version']) {
    if ((parameters.get(name) ?? '') === '') throw new Refusal('40001', `isv.missing-${name.replaceAll('_', '-')}`, `缺少参数 ${name}`);
  }
  const given = (name: string): string => parameters.get(name) ?? '';
  const mustBe = (name: string, isRight: boolean): void => {
    if (!isRight) throw new Refusal('40002', `isv.invalid-${name.replaceAll('_', '-')}`, `参数 ${name} 无效`);
  };
  mustBe('app_id', given('app_id') === keys.credentials.appId);
  mustBe('charset', given('charset').toLowerCase() === 'utf-8');
  mustBe('sign_type', given('sign_type') === 'RSA2');
  mustBe('version', given('version') === '1.0');
  mustBe('timestamp', chinaMoment(given('timestamp')) !== undefined);
  const mode = modeOf(parameters);
  if (mode === 'certificate') {
    mustBe('app_cert_sn', given('app_cert_sn') === keys.appCertificateSn);
    mustBe('alipay_root_cert_sn', given('alipay_root_cert_sn') === keys.rootCertificateSn);
  }
  const text = [...parameters]
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  mustBe('signature', verify('sha256', Buffer.from(text, 'utf8'), keys.appPublicKey, Buffer.from(given('sign'), 'base64')));
  return { method: given('method'), mode, notifyUrl: parameters.get('notify_url'), returnUrl: parameters.get('return_url'), content: contentOf(given('biz_content')) };
}

function contentOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return Object.fromEntries(Object.entries(content));
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal('40002', 'isv.invalid-parameter', 'biz_content 不是 JSON 对象');
}

/** A text of the content. @throws Refusal when it is missing, too long or of another type. */
export function textOf(content: Readonly<Record<string, unknown>>, name: string, longest = 64): string {
  const value = content[name];
  if (value === undefined || value === '') throw new Refusal('40004', 'ACQ.INVALID_PARAMETER', `缺少 ${name}`);
  if (typeof value !== 'string' || value.length > longest) throw new Refusal('40004', 'ACQ.INVALID_PARAMETER', `${name} 不正确`);
  return value;
}

export function optionalText(content: Readonly<Record<string, unknown>>, name: string, longest = 64): string | undefined {
  return content[name] === undefined ? undefined : textOf(content, name, longest);
}

/** True when `query_options` asks for this field. */
export function asksFor(content: Readonly<Record<string, unknown>>, option: string): boolean {
  const options = content['query_options'];
  return Array.isArray(options) && options.includes(option);
}
