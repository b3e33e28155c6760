import type { PluginContext } from '@hospay/plugin-sdk';

import { MAIN_GATEWAY_URL, type AlipaySettings } from './settings.js';
import { formText, type GatewayRequest, type SignRequest } from './signed-parameters.js';

/** What came back, before a word of it is believed. `text` is undefined when the bytes are not UTF-8. */
export type RawAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string | undefined }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'noAnswer'; readonly reason: string };

/** Sends one signed request to the gateway. Never throws for what the network does. */
export type SendRequest = (request: GatewayRequest, signal: AbortSignal) => Promise<RawAnswer>;

export function createWire(context: PluginContext<AlipaySettings>, sign: SignRequest): SendRequest {
  const gateway = context.settings.gatewayUrl ?? MAIN_GATEWAY_URL;
  return async (request, signal) => {
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    // As the official SDKs do it: everything but the content in the query, the content in the body.
    const { biz_content: content = '', ...shared } = await sign(request);
    const answer = await context.http.request({
      method: 'POST',
      url: `${gateway}?${formText(shared)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', accept: 'application/json' },
      body: formText({ biz_content: content }),
      signal,
    });
    return answer.kind === 'answer' ? { kind: 'answer', status: answer.status, text: utf8(answer.body) } : answer;
  };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
