/** What a HIS sends over TCP by itself: separated text, one notice a frame, answered with separated text. */
import { timingSafeEqual } from 'node:crypto';
import type { DeliverNotice, NoticeReceiver, PluginLog } from '@hospay/plugin-sdk';
import {
  bindNoticeAnswer, createNoticeDoor, decodeText, encodeText, listenForFrames, readNotice, type Charset, type NoticeConversation, type NoticeListenerSettings, type PreparedNotice,
} from '@hospay/plugin-sdk/his-mapping';
import { frameRequest, readFrame } from './framing.js';
import type { NoticeLineMapping } from './mapping-schema.js';
import { writeRequest } from './write-request.js';

export type PreparedNoticeLine = Omit<NoticeLineMapping, 'kinds'> & { readonly byCall: ReadonlyMap<string, PreparedNotice> };

export type NoticeLineOptions = {
  readonly notices: PreparedNoticeLine;
  readonly charset: Charset;
  readonly codePage: string | undefined;
  readonly offset: string;
  readonly listener: NoticeListenerSettings;
  /** What the HIS proves itself by. */
  readonly noticeKey: string;
  readonly deliver: DeliverNotice;
  readonly log: PluginLog;
  readonly now: () => Date;
};

/** @throws when the port cannot be had */
export function listenForNotices(options: NoticeLineOptions): Promise<NoticeReceiver> {
  const { listener, log, now } = options;
  return listenForFrames({ door: createNoticeDoor(listener, now), log, open: () => conversation(options) });
}

function conversation(options: NoticeLineOptions): NoticeConversation {
  const { notices: { framing }, charset } = options;
  let bytes: Buffer = Buffer.alloc(0);
  return {
    frames(chunk) {
      bytes = Buffer.concat([bytes, chunk]);
      const frames: Buffer[] = [];
      for (;;) {
        const frame = readFrame(bytes, framing, { charset, ended: false });
        if (frame.kind === 'garbled') throw new RangeError(frame.reason);
        if (frame.kind === 'more') return frames;
        frames.push(frame.text);
        bytes = frame.rest;
      }
    },
    pending: () => bytes.length,
    answer: (frame) => answer(options, frame),
  };
}

/** Undefined for what is no notice: the connection is closed, which says nothing of any notice. */
async function answer(options: NoticeLineOptions, frame: Buffer): Promise<Buffer | undefined> {
  const { notices, charset, noticeKey, deliver, log } = options;
  const nothing = (reason: string): undefined => { log.warn('HIS sent what is no notice', { reason }); };
  const decoded = decodeText(frame, charset);
  if (decoded.kind === 'garbled') return nothing(decoded.reason);
  const { endMark = '' } = notices;
  if (!decoded.text.endsWith(endMark)) return nothing('the message was cut');
  const values = decoded.text.slice(0, decoded.text.length - endMark.length).split(notices.separator);
  const out = new Map(values.map((value, index) => [`#${String(index + 1)}`, value]));
  if (!isSame(out.get(notices.key) ?? '', noticeKey)) return nothing('not the key of this interface');
  const call = out.get(notices.call) ?? '';
  const prepared = notices.byCall.get(call.trim());
  if (prepared === undefined) return nothing('no notice of this name');
  const read = readNotice(prepared, { rows: [out], out }, options);
  if (read.kind === 'malformed') return nothing(read.reason);
  const told = bindNoticeAnswer(prepared, read.notice, await deliver(read.notice), options);
  if (told.kind === 'refused') return nothing(`the answer cannot be written: ${told.message}`);
  const written = writeRequest({ separator: notices.separator, head: ['call'], ...(notices.endMark === undefined ? {} : { end: notices.endMark }) }, { call, key: '', client: '', number: '' }, told.values);
  return written.kind === 'refused' ? nothing(`the answer cannot be written: ${written.message}`) : frameRequest(encodeText(written.text, charset), notices.framing, charset);
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
