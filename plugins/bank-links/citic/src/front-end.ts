import { createPace, type PluginContext } from '@hospay/plugin-sdk';

import { INSTRUCTION_SPACING_MS, QUERY_SPACING_MS, type CiticSettings } from './settings.js';
import { readStream, writeStream, type Fields, type StreamAnswer } from './stream-message.js';

export type FrontEndAnswer =
  | ({ readonly kind: 'answer'; /** As it came: a statement is kept so. */ readonly bytes: Uint8Array } & StreamAnswer)
  /** Nothing was sent, and never can be: the message cannot carry it. */
  | { readonly kind: 'unsayable' }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type FrontEnd = {
  /** An instruction moves money: it is sent once. */
  instruct(action: string, fields: Fields, call: { readonly signal: AbortSignal }): Promise<FrontEndAnswer>;
  ask(action: string, fields: Fields, call: { readonly signal: AbortSignal }, rows?: readonly Fields[]): Promise<FrontEndAnswer>;
};

/** Twenty rows of a statement are a few kilobytes; the archive of a receipt has up to a megabyte in one field (manual V5.0, DLEDCDTD). */
const LARGEST_ANSWER_BYTES = 2 * 1_048_576;

/** The bank's front-end machine in the hospital: it signs towards the bank, and speaks plain XML to whoever reaches it (manual V5.0). */
export function createFrontEnd(context: PluginContext<CiticSettings>): FrontEnd {
  const { settings, http } = context;
  const paces = { instruction: createPace(context, settings.instructionSpacingMs ?? INSTRUCTION_SPACING_MS), question: createPace(context, settings.querySpacingMs ?? QUERY_SPACING_MS) };

  const send = async (lane: keyof typeof paces, body: Uint8Array | undefined, signal: AbortSignal): Promise<FrontEndAnswer> => {
    if (body === undefined) return { kind: 'unsayable' };
    const sent = await paces[lane](signal, () => http.request({ method: 'POST', url: settings.frontEndUrl, headers: { 'content-type': 'text/xml; charset=GBK' }, body, maxAnswerBytes: LARGEST_ANSWER_BYTES, signal }));
    if (sent === 'noTurn') return { kind: 'notSent', reason: 'no turn came before the deadline: the bank sets a pace' };
    if (sent.kind === 'notSent') return sent;
    if (sent.kind === 'noAnswer') return unknown(sent.reason);
    if (sent.status !== 200) return unknown(`the front-end machine answered HTTP ${String(sent.status)}`);
    const answer = readStream(sent.body);
    return answer === undefined ? unknown('the answer is none of the front-end machine’s') : { kind: 'answer', bytes: sent.body, ...answer };
  };

  return {
    instruct: (action, fields, { signal }) => send('instruction', writeStream({ action, userName: settings.userName, ...fields }), signal),
    ask: (action, fields, { signal }, rows) => send('question', writeStream({ action, userName: settings.userName, ...fields }, rows), signal),
  };
}

function unknown(reason: string): FrontEndAnswer {
  return { kind: 'unknown', reason };
}
