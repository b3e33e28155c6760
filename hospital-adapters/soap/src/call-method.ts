/** One call of the web service: envelope out, envelope in. Everything that is not HTTP 200 with the method's own response is no answer. */
import type { PluginHttp } from '@hospay/plugin-sdk';
import { decodeText, type Exchange, type MessageOperation, type MessageValue } from '@hospay/plugin-sdk/his-mapping';
import type { MessageForm, WrittenMessage } from './message-form.js';
import type { PreparedMapping } from './read-mapping.js';
import { readEnvelope, writeEnvelope, type SoapRequest } from './soap-envelope.js';

export type WebService = {
  readonly http: PluginHttp;
  readonly url: string;
  /** Credentials in the HTTP header, where the service wants them there. */
  readonly authorization: string | undefined;
  readonly maxAnswerBytes: number;
  readonly mapping: Pick<PreparedMapping, 'charset' | 'service' | 'refusingFaults'>;
  readonly form: MessageForm;
};

export async function callMethod(service: WebService, operation: MessageOperation, values: readonly MessageValue[], signal: AbortSignal): Promise<Exchange> {
  const written = write(service, operation, values);
  if (written.kind === 'unwritable') return written;
  const { request, message } = written;
  const { url, authorization, maxAnswerBytes } = service;
  const answer = await service.http.request({
    method: 'POST', url, body: request.body, maxAnswerBytes, signal,
    headers: { ...request.headers, accept: 'text/xml, application/soap+xml', ...(authorization === undefined ? {} : { authorization }) },
  });
  switch (answer.kind) {
    case 'notSent': return answer;
    case 'noAnswer': return { kind: 'lost', reason: answer.reason };
    case 'answer': return judge(service, message, answer);
  }
}

type Written = { readonly kind: 'written'; readonly request: SoapRequest; readonly message: WrittenMessage } | { readonly kind: 'unwritable'; readonly message: string };

function write({ form, mapping }: WebService, operation: MessageOperation, values: readonly MessageValue[]): Written {
  try {
    const message = form.write(operation, values);
    return { kind: 'written', request: writeEnvelope(message.call, mapping.service, mapping.charset), message };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'unwritable', message: error.message };
    throw error;
  }
}

type HttpAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

function judge({ mapping }: WebService, message: WrittenMessage, { status, headers, body }: HttpAnswer): Exchange {
  const { charset, service, refusingFaults = [] } = mapping;
  // A SOAP Fault comes with 500; any other status is a proxy's or the web server's word, and says nothing of the HIS.
  if (status !== 200 && status !== 500) return { kind: 'lost', reason: `HTTP ${String(status)}${status >= 300 && status < 400 ? ': redirects are not followed' : ''}` };
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return { kind: 'lost', reason: `the answer is packed (${encoding.slice(0, 20)}), which was not asked for` };
  const decoded = decodeText(body, charset, headers['content-type']);
  if (decoded.kind === 'garbled') return { kind: 'lost', reason: `HTTP ${String(status)}: ${decoded.reason}` };
  const { method } = message.call;
  const answer = readEnvelope(decoded.text, method, service.answer ?? `${method}Result`);
  if (answer.kind === 'fault') {
    if (refusingFaults.includes(answer.code)) return { kind: 'refused', code: `HIS_FAULT_${answer.code}`, message: answer.message };
    return { kind: 'lost', reason: `SOAP Fault ${answer.code}: ${answer.message}` };
  }
  if (answer.kind === 'garbled') return { kind: 'lost', reason: status === 200 ? answer.reason : `HTTP ${String(status)}: ${answer.reason}` };
  if (status !== 200) return { kind: 'lost', reason: `HTTP ${String(status)} with an answer in it` };
  const read = message.read(answer.text);
  return read.kind === 'answer' ? { kind: 'answered', answer: read.answer } : { kind: 'lost', reason: read.reason };
}
