import { randomBytes } from 'node:crypto';

import type { CallContext, PluginContext, PluginHttpAnswer } from '@hospay/plugin-sdk';

import { MAIN_URL, type WechatPaySettings } from './settings.js';
import { isSignedBy, readXml, signatureOf, writeXml, type V2Fields } from './v2-message.js';

export type V2Request = {
  readonly path: string;
  /** Everything but app, merchant, nonce and signature. */
  readonly fields: V2Fields;
  /** Operations that move money back want the merchant's certificate in the TLS handshake. */
  readonly needsCertificate?: true;
};

/** What WeChat Pay proved to have said; `return_code` was SUCCESS, what came of it stands in `result_code`. */
export type V2Answer =
  | { readonly kind: 'answer'; readonly fields: V2Fields }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type AskV2 = (request: V2Request, call: Pick<CallContext, 'signal' | 'attempt'>) => Promise<V2Answer>;

/**
 * API v2, which is what scanned codes are charged through: XML, signed with the APIv2 key. An answer is believed when it is signed with the algorithm of
 * the request; `return_code` FAIL is never signed and says nothing.
 */
export function createV2Wire(context: PluginContext<WechatPaySettings>, apiV2Key: string): AskV2 {
  const { settings, http, log } = context;
  const { appid, mchid, partner } = settings;
  const signType = settings.v2SignType ?? 'HMAC-SHA256';
  const main = settings.baseUrl ?? MAIN_URL;
  const hosts = settings.disasterRecoveryUrl === undefined ? [main] : [main, settings.disasterRecoveryUrl];
  const parties: V2Fields = {
    appid,
    mch_id: mchid,
    ...(partner === undefined ? {} : { sub_mch_id: partner.subMchid, ...(partner.subAppid === undefined ? {} : { sub_appid: partner.subAppid }) }),
  };

  const sendTo = (host: string, { path, fields, needsCertificate }: V2Request, signal: AbortSignal): Promise<PluginHttpAnswer> => {
    const unsigned = { ...parties, ...fields, nonce_str: randomBytes(16).toString('hex'), sign_type: signType };
    return http.request({
      method: 'POST',
      url: `${host.replace(/\/$/, '')}${path}`,
      headers: { 'content-type': 'text/xml; charset=utf-8', 'user-agent': 'hospay' },
      body: writeXml({ ...unsigned, sign: signatureOf(unsigned, signType, apiV2Key) }),
      signal,
      ...(needsCertificate === true && host.startsWith('https:') ? { clientCertificate: { certificate: 'merchantCertificatePem', privateKey: 'merchantPrivateKeyPem' } } : {}),
    });
  };

  return async (request, { signal, attempt }) => {
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const first = hosts[(attempt - 1) % hosts.length] ?? main;
    const other = hosts.find((host) => host !== first);
    const sent = await sendTo(first, request, signal);
    const answer = sent.kind === 'notSent' && other !== undefined && !signal.aborted ? await sendTo(other, request, signal) : sent;
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
    const fields = answer.status === 200 ? readXml(answer.body) : undefined;
    if (fields === undefined) return { kind: 'unknown', reason: `status ${String(answer.status)} without a readable message` };
    if (fields['return_code'] !== 'SUCCESS') return { kind: 'unknown', reason: 'return_code is not SUCCESS' };
    if (!isSignedBy(fields, signType, apiV2Key)) {
      log.warn('an answer could not be verified', { path: request.path, reason: 'the signature does not match' });
      return { kind: 'unknown', reason: 'unverified answer: the signature does not match' };
    }
    return { kind: 'answer', fields };
  };
}
