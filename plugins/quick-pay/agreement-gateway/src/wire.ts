import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import type { CallContext, PluginContext } from '@hospay/plugin-sdk';
import { readJson, REFUSALS, RefusalAnswer, type Meaning, type Operation } from './messages.js';
import type { AgreementGatewaySettings } from './settings.js';
import { createSignatures } from './signatures.js';

export type Answer =
  | { readonly kind: 'accepted'; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly meaning: Meaning; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type Wire = {
  ask(operation: Operation, message: object, call: CallContext): Promise<Answer>;
  /** Whether the gateway signed this body for this path. Gives why not. */
  check(about: { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array; readonly at: Date; readonly expectedNonce?: string }): Promise<string | undefined>;
  /** One personal field, to the gateway's key alone: RSA-OAEP with SHA-256, base64. */
  seal(field: string): string;
};

/** Names the algorithm of its message; absent: RSA-SHA256. */
const ALGORITHM_HEADER = 'x-algorithm';
/** The path a notification is signed for. */
export const NOTICE_PATH = '/notice';
const LATEST_MS = 300_000;

/**
 * Every message is signed over path, time, number and body, each on a line: ours by the merchant's key, which stays with the core, the gateway's by its own, in the one algorithm of the settings. An answer repeats the number of
 * its request, so that an old one is never taken for a new one.
 */
/** @throws Error when a key of the chosen algorithm is missing */
export function createWire(context: PluginContext<AgreementGatewaySettings>): Wire {
  const { settings, http, now, log } = context;
  const signatures = createSignatures(context);
  const textOf = (path: string, time: string, nonce: string, body: Uint8Array | string): Buffer => Buffer.concat([Buffer.from(`${path}\n${time}\n${nonce}\n`, 'utf8'), Buffer.from(body)]);
  const check: Wire['check'] = async ({ path, headers, body, at, expectedNonce }) => {
    const { 'x-time': time = '', 'x-nonce': nonce = '', 'x-signature': signature = '', [ALGORITHM_HEADER]: algorithm = 'RSA-SHA256' } = headers;
    if (algorithm !== signatures.algorithm) return 'it is signed in another algorithm';
    if (signature === '' || !(await signatures.isGateways(textOf(path, time, nonce, body), signature))) return 'the signature is not right';
    if (!(Math.abs(at.getTime() - Date.parse(time)) <= LATEST_MS)) return 'it is older or newer than five minutes';
    return expectedNonce !== undefined && nonce !== expectedNonce ? 'it answers another request' : undefined;
  };
  return {
    check,
    seal: (field) => publicEncrypt({ key: settings.gatewayEncryptionKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, Buffer.from(field, 'utf8')).toString('base64'),
    async ask(operation, message, { signal }) {
      const time = now().toISOString();
      const nonce = randomBytes(12).toString('hex');
      const body = JSON.stringify({ merchantNo: settings.merchantNo, ...message });
      const signature = await signatures.sign(textOf(operation, time, nonce, body));
      const answer = await http.request({
        method: 'POST', url: `${settings.baseUrl.replace(/\/$/, '')}${operation}`, body, signal, maxAnswerBytes: 32 * 1024 * 1024,
        headers: { 'content-type': 'application/json', 'x-time': time, 'x-nonce': nonce, [ALGORITHM_HEADER]: signatures.algorithm, 'x-signature': signature },
      });
      if (answer.kind === 'notSent') return answer;
      if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
      const wrong = await check({ path: operation, headers: answer.headers, body: answer.body, at: now(), expectedNonce: nonce });
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
