import { createPace, type PluginContext, type PluginHttpRequest } from '@hospay/plugin-sdk';

import { SPACING_MS, type IsoSettings } from './settings.js';

/** `absent`: the bank itself says that it has no such thing, by a code of the transport contract that repeats what was asked about. */
export type WireAnswer =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent'; readonly code: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type BankWire = {
  /** Hands a file over, once. */
  post(path: string, body: string, call: { readonly signal: AbortSignal }): Promise<WireAnswer>;
  /** @param subject what the answer must name when it says that there is none */
  get(path: string, subject: string, call: { readonly signal: AbortSignal }): Promise<WireAnswer>;
};

/** A day of a large hospital, with room. */
const LARGEST_FILE_BYTES = 64 * 1_048_576;

/** The transport contract of the README: files over HTTPS, the hospital known by its client certificate, one lane for instructions and one for questions. */
export function createBankWire(context: PluginContext<IsoSettings>): BankWire {
  const { settings, http } = context;
  const restMs = settings.spacingMs ?? SPACING_MS;
  const paces = { POST: createPace(context, restMs), GET: createPace(context, restMs) };
  const certificate = settings.clientCertificatePem === undefined ? {} : { clientCertificate: { certificate: 'clientCertificatePem', privateKey: 'clientKeyPem' } };

  const send = async (request: Pick<PluginHttpRequest, 'body'> & { readonly method: 'GET' | 'POST'; readonly path: string; readonly signal: AbortSignal; readonly subject?: string }): Promise<WireAnswer> => {
    const { method, path, signal, subject, ...rest } = request;
    const answer = await paces[method](signal, () => http.request({ method, url: `${settings.baseUrl.replace(/\/$/, '')}${path}`, headers: { 'content-type': 'application/xml; charset=UTF-8', accept: 'application/xml' }, maxAnswerBytes: LARGEST_FILE_BYTES, signal, ...certificate, ...rest }));
    if (answer === 'noTurn') return { kind: 'notSent', reason: 'no turn came before the deadline: the bank sets a pace' };
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
    if (answer.status === 200) return { kind: 'file', bytes: answer.body };
    const code = answer.status === 404 && subject !== undefined ? absenceOf(answer.body, subject) : undefined;
    return code === undefined ? { kind: 'unknown', reason: `the bank answered HTTP ${String(answer.status)}` } : { kind: 'absent', code };
  };

  return {
    post: (path, body, { signal }) => send({ method: 'POST', path, body, signal }),
    get: (path, subject, { signal }) => send({ method: 'GET', path, signal, subject }),
  };
}

/** A proxy's own 404 names nothing that was asked about, and says nothing of a transfer. */
function absenceOf(body: Uint8Array, subject: string): string | undefined {
  try {
    const said: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof said !== 'object' || said === null || !('error' in said) || !('subject' in said)) return undefined;
    return typeof said.error === 'string' && said.subject === subject ? said.error.slice(0, 64) : undefined;
  } catch {
    return undefined;
  }
}
