/** A HIS that sends lines to the platform over TCP: positions between `|` in GBK, behind eight digits of length or before a line end. */
import { createConnection } from 'node:net';
import iconv from 'iconv-lite';
import type { HisNoticeKind } from '@hospay/plugin-sdk';
import { spell, told, type Push, type PushFault, type PushReply, type PushSpelling, type PushWire } from './push.js';

export const NOTICE_KEY = 'push-key-for-tests';

/** The order of the positions behind call and key. */
const ORDER: Readonly<Partial<Record<HisNoticeKind, readonly string[]>>> = {
  refundRequested: ['hisRefundNo', 'tradeNo', 'receiptNo', 'refundFen', 'totalFen', 'reason', 'operatorId', 'oldReceiptNo', 'newReceiptNo'], refundQueried: ['hisRefundNo'], clinicStopped: ['noticeNo', 'registrations', 'cancelledAtHis', 'reason'],
  registrationCancelled: ['noticeNo', 'hisRegistrationNo', 'reason'], checkedIn: ['noticeNo', 'hisRegistrationNo'], invoicePrinted: ['noticeNo', 'tradeNo', 'receiptNo', 'invoiceNo'], billsChanged: ['noticeNo', 'text', 'patientId', 'billNo'],
};
const RESULTS = { 0: 'accepted', 1: 'refused', 2: 'processing', 9: 'unknown' } as const;

type TcpSpelling = PushSpelling & { readonly end: string; frame(text: string): Buffer; unframe(bytes: Buffer): string | undefined };

const agent: TcpSpelling = {
  names: {}, money: 'yuan', results: RESULTS, end: '|$',
  calls: { refundRequested: 'GC1101', refundQueried: 'GC1102', clinicStopped: 'GC1201', registrationCancelled: 'GC1202', checkedIn: 'GC1203', invoicePrinted: 'GC1301', billsChanged: 'GC1401' },
  frame: (text) => iconv.encode(`${text}\r\n`, 'gbk'),
  unframe(bytes) {
    const text = iconv.decode(bytes, 'gbk');
    return text.endsWith('|$\r\n') ? text.slice(0, -4) : undefined;
  },
};
const frontMachine: TcpSpelling = {
  names: {}, money: 'fen', results: RESULTS, end: '',
  calls: { refundRequested: '901', refundQueried: '902', clinicStopped: '911', registrationCancelled: '912', checkedIn: '913', invoicePrinted: '921', billsChanged: '931' },
  frame(text) {
    const bytes = iconv.encode(text, 'gbk');
    return Buffer.concat([Buffer.from(String(bytes.length).padStart(8, '0')), bytes]);
  },
  unframe: (bytes) => (bytes.length >= 8 && bytes.length === 8 + Number(bytes.subarray(0, 8).toString()) ? iconv.decode(bytes.subarray(8), 'gbk') : undefined),
};
export const TCP_PUSHES = { agent, frontMachine } as const;

export function tcpPusher(personality: keyof typeof TCP_PUSHES, port: number): PushWire {
  const spelling: TcpSpelling = TCP_PUSHES[personality];
  return { push: (push, fault) => send(spelling, port, push, fault), close: () => Promise.resolve() };
}

function write(spelling: TcpSpelling, push: Push, fault: PushFault | undefined): Buffer {
  const values = new Map(spell(push, spelling, fault));
  values.set('registrations', (push.registrations ?? []).join(','));
  const positions = (ORDER[push.kind] ?? []).map((name) => values.get(name) ?? '');
  const text = [spelling.calls[push.kind] ?? '', fault === 'wrongKey' ? 'guessed' : NOTICE_KEY, ...positions].join('|');
  if (fault === 'garbage') return spelling.frame(`退款|${text}${spelling.end}`);
  const frame = spelling.frame(`${text}${spelling.end}`);
  return fault === 'cut' ? frame.subarray(0, -12) : frame;
}

function send(spelling: TcpSpelling, port: number, push: Push, fault: PushFault | undefined): Promise<PushReply> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let bytes = Buffer.alloc(0);
    const end = (reply: PushReply): void => {
      socket.destroy();
      resolve(reply);
    };
    socket.on('connect', () => {
      // In packets of nine bytes: a Chinese character is cut in two.
      const frame = write(spelling, push, fault);
      for (let at = 0; at < frame.length; at += 9) socket.write(frame.subarray(at, at + 9));
      if (fault === 'cut') socket.end();
      if (fault === 'dropBeforeAnswer') socket.end(() => { setTimeout(() => { end({ kind: 'noAnswer' }); }, 1); });
    });
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const text = spelling.unframe(bytes);
      if (text === undefined || fault === 'dropBeforeAnswer') return;
      const [call, result, message = '', state, refund] = text.split('|');
      end(call === spelling.calls[push.kind] ? told(spelling, result, { message, state, refund }) : { kind: 'error', reason: text });
    });
    socket.on('error', () => { end({ kind: 'noAnswer' }); });
    socket.on('close', () => { end({ kind: 'noAnswer' }); });
  });
}
