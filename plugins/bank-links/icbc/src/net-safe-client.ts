import { randomInt } from 'node:crypto';

import { beijingStamp, createPace, type PluginContext } from '@hospay/plugin-sdk';

import { readCms, writeCms, type CmsAnswer, type CmsContent } from './cms-message.js';
import { INSTRUCTION_SPACING_MS, INTERFACE_VERSION, QUERY_SPACING_MS, type IcbcSettings } from './settings.js';

export type ClientAnswer =
  | ({ readonly kind: 'answer'; /** The message as it came: a statement is kept so. */ readonly bytes: Uint8Array } & CmsAnswer)
  /** Nothing was sent, and never can be: the message cannot carry it. */
  | { readonly kind: 'unsayable' }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type NetSafeClient = {
  /** An instruction moves money: it is signed and sent once. `packageNo`: ours, the bank takes each once. */
  instruct(transCode: string, packageNo: string, content: CmsContent, call: { readonly signal: AbortSignal }): Promise<ClientAnswer>;
  ask(transCode: string, content: CmsContent, call: { readonly signal: AbortSignal }): Promise<ClientAnswer>;
};

/** The bank takes what it says: neither an error of the whole message nor of its row. */
export const DONE = '0';
/** ICBC's own number among banks. */
const BANK_CODE = '102';
const LARGEST_ANSWER_BYTES = 4 * 1_048_576;
const SERVLET = 'servlet/ICBCCMPAPIReqServlet';

/**
 * The bank's client program in the hospital (NetSafe Client). Its service port carries messages to the bank; instructions pass its signing port first, where the hospital's token signs them. Signing moves nothing: what
 * fails there was not sent.
 */
export function createNetSafeClient(context: PluginContext<IcbcSettings>): NetSafeClient {
  const { settings, http, now } = context;
  const paces = { instruction: createPace(context, settings.instructionSpacingMs ?? INSTRUCTION_SPACING_MS), question: createPace(context, settings.querySpacingMs ?? QUERY_SPACING_MS) };
  const { groupCis, certificateId, interfaceVersion = INTERFACE_VERSION } = settings;

  const send = async (lane: keyof typeof paces, transCode: string, packageNo: string, content: CmsContent, signal: AbortSignal): Promise<ClientAnswer> => {
    const at = stampOf(now());
    const message = writeCms({ TransCode: transCode, CIS: groupCis, BankCode: BANK_CODE, ID: certificateId, TranDate: at.slice(0, 8), TranTime: at.slice(8), fSeqno: packageNo }, content);
    if (message === undefined) return { kind: 'unsayable' };
    const sent = await paces[lane](signal, async () => {
      const data = lane === 'instruction' ? await sign(message, signal) : { kind: 'data' as const, data: message };
      return data.kind === 'data' ? hand(transCode, packageNo, data.data, signal) : data;
    });
    return sent === 'noTurn' ? { kind: 'notSent', reason: 'no turn came before the deadline: the bank sets a pace' } : sent;
  };

  const sign = async (message: Uint8Array, signal: AbortSignal): Promise<{ readonly kind: 'data'; readonly data: Uint8Array } | { readonly kind: 'notSent'; readonly reason: string }> => {
    const answer = await http.request({ method: 'POST', url: settings.signUrl, headers: { 'content-type': 'INFOSEC_SIGN/1.0' }, body: message, maxAnswerBytes: LARGEST_ANSWER_BYTES, signal });
    const signed = answer.kind === 'answer' && answer.status === 200 ? signedIn(Buffer.from(answer.body)) : undefined;
    if (signed === undefined) return { kind: 'notSent', reason: 'the signing port did not sign: the NetSafe Client or its token' };
    return signal.aborted ? { kind: 'notSent', reason: 'the deadline passed while it was signed' } : { kind: 'data', data: signed };
  };

  const hand = async (transCode: string, packageNo: string, data: Uint8Array, signal: AbortSignal): Promise<ClientAnswer> => {
    const url = `${settings.serviceUrl.replace(/\/$/, '')}/${SERVLET}?userID=${encodeURIComponent(certificateId)}&PackageID=${packageNo}&SendTime=${stampOf(now())}`;
    const body = `Version=${interfaceVersion}&TransCode=${transCode}&BankCode=${BANK_CODE}&GroupCIS=${groupCis}&ID=${encodeURIComponent(certificateId)}&PackageID=${packageNo}&Cert=&reqData=${percentEncoded(data)}`;
    const answer = await http.request({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=GBK' }, body, maxAnswerBytes: LARGEST_ANSWER_BYTES, signal });
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return unknown(answer.reason);
    if (answer.status !== 200) return unknown(`the NetSafe Client answered HTTP ${String(answer.status)}`);
    const bytes = dataIn(Buffer.from(answer.body).toString('latin1'));
    // `errorCode=` is the client program's or the gateway's own word: it does not say how far the message came.
    if (bytes === undefined) return unknown('the NetSafe Client answered no message of the bank’s');
    const read = readCms(bytes);
    if (read === undefined) return unknown('the answer is no message of the bank’s');
    if (read.head['TransCode'] !== transCode || read.head['fSeqno'] !== packageNo) return unknown('the answer is to another request');
    return { kind: 'answer', bytes, ...read };
  };

  return {
    instruct: (transCode, packageNo, content, { signal }) => send('instruction', transCode, packageNo, content, signal),
    // A question has a number of its own too: the bank takes none twice.
    ask: (transCode, content, { signal }) => send('question', transCode, `${stampOf(now())}${String(randomInt(1_000_000_000)).padStart(9, '0')}`, content, signal),
  };
}

/** `yyyyMMddHHmmssSSS` in Beijing. */
export function stampOf(at: Date): string {
  return `${beijingStamp(at)}${String(at.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** What stands between `<sign>` and `</sign>`, byte for byte: it holds the message itself, so the whole is no XML. */
function signedIn(body: Buffer): Uint8Array | undefined {
  const text = body.toString('latin1');
  const [from, to] = [text.indexOf('<sign>'), text.lastIndexOf('</sign>')];
  if (!/<result>\s*0\s*<\/result>/.test(text.slice(0, Math.max(from, 0))) || to <= from + '<sign>'.length) return undefined;
  return body.subarray(from + '<sign>'.length, to);
}

/** The bank's message of `reqData=<base64>`, which may be broken into lines. */
function dataIn(text: string): Uint8Array | undefined {
  const data = /^\s*reqData=([A-Za-z0-9+/=\s]+)$/.exec(text)?.[1]?.replaceAll(/\s/g, '') ?? '';
  return data !== '' && data.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(data) ? new Uint8Array(Buffer.from(data, 'base64')) : undefined;
}

/** Bytes of GBK as a form carries them. */
function percentEncoded(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (/[A-Za-z0-9._*-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
}

function unknown(reason: string): ClientAnswer {
  return { kind: 'unknown', reason };
}
