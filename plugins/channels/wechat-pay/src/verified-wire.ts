import type { CallContext, PluginContext } from '@hospay/plugin-sdk';

import { readJson, RefusalAnswer } from './messages.js';
import type { PlatformKeys } from './platform-keys.js';
import { refusalMeaning, type RefusableOperation, type RefusalMeaning } from './refusals.js';
import type { WechatPaySettings } from './settings.js';
import { verifySignedMessage } from './signed-message.js';
import type { Wire, WireRequest } from './wire.js';

/** What WeChat Pay proved to have said. `accepted`: any 2xx. `refused`: any other status whose signature was right. */
export type VerifiedAnswer =
  | { readonly kind: 'accepted'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly meaning: RefusalMeaning; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type AskWechatPay = (operation: RefusableOperation, request: WireRequest, call: CallContext) => Promise<VerifiedAnswer>;

/**
 * Sends a request and believes the answer only when its signature is right, whatever the status. An error answer that cannot be
 * verified is `unknown`: anybody between us and WeChat Pay can write "NOT_ENOUGH".
 */
export function createVerifiedWire(context: PluginContext<WechatPaySettings>, wire: Wire, keys: PlatformKeys): AskWechatPay {
  return async (operation, request, call) => {
    const answer = await wire.send(request, call);
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };

    const requestId = printable(answer.headers['request-id'] ?? '', 100);
    const facts = { operation, status: answer.status, requestId };
    const verdict = await verifySignedMessage(answer, context.now(), (serial) => keys.find(serial, call.signal));
    if (!verdict.authentic) {
      context.log.warn('an answer could not be verified', { ...facts, reason: verdict.reason });
      return { kind: 'unknown', reason: `unverified answer (status ${String(answer.status)}): ${verdict.reason}` };
    }
    if (answer.status >= 200 && answer.status < 300) return { kind: 'accepted', body: answer.body };

    const refusal = readJson(RefusalAnswer, answer.body);
    if (refusal === undefined) return { kind: 'unknown', reason: `status ${String(answer.status)} with an unreadable body` };
    const meaning = refusalMeaning({ operation, status: answer.status, code: refusal.code, requestId });
    context.log.info('WeChat Pay refused', { ...facts, code: refusal.code, meaning });
    return { kind: 'refused', meaning, code: refusal.code, message: printable(refusal.message ?? '', 300) };
  };
}

function printable(text: string, maxLength: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, maxLength);
}
