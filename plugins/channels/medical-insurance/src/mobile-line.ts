import type { PluginContext } from '@hospay/plugin-sdk';

import { textAt } from './answer-fields.js';
import type { CentreAnswer } from './centre-answer.js';
import type { HeaderSigner } from './header-signers.js';
import type { MobileEnvelope } from './mobile-envelope.js';
import type { CompleteSettings, MedicalInsuranceSettings, MobileTransaction } from './settings.js';

export type MobileQuestion = { readonly infno: MobileTransaction; readonly data: Readonly<Record<string, unknown>>; readonly signal: AbortSignal };

/** The line to the mobile-payment centre. Path, headers and envelope are chosen apart. */
export class MobileLine {
  readonly #context: PluginContext<MedicalInsuranceSettings>;
  readonly #settings: CompleteSettings;
  readonly #signer: HeaderSigner;
  readonly #envelope: MobileEnvelope;

  constructor(given: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly signer: HeaderSigner; readonly envelope: MobileEnvelope }) {
    this.#context = given.context;
    this.#settings = given.settings;
    this.#signer = given.signer;
    this.#envelope = given.envelope;
  }

  async ask({ infno, data, signal }: MobileQuestion): Promise<CentreAnswer> {
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const signed = await this.#signer.sign({ infno, signal });
    if (signed.kind === 'notSent') return signed;
    const sealed = await this.#envelope.seal(data).catch(() => undefined);
    if (sealed === undefined) return { kind: 'notSent', reason: 'the message could not be signed' };
    const answer = await this.#context.http.request({
      method: 'POST',
      url: `${this.#settings.baseUrl.replace(/\/$/, '')}${this.#settings.mobilePaths[infno]}`,
      headers: { ...signed.headers, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(sealed),
      signal,
    });
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
    if (answer.status === 401) this.#signer.wasRejected?.();
    return this.#read(answer.body, answer.status);
  }

  async #read(body: Uint8Array, status: number): Promise<CentreAnswer> {
    if (status !== 200) return { kind: 'unknown', reason: `the centre answered HTTP ${String(status)}` };
    const opened = await this.#envelope.open(body);
    if (opened === undefined) return { kind: 'unknown', reason: 'the answer is not authentic, or cannot be read' };
    const { head, data } = opened;
    const { mobileSuccessCodes, refusalCodes, unknownMessages } = this.#settings;
    const [code, message] = [textAt(head, 'code'), textAt(head, 'message').slice(0, 400)];
    if (mobileSuccessCodes.includes(code) && head['success'] !== false) return { kind: 'done', output: data };
    const leavesOpen = message === '' || unknownMessages.some((part) => message.toLowerCase().includes(part.toLowerCase()));
    return refusalCodes.includes(code) && !leavesOpen ? { kind: 'refused', code, message } : { kind: 'unknown', reason: `the centre answered code ${code.slice(0, 20)}: ${message}` };
  }
}
