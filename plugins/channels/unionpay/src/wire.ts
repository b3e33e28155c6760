import type { CallContext, PluginContext } from '@hospay/plugin-sdk';

import { plainValue, readAnswer, type Fields } from './fields.js';
import { FILE_URL, GATEWAY_URL, type UnionpaySettings } from './settings.js';
import { signed, type SignatureMethod } from './signature.js';

const PATHS = {
  front: '/gateway/api/frontTransReq.do',
  back: '/gateway/api/backTransReq.do',
  query: '/gateway/api/queryTrans.do',
  app: '/gateway/api/appTransReq.do',
} as const;

/** `answer`: authentic, and about what was asked. Everything else is no answer. */
export type WireAnswer =
  | { readonly kind: 'answer'; readonly code: string; readonly message: string; readonly fields: Fields }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type Wire = {
  ask(to: 'back' | 'query' | 'app' | 'file', fields: Fields, call: Pick<CallContext, 'signal'>): Promise<WireAnswer>;
  /** The form a browser posts by itself. */
  frontForm(fields: Fields): Promise<{ readonly url: string; readonly fields: Record<string, string> }>;
};

/** Every answer repeats the merchant, and one about a transaction its two-part identity: so an old or foreign answer is not taken for ours. */
const REPEATED = ['merId', 'orderId'] as const;
const REPEATED_OF_TRANSACTION = [...REPEATED, 'txnTime'] as const;
/** These may be left out, but not differ. The answer to a query carries the type of what was asked about. */
const NOT_OTHER_IN_QUERY = ['accessType'] as const;
const NOT_OTHER = [...NOT_OTHER_IN_QUERY, 'txnTime', 'txnType', 'txnSubType', 'txnAmt', 'origQryId', 'settleDate'] as const;
const LARGEST_FILE_ANSWER_BYTES = 64 * 1_048_576;

export function createWire({ settings, http, log }: PluginContext<UnionpaySettings>, method: SignatureMethod): Wire {
  const gateway = (settings.gatewayUrl ?? GATEWAY_URL).replace(/\/$/, '');
  const fileUrl = `${(settings.fileUrl ?? FILE_URL).replace(/\/$/, '')}/`;
  const request = (fields: Fields): Promise<Fields> => signed(method, { version: '5.1.0', encoding: 'utf-8', accessType: '0', merId: settings.merId, ...fields });

  return {
    async ask(to, fields, { signal }) {
      const sent = await request(fields);
      const answer = await http.request({
        method: 'POST',
        url: to === 'file' ? fileUrl : `${gateway}${PATHS[to]}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
        body: new URLSearchParams(sent).toString(),
        signal,
        ...(to === 'file' ? { maxAnswerBytes: LARGEST_FILE_ANSWER_BYTES } : {}),
      });
      if (answer.kind === 'notSent') return answer;
      if (answer.kind === 'noAnswer') return unknown(answer.reason);
      if (answer.status !== 200) return unknown(`UnionPay answered HTTP ${String(answer.status)}`);
      const read = readAnswer(Buffer.from(answer.body).toString('utf8').trim());
      const doubt = read === undefined ? 'it is no list of fields' : await method.doubt(read);
      if (read === undefined || doubt !== undefined) {
        log.warn('an answer could not be verified', { to, reason: doubt ?? '' });
        return unknown(`unverified answer: ${doubt ?? ''}`);
      }
      const repeated = sent['orderId'] === undefined ? REPEATED : REPEATED_OF_TRANSACTION;
      const other = repeated.find((name) => sent[name] !== read[name]) ?? differing(to === 'query' ? NOT_OTHER_IN_QUERY : NOT_OTHER, sent, read);
      if (other !== undefined) return unknown(`the answer is about another ${other}`);
      const code = read['respCode'] ?? '';
      return /^[0-9A-Z]{2}$/.test(code) ? { kind: 'answer', code, message: plainValue(read['respMsg'] ?? '').slice(0, 300), fields: read } : unknown('the answer has no respCode');
    },
    frontForm: async (fields) => ({ url: `${gateway}${PATHS.front}`, fields: { ...(await request(fields)) } }),
  };
}

function differing(names: readonly string[], sent: Fields, read: Fields): string | undefined {
  return names.find((name) => sent[name] !== undefined && read[name] !== undefined && read[name] !== sent[name]);
}

function unknown(reason: string): WireAnswer {
  return { kind: 'unknown', reason };
}
