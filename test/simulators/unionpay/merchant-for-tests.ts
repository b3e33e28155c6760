import assert from 'node:assert/strict';
import { createHash, sign, verify, X509Certificate } from 'node:crypto';

import { stampOf } from './beijing-time.js';
import type { UnionPaySimulator } from './start-unionpay-simulator.js';

export type Fields = Readonly<Record<string, string>>;

/** Signs like a merchant. `change` spoils fields after signing; an empty value leaves a field out. */
export function signedForm(simulator: UnionPaySimulator, fields: Fields, given: { readonly signMethod?: '01' | '11' | '12'; readonly change?: Fields; readonly at?: Date } = {}): URLSearchParams {
  const { merId, certId, merchantPrivateKeyPem, secureKey } = simulator.merchantCredentials;
  const { signMethod = '01', change = {}, at = new Date() } = given;
  const whole = { version: '5.1.0', encoding: 'utf-8', accessType: '0', merId, txnTime: stampOf(at), bizType: '000000', signMethod, ...(signMethod === '01' ? { certId } : {}), ...fields };
  const text = textOf(whole);
  const algorithm = signMethod === '12' ? 'sm3' : 'sha256';
  const signature = signMethod === '01' ? sign('sha256', Buffer.from(hash('sha256', text)), merchantPrivateKeyPem).toString('base64') : hash(algorithm, `${text}&${hash(algorithm, secureKey)}`);
  return new URLSearchParams(Object.entries({ ...whole, signature, ...change }).filter(([, value]) => value !== ''));
}

/** Sends a form and gives the fields of the answer, its signature checked by the certificate it brings. */
export async function ask(simulator: UnionPaySimulator, path: string, fields: Fields, given: Parameters<typeof signedForm>[2] = {}): Promise<Fields> {
  const answer = await fetch(`${simulator.baseUrl}${path}`, { method: 'POST', body: signedForm(simulator, fields, given) });
  assert.equal(answer.status, 200);
  const read = Object.fromEntries((await answer.text()).split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const));
  const { signature = '', signPubKeyCert, ...others } = read;
  if (signPubKeyCert !== undefined) {
    const leaf = new X509Certificate(signPubKeyCert);
    const middle = new X509Certificate(simulator.merchantCredentials.middleCertificatePem);
    assert.ok(leaf.verify(middle.publicKey) && leaf.checkIssued(middle) && leaf.subject.includes('@中国银联股份有限公司@'), 'every answer brings UnionPay\'s certificate');
    assert.ok(verify('sha256', Buffer.from(hash('sha256', textOf({ ...others, signPubKeyCert }))), leaf.publicKey, Buffer.from(signature, 'base64')), 'every answer is signed');
  }
  return others;
}

export const BACK = '/gateway/api/backTransReq.do';
export const QUERY = '/gateway/api/queryTrans.do';
export const APP = '/gateway/api/appTransReq.do';
export const FRONT = '/gateway/api/frontTransReq.do';

export function shownCode(orderId: string, change: Fields = {}): Fields {
  return { orderId, txnType: '01', txnSubType: '07', channelType: '08', txnAmt: '1000', currencyCode: '156', backUrl: 'http://127.0.0.1:9/nobody', riskRateInfo: '{commodityName=门诊缴费}', ...change };
}

export function question(orderId: string, change: Fields = {}): Fields {
  return { orderId, txnType: '00', txnSubType: '00', ...change };
}

export function giveBack(orderId: string, origQryId: string, txnAmt: string, txnType: '31' | '04' = '04'): Fields {
  return { orderId, txnType, txnSubType: '00', channelType: '08', origQryId, txnAmt, currencyCode: '156', backUrl: 'http://www.specialUrl.com' };
}

function textOf(fields: Fields): string {
  return Object.keys(fields).filter((name) => fields[name] !== '').sort().map((name) => `${name}=${fields[name] ?? ''}`).join('&');
}

function hash(algorithm: string, text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}
