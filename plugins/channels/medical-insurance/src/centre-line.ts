import { beijingDay, beijingTime, type PluginContext } from '@hospay/plugin-sdk';

import { fieldsAt, isFields, readJson, textAt } from './answer-fields.js';
import type { BodyCipher } from './body-ciphers.js';
import type { CentreAnswer } from './centre-answer.js';
import type { HeaderSigner } from './header-signers.js';
import { MessageNumbers } from './message-numbers.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

export type Question = {
  readonly infno: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the message is for, kept with its number. */
  readonly of: string;
  readonly insuredPlace?: string | undefined;
  readonly operatorId?: string | undefined;
  /** Taken from `number` beforehand where the number itself must be kept first; otherwise one is taken. */
  readonly msgid?: string;
  readonly signal: AbortSignal;
};

export type FileAnswer = { readonly kind: 'file'; readonly bytes: Uint8Array } | Exclude<CentreAnswer, { kind: 'done' }>;

const FILE_LIMIT_BYTES = 64 * 1_048_576;
const SIGN_IN_KEY = 'sign-in';

/** The line to the centre: one envelope for every transaction; path, headers and body by strategies the settings choose. */
export class CentreLine {
  readonly #context: PluginContext<MedicalInsuranceSettings>;
  readonly #settings: CompleteSettings;
  readonly #signer: HeaderSigner;
  readonly #cipher: BodyCipher;
  readonly #numbers: MessageNumbers;
  #signingIn: Promise<string | undefined> | undefined;

  constructor(given: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly signer: HeaderSigner; readonly cipher: BodyCipher; readonly numbers: MessageNumbers }) {
    this.#context = given.context;
    this.#settings = given.settings;
    this.#signer = given.signer;
    this.#cipher = given.cipher;
    this.#numbers = given.numbers;
  }

  /** A message number, already in the store. */
  number(infno: string, of: string): Promise<string> {
    return this.#numbers.next({ infno, of });
  }

  async ask(question: Question): Promise<CentreAnswer> {
    const sent = await this.#send(question);
    if (sent.kind !== 'answer') return sent;
    return this.#read(sent.body, sent.status);
  }

  /** 9102: the answer is the file itself; only a refusal comes as JSON. */
  async download(question: Question): Promise<FileAnswer> {
    const sent = await this.#send(question);
    if (sent.kind !== 'answer') return sent;
    if (sent.body[0] !== 0x7b) return sent.status === 200 ? { kind: 'file', bytes: sent.body } : { kind: 'unknown', reason: `the centre answered HTTP ${String(sent.status)}` };
    const answer = await this.#read(sent.body, sent.status);
    return answer.kind === 'done' ? { kind: 'unknown', reason: 'the centre answered without the file' } : answer;
  }

  async #send({ infno, input, of, insuredPlace, operatorId, msgid, signal }: Question): Promise<{ readonly kind: 'answer'; readonly body: Uint8Array; readonly status: number } | Exclude<CentreAnswer, { kind: 'done' | 'refused' }>> {
    const { operator, institutionCode, institutionName, regionCode = '', systemCode, requestPath, baseUrl } = this.#settings;
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const signNo = infno === '9001' ? '' : await this.#signNo(signal);
    if (signNo === undefined) return { kind: 'notSent', reason: 'the centre gave no sign-in number' };
    const signed = await this.#signer.sign({ infno, signal });
    if (signed.kind === 'notSent') return signed;
    const sealed = await this.#cipher.seal(input).catch(() => undefined);
    if (sealed === undefined) return { kind: 'notSent', reason: 'the message could not be signed' };
    const envelope = {
      infno,
      msgid: msgid ?? (await this.number(infno, of)),
      mdtrtarea_admvs: regionCode,
      insuplc_admdvs: insuredPlace ?? regionCode,
      recer_sys_code: systemCode,
      dev_no: '',
      dev_safe_info: '',
      signtype: '',
      infver: 'V1.0',
      opter_type: operator.type,
      opter: operatorId ?? operator.no,
      opter_name: operatorId ?? operator.name,
      inf_time: beijingTime(this.#context.now()),
      fixmedins_code: institutionCode,
      fixmedins_name: institutionName,
      sign_no: signNo,
      ...sealed,
    };
    const answer = await this.#context.http.request({
      method: 'POST',
      url: `${baseUrl.replace(/\/$/, '')}${requestPath.replaceAll('{infno}', infno)}`,
      headers: { ...signed.headers, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(envelope),
      ...(infno === '9102' ? { maxAnswerBytes: FILE_LIMIT_BYTES } : {}),
      signal,
    });
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'answer' && answer.status === 401) this.#signer.wasRejected?.();
    return answer.kind === 'answer' ? { kind: 'answer', body: answer.body, status: answer.status } : { kind: 'unknown', reason: answer.reason };
  }

  async #read(body: Uint8Array, status: number): Promise<CentreAnswer> {
    const { refusalCodes, unknownMessages } = this.#settings;
    const answer = status === 200 ? readJson(body) : undefined;
    if (!isFields(answer)) return { kind: 'unknown', reason: `the centre answered HTTP ${String(status)} and nothing that can be read` };
    const opened = await this.#cipher.open(answer);
    if (opened === undefined) return { kind: 'unknown', reason: 'the answer is not authentic' };
    const [code, message] = [textAt(answer, 'infcode'), textAt(answer, 'err_msg').slice(0, 400)];
    if (code === '0') return { kind: 'done', output: opened.output };
    const leavesOpen = message === '' || unknownMessages.some((part) => message.toLowerCase().includes(part.toLowerCase()));
    if (!refusalCodes.includes(code) || leavesOpen) return { kind: 'unknown', reason: `the centre answered infcode ${code.slice(0, 20)}: ${message}`.slice(0, 500) };
    // Another sign-in may be what it takes; the one that was refused is used no more.
    if (message.includes('签到')) await this.#context.store.delete(SIGN_IN_KEY);
    return { kind: 'refused', code, message };
  }

  /** The day's sign-in number; undefined when there is none to be had. One sign-in at a time: another would make the first one's number void. */
  async #signNo(signal: AbortSignal): Promise<string | undefined> {
    if (this.#settings.signIn === 'never') return '';
    const day = beijingDay(this.#context.now());
    const kept: unknown = await this.#context.store.get(SIGN_IN_KEY);
    if (isFields(kept) && textAt(kept, 'day') === day) return textAt(kept, 'signNo');
    this.#signingIn ??= this.#signIn(day, signal).finally(() => { this.#signingIn = undefined; });
    return this.#signingIn;
  }

  async #signIn(day: string, signal: AbortSignal): Promise<string | undefined> {
    const { operator } = this.#settings;
    const answer = await this.ask({ infno: '9001', input: { signIn: { opter_no: operator.no, mac: '', ip: '' } }, of: SIGN_IN_KEY, signal });
    const signNo = answer.kind === 'done' ? textAt(fieldsAt(answer.output, 'signinoutb'), 'sign_no') : '';
    if (signNo === '') return undefined;
    await this.#context.store.put(SIGN_IN_KEY, { day, signNo });
    return signNo;
  }
}
