import { randomBytes } from 'node:crypto';

import type { ChargeRequest, PluginContext, Presentation } from '@hospay/plugin-sdk';

import type { MerchantIdentity } from './merchant-identity.js';
import { AppOrderAnswer, H5OrderAnswer, NativeOrderAnswer, readJson } from './messages.js';
import type { PlacedMethod } from './order-content.js';
import type { WechatPaySettings } from './settings.js';

/** Longest address the contract passes on. */
const LONGEST_URL = 2048;

export type PresentOrder = (request: ChargeRequest, method: PlacedMethod, body: Uint8Array) => Promise<Presentation | undefined>;

/**
 * What the patient pays with: a code, an address, or the parameters with which a page or an app calls WeChat up. Those are signed with the merchant's key,
 * four lines each ended by a line feed (调起支付签名). `undefined` when the answer holds no order.
 */
export function createPresentations(context: PluginContext<WechatPaySettings>, identity: MerchantIdentity): PresentOrder {
  const signed = async (lines: readonly string[]): Promise<string> => {
    const data = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
    return Buffer.from(await context.keys.sign({ key: 'merchantPrivateKeyPem', algorithm: 'RSA-SHA256', data })).toString('base64');
  };
  return async (request, method, body) => {
    if (method === 'nativeQr') {
      const order = readJson(NativeOrderAnswer, body);
      return order === undefined ? undefined : { kind: 'qr', content: order.code_url };
    }
    if (method === 'h5') {
      const order = readJson(H5OrderAnswer, body);
      return order === undefined ? undefined : { kind: 'redirect', url: withReturn(order.h5_url, request.returnUrl) };
    }
    const order = readJson(AppOrderAnswer, body);
    if (order === undefined) return undefined;
    const appId = identity.invokingApp(method);
    const timeStamp = String(Math.floor(context.now().getTime() / 1000));
    const nonceStr = randomBytes(16).toString('hex');
    if (method === 'app') {
      const sign = await signed([appId, timeStamp, nonceStr, order.prepay_id]);
      return { kind: 'invoke', parameters: { appid: appId, partnerid: identity.merchantNo, prepayid: order.prepay_id, package: 'Sign=WXPay', noncestr: nonceStr, timestamp: timeStamp, sign } };
    }
    const packageText = `prepay_id=${order.prepay_id}`;
    const paySign = await signed([appId, timeStamp, nonceStr, packageText]);
    return { kind: 'invoke', parameters: { appId, timeStamp, nonceStr, package: packageText, signType: 'RSA', paySign } };
  };
}

/** WeChat's page brings the browser back to `redirect_url`; one that would make the address too long for the contract is left out. */
function withReturn(h5Url: string, returnUrl: string | undefined): string {
  const whole = returnUrl === undefined ? h5Url : `${h5Url}&redirect_url=${encodeURIComponent(returnUrl)}`;
  return whole.length <= LONGEST_URL ? whole : h5Url;
}
