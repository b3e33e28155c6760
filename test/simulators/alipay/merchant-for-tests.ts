import assert from 'node:assert/strict';
import { createPublicKey, sign, verify } from 'node:crypto';

import { chinaText } from '../machinery/china-time.js';
import type { AlipaySimulator } from './start-alipay-simulator.js';

export type Node = Readonly<Record<string, unknown>>;

/** Signs like a merchant in key mode. `change` spoils parameters after signing. */
export function signedForm(simulator: AlipaySimulator, method: string, content: object, given: { readonly extra?: Readonly<Record<string, string>>; readonly change?: Readonly<Record<string, string>>; readonly at?: Date } = {}): URLSearchParams {
  const { appId, appPrivateKeyPem } = simulator.merchantCredentials;
  const parameters: Record<string, string> = {
    app_id: appId, method, format: 'JSON', charset: 'utf-8', sign_type: 'RSA2', timestamp: chinaText(given.at ?? new Date()), version: '1.0', biz_content: JSON.stringify(content), ...given.extra,
  };
  const text = Object.keys(parameters).sort().map((name) => `${name}=${parameters[name] ?? ''}`).join('&');
  const signature = sign('sha256', Buffer.from(text, 'utf8'), appPrivateKeyPem).toString('base64');
  return new URLSearchParams({ ...parameters, sign: signature, ...given.change });
}

/** Sends the form and gives the node, its signature checked. */
export async function ask(simulator: AlipaySimulator, method: string, content: object, given: Parameters<typeof signedForm>[3] = {}): Promise<Node> {
  const answer = await fetch(simulator.gatewayUrl, { method: 'POST', body: signedForm(simulator, method, content, given) });
  assert.equal(answer.status, 200);
  const [, node = '', signature = ''] = /^\{"[a-z_]+_response":(\{.*\}),"sign":"([^"]+)"\}$/s.exec(await answer.text()) ?? [];
  assert.ok(verify('sha256', Buffer.from(node, 'utf8'), createPublicKey(simulator.merchantCredentials.alipayPublicKeyPem), Buffer.from(signature, 'base64')), 'every answer is signed');
  return Object.fromEntries(Object.entries(JSON.parse(node) as object));
}

export function codeOf(node: Node): string {
  return String(node['sub_code'] ?? node['code']);
}

export function precreateContent(outTradeNo: string, change: object = {}): object {
  return { out_trade_no: outTradeNo, total_amount: '10.00', subject: '门诊缴费', product_code: 'FACE_TO_FACE_PAYMENT', ...change };
}
