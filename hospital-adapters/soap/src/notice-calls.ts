/** One call of the HIS, from the bytes of its envelope to those of our answer. What is no notice gets a SOAP Fault, which says nothing of any notice. */
import { timingSafeEqual } from 'node:crypto';
import type { DeliverNotice, PluginLog } from '@hospay/plugin-sdk';
import { bindNoticeAnswer, decodeText, leavesOf, elementsAt, MappingError, readNotice, writeXml, type Charset, type MessageValue, type PreparedNotice } from '@hospay/plugin-sdk/his-mapping';
import { openCall, sealAnswer, type EnvelopeKeys } from './encrypted-envelope.js';
import { keysOf } from './message-form.js';
import { openMessage } from './plain-message.js';
import type { NoticeService } from './read-mapping.js';
import type { Settings } from './settings.js';
import { readCallEnvelope, writeFault, writeResponse, type SoapRequest } from './soap-envelope.js';

export type NoticeCallOptions = {
  readonly notices: NoticeService;
  readonly charset: Charset;
  readonly codePage: string | undefined;
  readonly offset: string;
  readonly settings: Settings;
  readonly deliver: DeliverNotice;
  readonly log: PluginLog;
  readonly now: () => Date;
};

export type Answered = SoapRequest & { readonly status: 200 | 500 };

type Call = { readonly call: string; readonly root: ReturnType<typeof openMessage> };
/** Not what the interface promises. */
class NoNotice extends Error {}

/** @throws MappingError when the settings lack what the HIS proves itself by */
export function noticeCalls(options: NoticeCallOptions): (bytes: Uint8Array, contentType: string) => Promise<Answered> {
  const { notices, charset, settings, log } = options;
  const { service, envelope } = notices;
  const keys = keysOf({ envelope, charset }, settings);
  checkProof(options, keys);
  const byCall = new Map([...notices.kinds.values()].map((notice) => [notice.call, notice]));
  return async (bytes, contentType) => {
    try {
      return { status: 200, ...(await answer(options, { bytes, contentType, keys, byCall })) };
    } catch (error) {
      if (!(error instanceof NoNotice)) throw error;
      log.warn('HIS sent what is no notice', { reason: error.message.slice(0, 200) });
      return { status: 500, ...writeFault('client', error.message.slice(0, 200), service, charset) };
    }
  };
}

type Received = { readonly bytes: Uint8Array; readonly contentType: string; readonly keys: EnvelopeKeys | undefined; readonly byCall: ReadonlyMap<string, PreparedNotice> };

async function answer(options: NoticeCallOptions, { bytes, contentType, keys, byCall }: Received): Promise<SoapRequest> {
  const { notices: { service, message }, charset, deliver, log } = options;
  const decoded = decodeText(bytes, charset, contentType);
  if (decoded.kind === 'garbled') throw new NoNotice(decoded.reason.replace('the answer', 'the message'));
  const called = readCallEnvelope(decoded.text);
  if (called.kind === 'garbled') throw new NoNotice(called.reason);
  if (called.method !== service.method) throw new NoNotice(`no method ${called.method.slice(0, 60)}`);
  const { call, root: opened } = openArguments(options, called.arguments, keys);
  if (opened.kind === 'garbled') throw new NoNotice(opened.reason.replace('the answer', 'the message'));
  const { root } = opened;
  const leaves = leavesOf(root);
  checkPassword(options, leaves, called.arguments);
  const prepared = byCall.get((call === '' && message.call !== undefined ? leaves.get(message.call.toLowerCase()) : call)?.trim() ?? '');
  if (prepared === undefined) throw new NoNotice('no notice of this name');
  const rows = prepared.rows === undefined ? [leaves] : elementsAt(root, prepared.rows).map(leavesOf);
  const read = readNotice(prepared, { rows, out: leaves }, options);
  if (read.kind === 'malformed') throw new NoNotice(read.reason);
  const told = await deliver(read.notice);
  const bound = bindNoticeAnswer(prepared, read.notice, told, options);
  if (bound.kind === 'refused') {
    log.warn('the answer to a notice cannot be written', { kind: prepared.kind, reason: bound.message });
    return writeFault('server', 'the answer cannot be written: ask again', service, charset);
  }
  const number = message.number === undefined ? undefined : leaves.get(message.number.toLowerCase());
  return writeResponse(written(options, bound.values, keys, number), { service, method: called.method, charset });
}

function openArguments({ notices: { service, message } }: NoticeCallOptions, given: ReadonlyMap<string, string>, keys: EnvelopeKeys | undefined): Call {
  const valueOf = (is: 'message' | 'call'): string => given.get(service.arguments.find((argument) => argument.is === is)?.name.toLowerCase() ?? '') ?? '';
  if (keys === undefined) return { call: valueOf('call'), root: openMessage(valueOf('message'), message.root) };
  const opened = openCall(valueOf('message'), keys);
  if (opened.kind === 'garbled') throw new NoNotice(opened.reason);
  return { call: opened.call, root: openMessage(opened.message, message.root) };
}

/** RETURN_CODE and RETURN_MSG stand in the encrypted envelope itself. */
function written({ notices: { message } }: NoticeCallOptions, values: readonly MessageValue[], keys: EnvelopeKeys | undefined, number: string | undefined): string {
  const inside = keys === undefined ? values : values.filter(({ name }) => name !== 'RETURN_CODE' && name !== 'RETURN_MSG');
  const echo = number === undefined || message.numberEcho === undefined ? [] : [{ path: message.numberEcho, text: number }];
  const document = writeXml(message.answerRoot, [...echo, ...inside.map(({ name, text }) => ({ path: name, text }))], message.cdata === true ? 'cdata' : 'escaped');
  if (keys === undefined) return message.declaration === true ? `<?xml version="1.0" encoding="UTF-8"?>${document}` : document;
  const outside = (name: string): string => values.find((value) => value.name === name)?.text ?? '';
  return sealAnswer(document, { code: outside('RETURN_CODE'), text: outside('RETURN_MSG') }, keys);
}

function checkPassword({ notices: { service, message }, settings: { noticePassword = '' } }: NoticeCallOptions, leaves: ReadonlyMap<string, string>, given: ReadonlyMap<string, string>): void {
  const place = service.arguments.find(({ is }) => is === 'password')?.name.toLowerCase();
  const shown = [...(place === undefined ? [] : [given.get(place) ?? '']), ...(message.password === undefined ? [] : [leaves.get(message.password.toLowerCase()) ?? ''])];
  if (!shown.every((text) => isSame(text, noticePassword))) throw new NoNotice('not the password of this interface');
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function checkProof({ notices: { service, message, envelope }, settings }: NoticeCallOptions, keys: EnvelopeKeys | undefined): void {
  const wantsPassword = message.password !== undefined || service.arguments.some(({ is }) => is === 'password');
  const complaints = wantsPassword && settings.noticePassword === undefined ? ['settings.noticePassword: missing; the notices of the mapping carry a password'] : [];
  if (envelope === 'encrypted' && (keys === undefined || Buffer.byteLength(keys.encryptionKey) !== 16 || keys.user === '')) complaints.push('settings: encryptionKey and user are missing; the notices are encrypted');
  if (complaints.length > 0) throw new MappingError(complaints);
}
