import { beijingTime, type PluginContext } from '@hospay/plugin-sdk';

import type { AlipaySettings } from './settings.js';

export type Parameters = Readonly<Record<string, string>>;

/** One call of the gateway. `method` is Alipay's name of the operation. */
export type GatewayRequest = { readonly method: string; readonly bizContent: object; readonly notifyUrl?: string | undefined; readonly returnUrl?: string | undefined };

/** Serial numbers of the certificate mode; absent in key mode. */
export type CertificateNumbers = { readonly appCertSn: string; readonly alipayRootCertSn: string };

export type SignRequest = (request: GatewayRequest) => Promise<Parameters>;

/** `k=v` joined by `&`, sorted by name, values raw; without `sign`, and without empty values. */
export function signText(parameters: Parameters): string {
  return Object.entries(parameters)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Makes the whole parameter list of a request, signed with the app's key (RSA2). The key stays with the core. */
export function createSigner(context: PluginContext<AlipaySettings>, numbers: CertificateNumbers | undefined): SignRequest {
  return async ({ method, bizContent, notifyUrl, returnUrl }) => {
    const parameters: Parameters = {
      app_id: context.settings.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: beijingTime(context.now()),
      version: '1.0',
      ...(numbers === undefined ? {} : { app_cert_sn: numbers.appCertSn, alipay_root_cert_sn: numbers.alipayRootCertSn }),
      ...(notifyUrl === undefined ? {} : { notify_url: notifyUrl }),
      ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
      biz_content: JSON.stringify(bizContent),
    };
    const signature = await context.keys.sign({ key: 'appPrivateKeyPem', algorithm: 'RSA-SHA256', data: Buffer.from(signText(parameters), 'utf8') });
    return { ...parameters, sign: Buffer.from(signature).toString('base64') };
  };
}

/** `application/x-www-form-urlencoded`, UTF-8. */
export function formText(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}
