import { createPace, type Pace, type PluginContext } from '@hospay/plugin-sdk';

import { createEnvelope, type Sealed } from './envelope.js';
import { INSTRUCTION_SPACING_MS, QUERY_SPACING_MS, type CmbSettings } from './settings.js';
import { isObject } from './sorted-json.js';

export type Row = Readonly<Record<string, unknown>>;
/** `answer`: authentic, whatever it says. `text`: the message as the bank wrote it. */
export type CdcAnswer =
  | { readonly kind: 'answer'; readonly code: string; readonly message: string; readonly body: Row; readonly text: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type CdcWire = {
  /** Hands an instruction over, once. */
  instruct(funcode: string, body: object, call: { readonly signal: AbortSignal }): Promise<CdcAnswer>;
  /** Asks about an account; the bank wants the same question about it seldom. */
  ask(funcode: string, accountNo: string, body: object, call: { readonly signal: AbortSignal }): Promise<CdcAnswer>;
};

/** The bank took the message; what it says of its rows is another matter. */
export const ACCEPTED = 'SUC0000';
const LARGEST_ANSWER_BYTES = 16 * 1_048_576;

export function createCdcWire(context: PluginContext<CmbSettings>): CdcWire {
  const { settings, http } = context;
  const envelope = createEnvelope(context);
  const instructions = createPace(context, settings.instructionSpacingMs ?? INSTRUCTION_SPACING_MS);
  const questions = new Map<string, Pace>();
  const paceOf = (question: string): Pace => {
    const pace = questions.get(question) ?? createPace(context, settings.querySpacingMs ?? QUERY_SPACING_MS);
    questions.set(question, pace);
    return pace;
  };

  const send = async (pace: Pace, funcode: string, body: object, { signal }: { readonly signal: AbortSignal }): Promise<CdcAnswer> => {
    const answer = await pace(signal, () => exchange(funcode, body, signal));
    return answer === 'noTurn' ? { kind: 'notSent', reason: 'no turn came before the deadline: the bank sets a pace' } : answer;
  };

  const exchange = async (funcode: string, body: object, signal: AbortSignal): Promise<CdcAnswer> => {
    let sealed: Sealed;
    try {
      sealed = await envelope.seal(funcode, body);
    } catch {
      return { kind: 'notSent', reason: 'the request could not be signed: signingPrivateKey does not fit' };
    }
    const answer = await http.request({ method: 'POST', url: settings.baseUrl, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }, body: sealed.form, maxAnswerBytes: LARGEST_ANSWER_BYTES, signal });
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
    if (answer.status !== 200) return { kind: 'unknown', reason: `the bank answered HTTP ${String(answer.status)}` };
    const text = new TextDecoder().decode(answer.body).trim();
    // The gateway's own words before or behind the interface: they say nothing of the instruction.
    if (/^(CDCServer:|ErrMsg:)/.test(text)) return { kind: 'unknown', reason: `the gateway answered ${text.slice(0, 100)}` };
    const opened = await envelope.open(text, { funcode, requestId: sealed.requestId });
    if (opened.kind === 'forged') return { kind: 'unknown', reason: opened.reason };
    const { resultcode, resultmsg } = opened.head;
    return typeof resultcode === 'string' ? { kind: 'answer', code: resultcode.slice(0, 64), message: typeof resultmsg === 'string' ? resultmsg.slice(0, 300) : '', body: opened.body, text: opened.text } : { kind: 'unknown', reason: 'the answer has no result code' };
  };

  return {
    instruct: (funcode, body, call) => send(instructions, funcode, body, call),
    ask: (funcode, accountNo, body, call) => send(paceOf(`${funcode} ${accountNo}`), funcode, body, call),
  };
}

/** The rows under a name of the body; undefined when there is no such list. */
export function rowsOf(body: Row, name: string): readonly Row[] | undefined {
  const rows = body[name];
  return Array.isArray(rows) && rows.every(isObject) ? rows : undefined;
}

export function textOf(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value.trim() : '';
}
