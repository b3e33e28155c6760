import type { CallContext, PluginContext } from '@hospay/plugin-sdk';

import type { AlipayKeys } from './alipay-keys.js';
import { authenticNode } from './authentic-node.js';
import { readJson, Verdict } from './messages.js';
import { refusalMeaning, type RefusableOperation, type RefusalMeaning } from './refusals.js';
import type { AlipaySettings } from './settings.js';
import type { GatewayRequest } from './signed-parameters.js';
import type { SendRequest } from './wire.js';

/** What Alipay proved to have said. `payerIsPaying`: code 10003, which only a scanned code expects. */
export type VerifiedAnswer =
  | { readonly kind: 'accepted'; readonly node: string }
  | { readonly kind: 'payerIsPaying' }
  | { readonly kind: 'refused'; readonly meaning: RefusalMeaning; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type AskAlipay = (operation: RefusableOperation, request: GatewayRequest, call: Pick<CallContext, 'signal'>) => Promise<VerifiedAnswer>;

/** Sends a request and believes the answer only when its signature is right: anybody between us and Alipay can write "TRADE_NOT_EXIST". */
export function createVerifiedWire(context: PluginContext<AlipaySettings>, send: SendRequest, keys: AlipayKeys): AskAlipay {
  return async (operation, request, { signal }) => {
    const answer = await send(request, signal);
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return unknown(answer.reason);
    if (answer.status !== 200 || answer.text === undefined) return unknown(`status ${String(answer.status)} without a readable body`);

    const verdict = await authenticNode(answer.text, request.method, (certificateSn) => keys.find(certificateSn, { signal, seenIn: 'answer' }));
    if (!verdict.authentic) {
      context.log.warn('an answer could not be verified', { method: request.method, reason: verdict.reason });
      return unknown(`unverified answer: ${verdict.reason}`);
    }
    const result = readJson(Verdict, verdict.node);
    if (result === undefined) return unknown('the answer holds no result code');
    if (result.code === '10000') return { kind: 'accepted', node: verdict.node };
    if (result.code === '10003') return { kind: 'payerIsPaying' };

    const meaning = refusalMeaning(operation, { code: result.code, subCode: result.sub_code });
    const code = result.sub_code ?? result.code;
    context.log.info('Alipay refused', { method: request.method, code, meaning });
    return { kind: 'refused', meaning, code, message: printable(result.sub_msg ?? result.msg ?? '', 300) };
  };
}

function unknown(reason: string): VerifiedAnswer {
  return { kind: 'unknown', reason };
}

function printable(text: string, maxLength: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, maxLength);
}
