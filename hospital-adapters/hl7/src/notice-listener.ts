/**
 * Messages a HIS sends by itself (DFT, ADT, SIU …), over MLLP. Acknowledged only when the core has kept what they tell: with CA where the HIS wants a commit acknowledgement,
 * and with the mapping's own words. What is no notice is rejected with AR and no word about any notice; what may not be kept gets CE, or no commit, so that it is sent again.
 */
import { timingSafeEqual } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { DeliverNotice, NoticeAnswer, NoticeReceiver } from '@hospay/plugin-sdk';
import { bindNoticeAnswer, createNoticeDoor, listenForFrames, readNotice, type BoundMessage, type NoticeConversation, type NoticeListenerSettings } from '@hospay/plugin-sdk/his-mapping';
import { controlIdOf, isContinued, messageType, wantsCommit } from './acknowledgement.js';
import { codePageOf } from './character-set.js';
import { parsePosition, type Hl7Position } from './hl7-position.js';
import { frame, FrameReader } from './mllp-frames.js';
import type { Hl7Notice, Hl7Notices } from './prepare-notices.js';
import { groupsOf, readMessage, valueAt, type ReceivedMessage } from './read-message.js';
import { acknowledge, headerOf, type Engine } from './run-operation.js';
import { writeMessage, type PlacedValue } from './write-message.js';

export type NoticeListenerOptions = {
  readonly engine: Omit<Engine, 'line' | 'elsewhere'>;
  readonly notices: Hl7Notices;
  readonly listener: NoticeListenerSettings;
  /** MSH-8, where the HIS proves itself by it. */
  readonly security: string | undefined;
  readonly tls: Pick<TlsOptions, 'ca' | 'cert' | 'key'> | undefined;
  readonly deliver: DeliverNotice;
};

/** @throws when the port cannot be had */
export function listenForNotices(options: NoticeListenerOptions): Promise<NoticeReceiver> {
  const { engine: { log, now }, listener, tls } = options;
  const door = createNoticeDoor(listener, now);
  return listenForFrames({ door, log, tls, open: () => conversation(options, door.largestBytes) });
}

function conversation(options: NoticeListenerOptions, largestBytes: number): NoticeConversation {
  const reader = new FrameReader(largestBytes);
  return {
    frames: (chunk) => reader.read(chunk).flatMap((framed) => (framed.kind === 'message' ? [framed.bytes] : [])),
    pending: () => 0,
    answer: (bytes) => answer(options, bytes),
  };
}

async function answer(options: NoticeListenerOptions, bytes: Buffer): Promise<Buffer | undefined> {
  const { engine, notices, deliver } = options;
  const read = readMessage(bytes, engine.characterSet);
  if (read.kind === 'malformed') {
    engine.log.warn('HIS sent what is no HL7 message', { reason: read.reason });
    return undefined;
  }
  const { message } = read;
  const controlId = controlIdOf(message);
  const notice = notices.get(messageType(message));
  const reject = (reason: string): Buffer => {
    engine.log.warn('HIS sent what is no notice', { messageType: messageType(message).slice(0, 20), reason });
    return rejection(options, message, controlId ?? '', reason);
  };
  if (controlId === undefined) return reject('no MSH-10');
  if (!isProven(options, message)) return reject('not proven');
  if (notice === undefined || isContinued(message) || !fits(notice, message)) return reject('no notice of ours');
  const told = readNotice(notice, valuesOf(notice, message), engine);
  if (told.kind === 'malformed') return reject(told.reason);
  const outcome = await deliver(told.notice);
  const bound = bindNoticeAnswer(notice, told.notice, outcome, { codePage: engine.mapping.codePage ?? codePageOf(engine.characterSet), offset: engine.offset });
  return Buffer.concat([...commit(options, message, controlId, outcome), ...application(options, { message, notice, controlId, outcome, bound })]);
}

/** CE: not kept for certain, to be sent again. */
function commit({ engine }: NoticeListenerOptions, message: ReceivedMessage, controlId: string, outcome: NoticeAnswer): readonly Buffer[] {
  return wantsCommit(message) ? [frame(acknowledge(engine, outcome.kind === 'unknown' ? 'CE' : 'CA', controlId))] : [];
}

type Answering = { readonly message: ReceivedMessage; readonly notice: Hl7Notice; readonly controlId: string; readonly outcome: NoticeAnswer; readonly bound: BoundMessage };

/** MSH-16: when the HIS wants to hear what became of it. */
function application({ engine }: NoticeListenerOptions, { message, notice, controlId, outcome, bound }: Answering): readonly Buffer[] {
  const wish = valueAt(message, WANTS_APPLICATION) ?? 'AL';
  const isGood = outcome.kind === 'accepted';
  if (wish === 'NE' || (wish === 'ER' && isGood) || (wish === 'SU' && !isGood)) return [];
  if (bound.kind === 'refused') {
    engine.log.warn('the answer to a notice cannot be written', { kind: notice.kind, reason: bound.message });
    return [];
  }
  const values = bound.values.flatMap(({ name, text }): PlacedValue[] => {
    const position = notice.positions.get(name.toLowerCase());
    return position === undefined ? [] : [{ position, texts: [text] }];
  });
  return [frame(writeMessage(headerOf(engine, ['ACK', ...messageType(message).split('^').slice(1)].join('^'), ''), [...values, { position: ANSWERED, texts: [controlId] }]))];
}

function rejection({ engine }: NoticeListenerOptions, message: ReceivedMessage, controlId: string, reason: string): Buffer {
  const wantsCommitOnly = wantsCommit(message);
  return frame(writeMessage(headerOf(engine, 'ACK', ''), [{ position: CODE, texts: [wantsCommitOnly ? 'CR' : 'AE'] }, { position: ANSWERED, texts: [controlId] }, { position: SAID, texts: [`NOT A NOTICE: ${reason.slice(0, 100)}`] }]));
}

function fits({ when }: Hl7Notice, message: ReceivedMessage): boolean {
  return when === undefined || when.is.includes(valueAt(message, when.at) ?? '');
}

function valuesOf(notice: Hl7Notice, message: ReceivedMessage): Parameters<typeof readNotice>[1] {
  const read = (segments = message.segments): Map<string, string> => new Map([...notice.fields.values()].flatMap(({ column, out }) => {
    const name = (column ?? out ?? '').toLowerCase();
    const position = notice.positions.get(name);
    const value = position === undefined ? undefined : valueAt(message, position, segments);
    return value === undefined ? [] : [[name, value] as const];
  }));
  return { rows: notice.rowSegments === undefined ? [read()] : groupsOf(message, notice.rowSegments).map((segments) => read(segments)), out: read() };
}

function isProven({ security }: NoticeListenerOptions, message: ReceivedMessage): boolean {
  if (security === undefined) return true;
  const [given, expected] = [Buffer.from(valueAt(message, SECURITY) ?? ''), Buffer.from(security)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const at = (text: string): Hl7Position => {
  const position = parsePosition(text);
  if (position === undefined) throw new RangeError(text);
  return position;
};
const SECURITY = at('MSH-8');
const WANTS_APPLICATION = at('MSH-16');
const CODE = at('MSA-1');
const ANSWERED = at('MSA-2');
const SAID = at('MSA-3');
