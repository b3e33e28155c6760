import { randomBytes } from 'node:crypto';
import type { CallContext, PluginContext } from '@hospay/plugin-sdk';
import { readJson, REFUSALS, RefusalAnswer, type Meaning, type Operation } from './messages.js';
import type { CityCardSettings } from './settings.js';

export type Answer =
  | { readonly kind: 'accepted'; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly meaning: Meaning; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type Wire = {
  ask(operation: Operation, path: string, message: object, call: CallContext): Promise<Answer>;
  /** Whether this body was signed with our key under this time and number. Gives why not. */
  check(headers: Readonly<Record<string, string>>, body: Uint8Array, at: Date, expectedNonce?: string): Promise<string | undefined>;
};

const LATEST_MS = 300_000;

/**
 * Every message is signed: HMAC-SHA256 over time, number and body, each on a line. An answer repeats the number of its request, so an old answer is never taken for a new
 * one. The key stays with the core; this plugin only asks for signatures.
 */
export function createWire({ settings, http, keys, now, log }: PluginContext<CityCardSettings>): Wire {
  const signatureOf = async (time: string, nonce: string, body: Uint8Array | string): Promise<string> => {
    const data = Buffer.concat([Buffer.from(`${time}\n${nonce}\n`, 'utf8'), Buffer.from(body)]);
    return Buffer.from(await keys.sign({ key: 'key', algorithm: 'HMAC-SHA256', data })).toString('hex');
  };
  const check: Wire['check'] = async (headers, body, at, expectedNonce) => {
    const { 'x-time': time = '', 'x-nonce': nonce = '', 'x-signature': signature = '' } = headers;
    if (signature === '' || signature !== (await signatureOf(time, nonce, body))) return 'the signature is not right';
    if (!(Math.abs(at.getTime() - Date.parse(time)) <= LATEST_MS)) return 'it is older or newer than five minutes';
    return expectedNonce !== undefined && nonce !== expectedNonce ? 'it answers another request' : undefined;
  };
  return {
    check,
    async ask(operation, path, message, { signal }) {
      const time = now().toISOString();
      const nonce = randomBytes(12).toString('hex');
      const body = JSON.stringify({ merchantNo: settings.merchantNo, ...message });
      const answer = await http.request({
        method: 'POST', url: `${settings.baseUrl.replace(/\/$/, '')}${path}`, body, signal,
        headers: { 'content-type': 'application/json', 'x-time': time, 'x-nonce': nonce, 'x-signature': await signatureOf(time, nonce, body) },
      });
      if (answer.kind === 'notSent') return answer;
      if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
      const wrong = await check(answer.headers, answer.body, now(), nonce);
      if (wrong !== undefined) {
        log.warn('an answer could not be verified', { operation, status: answer.status, reason: wrong });
        return { kind: 'unknown', reason: `unverified answer (status ${String(answer.status)}): ${wrong}` };
      }
      if (answer.status === 200) return { kind: 'accepted', body: answer.body };
      const refusal = answer.status === 422 ? readJson(RefusalAnswer, answer.body) : undefined;
      if (refusal === undefined) return { kind: 'unknown', reason: `status ${String(answer.status)}` };
      const meanings = REFUSALS[operation];
      return { kind: 'refused', code: refusal.code, message: refusal.message, meaning: Object.hasOwn(meanings, refusal.code) ? (meanings[refusal.code] ?? 'unlisted') : 'unlisted' };
    },
  };
}
