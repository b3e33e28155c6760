/** A HIS that sends HL7 messages to the platform over MLLP by itself: refunds as credits (DFT^P03), cancellations (SIU), check-ins (ADT), orders (ORM). */
import { createConnection } from 'node:net';
import iconv from 'iconv-lite';
import { escaped, parseMessage, printMessage, segmentOf, valueOf, type Message, type Segment } from '../hl7/hl7-message.js';
import type { Push, PushFault, PushReply, PushWire } from './push.js';

export const NOTICE_SECURITY = 'msh8-for-tests';

export type Hl7PushOptions = { readonly port: number; readonly charset: 'utf-8' | 'gbk'; /** The HIS wants a commit acknowledgement before the application's. */ readonly wantsCommit: boolean };

/** Which acknowledgements came, in their order, of every push. */
export type Hl7PushWire = PushWire & { readonly acknowledged: readonly string[] };

const RESULTS = { accepted: 'accepted', processing: 'processing', refused: 'refused', unknown: 'unknown' } as const;
const yuan = (fen: string | number | undefined): string => (fen === undefined ? '' : (Number(fen) / 100).toFixed(2));

export function hl7Pusher({ port, charset, wantsCommit }: Hl7PushOptions): Hl7PushWire {
  const acknowledged: string[] = [];
  let last = 0;
  return {
    acknowledged,
    push(push, fault) {
      last += 1;
      // The number of a repeat is the number of the first: an interface engine sends the very same message again.
      const controlId = String(push.values['noticeNo'] ?? `M${String(last).padStart(6, '0')}`);
      return send(write(push, { controlId, wantsCommit, fault }), { port, charset, controlId, acknowledged, fault });
    },
    close: () => Promise.resolve(),
  };
}

type Writing = { readonly controlId: string; readonly wantsCommit: boolean; readonly fault: PushFault | undefined };

function write(push: Push, { controlId, wantsCommit, fault }: Writing): string {
  const [type, ...segments] = contentOf(push, fault);
  const header: Segment = ['MSH', '|', '^~\\&', 'HIS', 'LAKESIDE', 'HOSPAY', 'LAKESIDE', '20261120100000', fault === 'wrongKey' ? 'guessed' : NOTICE_SECURITY, type?.[0] ?? '', controlId, 'P', '2.5.1', '', '', wantsCommit ? 'AL' : '', wantsCommit ? 'AL' : ''];
  return printMessage([header, ...segments]);
}

/** Message type, then its segments. */
function contentOf({ kind, values, registrations = [] }: Push, fault: PushFault | undefined): Message {
  const text = (name: string): string => escaped(String(values[name] ?? ''));
  const place = (name: string, at: Readonly<Record<number, string>>): Segment => [name, ...Array.from({ length: Math.max(...Object.keys(at).map(Number)) }, (_each, index) => at[index + 1] ?? '')];
  switch (kind) {
    case 'refundRequested': return [['DFT^P03^DFT_P03'], place('FT1', {
      1: '1', 2: text('hisRefundNo'), 6: 'CR', 9: text('reason'), 11: fault === 'badAmount' ? '12.3.4' : `-${yuan(values['refundFen'])}&CNY`, 12: values['totalFen'] === undefined ? '' : `${yuan(values['totalFen'])}&CNY`, 23: text('tradeNo'), 24: text('receiptNo'),
    })];
    case 'refundQueried': return [['QRY^Z42'], place('QRD', { 8: text('hisRefundNo') })];
    case 'clinicStopped': return [['SIU^S22'], ...registrations.map((each) => place('SCH', { 2: escaped(each), 6: `TZ^${text('reason')}`, 25: values['cancelledAtHis'] === 'yes' ? 'Cancelled' : 'Blocked' }))];
    case 'registrationCancelled': return [['SIU^S15'], place('SCH', { 2: text('hisRegistrationNo'), 6: `QX^${text('reason')}` })];
    case 'checkedIn': return [['ADT^A04'], place('PV1', { 19: text('hisRegistrationNo') })];
    case 'invoicePrinted': return [['BAR^P05'], place('ZIN', { 1: text('tradeNo'), 2: text('invoiceNo') })];
    case 'billsChanged': return [['ORM^O01'], place('PID', { 3: `${text('patientId')}^^^HIS^PI` }), place('ORC', { 2: text('billNo') }), place('NTE', { 3: text('text') })];
    default: throw new Error(`this HIS does not tell ${kind}`);
  }
}

type Sending = { readonly port: number; readonly charset: string; readonly controlId: string; readonly acknowledged: string[]; readonly fault: PushFault | undefined };

function send(message: string, { port, charset, controlId, acknowledged, fault }: Sending): Promise<PushReply> {
  const content = iconv.encode(fault === 'garbage' ? 'PID|1||no header' : message, charset);
  const whole = Buffer.concat([Buffer.of(0x0b), content, Buffer.of(0x1c, 0x0d)]);
  const frame = fault === 'cut' ? whole.subarray(0, -9) : whole;
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let bytes = Buffer.alloc(0);
    const end = (reply: PushReply): void => {
      socket.destroy();
      resolve(reply);
    };
    socket.on('connect', () => {
      for (let at = 0; at < frame.length; at += 7) socket.write(frame.subarray(at, at + 7));
      if (fault === 'cut') socket.end();
      if (fault === 'dropBeforeAnswer') socket.end(() => { setTimeout(() => { end({ kind: 'noAnswer' }); }, 1); });
    });
    socket.on('data', (chunk: Buffer) => {
      if (fault === 'dropBeforeAnswer') return;
      bytes = Buffer.concat([bytes, chunk]);
      for (let at = bytes.indexOf(0x1c); at >= 0; at = bytes.indexOf(0x1c)) {
        const text = iconv.decode(bytes.subarray(1, at), charset);
        bytes = bytes.subarray(at + 2);
        const reply = read(text, controlId, acknowledged);
        if (reply !== undefined) return end(reply);
      }
    });
    socket.on('error', () => { end({ kind: 'noAnswer' }); });
    socket.on('close', () => { end({ kind: 'noAnswer' }); });
  });
}

/** Undefined for a commit acknowledgement: the application's comes behind it. */
function read(text: string, controlId: string, acknowledged: string[]): PushReply | undefined {
  const message = parseMessage(text);
  const [msa, refund] = [segmentOf(message, 'MSA'), segmentOf(message, 'ZRF')];
  const code = valueOf(msa, 1);
  acknowledged.push(code);
  if (valueOf(msa, 2) !== controlId) return { kind: 'error', reason: `answers ${valueOf(msa, 2)}` };
  if (code === 'CA') return undefined;
  if (code === 'CR') return { kind: 'error', reason: 'CR' };
  if (code === 'CE') return undefined;
  const result = Object.entries(RESULTS).find(([word]) => word === valueOf(msa, 3))?.[1];
  if (result === undefined) return { kind: 'error', reason: valueOf(msa, 3) };
  if ((code === 'AR') !== (result === 'refused')) return { kind: 'error', reason: `${code} for ${result}` };
  const [state, refundYuan] = [valueOf(refund, 1), valueOf(refund, 2)];
  return { kind: 'told', result, message: valueOf(segmentOf(message, 'ERR'), 8), ...(state === '' ? {} : { state }), ...(refundYuan === '' ? {} : { refundFen: Math.round(Number(refundYuan) * 100) }) };
}
