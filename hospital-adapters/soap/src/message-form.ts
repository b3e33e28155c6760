/** How the values of an operation become the arguments of a method, and how its string becomes an answer: plain, encrypted, or the values themselves. */
import { randomUUID } from 'node:crypto';
import { MappingError, type HisAnswer, type MessageOperation, type MessageValue } from '@hospay/plugin-sdk/his-mapping';
import { openEnvelope, sealMessage, type EnvelopeKeys } from './encrypted-envelope.js';
import type { MessageMapping, ServiceArgument } from './mapping-schema.js';
import { answerOf, openMessage, writeMessage, type MessageHead } from './plain-message.js';
import type { PreparedMapping } from './read-mapping.js';
import type { Settings } from './settings.js';
import type { MethodCall } from './soap-envelope.js';

export type FormAnswer = { readonly kind: 'answer'; readonly answer: HisAnswer } | { readonly kind: 'garbled'; readonly reason: string };

/** One message under way: what is sent, and how what comes back is read. */
export type WrittenMessage = { readonly call: MethodCall; readonly read: (text: string) => FormAnswer };

export type MessageForm = {
  /** @throws RangeError for a character that cannot be carried */
  write(operation: MessageOperation, values: readonly MessageValue[]): WrittenMessage;
};

/** @throws MappingError when the settings lack what the mapping sends */
export function messageForm(mapping: PreparedMapping, settings: Settings): MessageForm {
  const { service, message } = mapping;
  checkSettings(mapping, settings);
  const { user = '', password = '' } = settings;
  const methodOf = (operation: MessageOperation): string => service.method ?? operation.call;
  const argumentsOf = (operation: MessageOperation, written: string): MethodCall['arguments'] => service.arguments.map(({ name, is }) => ({
    name, text: { message: written, call: operation.call, user, password, empty: '' }[is], cdata: is === 'message' && service.cdata === true,
  }));
  if (message === undefined) {
    const root = mapping.answerRoot ?? '';
    return {
      write: (operation, values) => ({
        call: { method: methodOf(operation), arguments: [...argumentsOf(operation, ''), ...values.map(({ name, text }) => ({ name, text, cdata: false }))] },
        read: (text) => readPlain(operation, text, root),
      }),
    };
  }
  const keys = keysOf(mapping, settings);
  return {
    write(operation, values) {
      const head: MessageHead = { user, password, number: randomUUID().replaceAll('-', '') };
      const written = writeMessage(message, operation, values, head);
      return {
        call: { method: methodOf(operation), arguments: argumentsOf(operation, keys === undefined ? written : sealMessage(written, operation.call, keys)) },
        read: (text) => sameNumber(keys === undefined ? readPlain(operation, text, message.answerRoot) : readSealed(operation, text, message, keys), message, head),
      };
    },
  };
}

function readPlain(operation: MessageOperation, text: string, root: string): FormAnswer {
  const opened = openMessage(text, root);
  return opened.kind === 'garbled' ? opened : { kind: 'answer', answer: answerOf(operation, opened.root) };
}

/** RETURN_CODE and RETURN_MSG are values of the answer as a whole, before any of the same name in the message. */
function readSealed(operation: MessageOperation, text: string, message: MessageMapping, keys: EnvelopeKeys): FormAnswer {
  const envelope = openEnvelope(text, keys);
  if (envelope.kind === 'garbled') return envelope;
  const told = new Map([['return_code', envelope.code], ['return_msg', envelope.text]]);
  // An answer without a message has no rows, not even none of them: "nothing found" must be said by a code of its own.
  if (envelope.message.trim() === '') return { kind: 'answer', answer: { sets: [], out: told, returnStatus: undefined } };
  const opened = openMessage(envelope.message, message.answerRoot);
  return opened.kind === 'garbled' ? opened : { kind: 'answer', answer: answerOf(operation, opened.root, told) };
}

function sameNumber(read: FormAnswer, { numberEcho }: MessageMapping, { number }: MessageHead): FormAnswer {
  if (read.kind === 'garbled' || numberEcho === undefined || read.answer.out.get(numberEcho.toLowerCase()) === number) return read;
  return { kind: 'garbled', reason: 'the answer does not carry the number of this message: it is to another one' };
}

function checkSettings({ service, message, envelope }: PreparedMapping, settings: Settings): void {
  const sends = (is: ServiceArgument['is'], path: string | undefined): boolean => path !== undefined || service.arguments.some((argument) => argument.is === is);
  const complaints: string[] = [];
  const basic = settings.basicAuthentication === true;
  if (settings.user === undefined && (basic || envelope === 'encrypted' || sends('user', message?.user))) complaints.push('settings.user: missing; the mapping sends it');
  if (settings.password === undefined && (basic || sends('password', message?.password))) complaints.push('settings.password: missing; the mapping sends it');
  if (envelope === 'encrypted' && Buffer.byteLength(settings.encryptionKey ?? '', 'utf8') !== 16) complaints.push('settings.encryptionKey: expected 16 bytes, the key of AES-128');
  if (complaints.length > 0) throw new MappingError(complaints);
}

export function keysOf({ envelope, charset }: Pick<PreparedMapping, 'envelope' | 'charset'>, { user = '', encryptionKey = '', signingKey }: Settings): EnvelopeKeys | undefined {
  return envelope === 'encrypted' ? { user, encryptionKey, signingKey: signingKey ?? encryptionKey, charset } : undefined;
}

