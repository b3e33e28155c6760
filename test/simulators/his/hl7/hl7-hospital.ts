/** The simulated hospital behind HL7 v2 over MLLP, original or enhanced mode, in the clear or over TLS. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import iconv from 'iconv-lite';
import { cutOff } from '../../cut-off.js';
import type { HisSimulator } from '../his-simulator.js';
import { answerAtDesk, type DeskAnswer } from './counter-desk.js';
import { escaped, parseMessage, printMessage, segmentOf, valueOf, type Message, type Segment } from './hl7-message.js';

/** How the next answer goes wrong, or only looks odd, on the wire. */
export type WireMischief =
  /** A few bytes at a time, characters cut in two. */
  | 'fragmented'
  /** Commit acknowledgement and answer in one packet (enhanced), or the answer and a frame nobody asked for (original). */
  | 'merged'
  /** MSA-2 of another message. */
  | 'wrongMessageNumber'
  /** Single bytes of MLLP release 2. */
  | 'nak' | 'transportAckFirst'
  /** The answer overtakes its commit acknowledgement, which comes on the other connection a moment later. */
  | 'commitComesLate'
  /** The connection ends with the commit acknowledgement; the answer comes on another. */
  | 'closesAfterCommit'
  /** A commit reject with a reason; nothing is carried out. */
  | 'commitReject'
  /** The exception of some program, in a proper frame. */
  | 'exceptionText'
  /** The connection ends after the answer. */
  | 'closesAfterwards'
  /** Says that the rest of the answer is to be asked for. */
  | 'continues'
  /** Two errors at once in a refusal. */
  | 'twoErrors';

export type Hl7HospitalOptions = {
  readonly his: HisSimulator;
  readonly characterSet?: 'utf-8' | 'gb18030' | 'gbk';
  /** MSH-18 is left empty. */
  readonly isSilentAboutCharacterSet?: boolean;
  /** Sends a commit acknowledgement to callers that did not ask for one. */
  readonly alwaysCommits?: boolean;
  /** Answers of the enhanced mode go to this listener instead of the caller's own connection. */
  readonly answersTo?: () => { readonly host: string; readonly port: number };
  readonly tls?: TlsOptions;
  /** 0 or absent: a free one. */
  readonly port?: number;
};

export type Hl7Hospital = {
  readonly host: string;
  readonly port: number;
  readonly mischief: WireMischief[];
  /** Every message that arrived, as text. */
  readonly received: readonly string[];
  /** Connections taken so far. */
  readonly connections: () => number;
  /** Cuts every connection there is; new ones are taken. */
  cut(): void;
  down(): Promise<void>;
  stop(): Promise<void>;
};

const [VT, END] = [Buffer.of(0x0b), Buffer.of(0x1c, 0x0d)];
const DECLARED = { 'utf-8': 'UNICODE UTF-8', gb18030: 'GB 18030-2000', gbk: '' } as const;

export async function startHl7Hospital(options: Hl7HospitalOptions): Promise<Hl7Hospital> {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const mischief: WireMischief[] = [];
  let connections = 0;
  const welcome = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, { options, received, mischief });
  };
  const server: Server = options.tls === undefined ? createServer(welcome) : createTlsServer(options.tls, welcome);
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? 0 : address.port);
    });
  });
  const cut = (): void => { for (const socket of sockets) socket.destroy(); };
  const down = async (): Promise<void> => {
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
    cut();
    await closed;
  };
  return { host: '127.0.0.1', port, mischief, received, connections: () => connections, cut, down, stop: down };
}

type Site = { readonly options: Hl7HospitalOptions; readonly received: string[]; readonly mischief: WireMischief[] };

function serve(socket: Socket, site: Site): void {
  const counter = site.options.his.counter('HL7');
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(END); end >= 0; end = pending.indexOf(END)) {
      const text = iconv.decode(pending.subarray(pending.indexOf(VT) + 1, end), site.options.characterSet ?? 'utf-8');
      pending = pending.subarray(end + 2);
      site.received.push(text);
      const message = parseMessage(text);
      if (segmentOf(message, 'MSA').length > 0) continue;
      void answer(socket, message, { ...site, ask: () => answerAtDesk(counter, message) });
    }
  });
}

async function answer(socket: Socket, message: Message, { options, mischief, ask }: Site & { readonly ask: () => Promise<DeskAnswer> }): Promise<void> {
  const kind = mischief.shift();
  const number = valueOf(segmentOf(message, 'MSH'), 10);
  const answered = kind === 'wrongMessageNumber' ? `${number.slice(0, -1)}*` : number;
  const encode = (reply: Message): Buffer => Buffer.concat([VT, iconv.encode(printMessage(reply), options.characterSet ?? 'utf-8'), END]);
  const wantsCommit = options.alwaysCommits === true || valueOf(segmentOf(message, 'MSH'), 15) === 'AL';
  if (kind === 'nak') return send(socket, Buffer.concat([VT, Buffer.of(0x15), END]));
  if (kind === 'exceptionText') return send(socket, Buffer.concat([VT, Buffer.from('ORA-06550: 第 1 行, 第 7 列: 系统错误'), END]));
  if (kind === 'commitReject') return send(socket, encode([header(message, 'ACK', options), ['MSA', 'CR', answered], errorSegment({ code: '207', text: '队列已满' })]));
  const commit = encode([header(message, 'ACK', options), ['MSA', 'CA', answered]]);
  if (wantsCommit && kind !== 'merged' && kind !== 'commitComesLate') send(socket, commit);
  if (kind === 'closesAfterCommit') socket.end();
  const served = await ask();
  if (served.kind === 'drop') return cutOff(socket);
  if (served.kind === 'silence') return;
  if (served.kind === 'garbageBytes') return send(socket, Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  const reply = encode([
    header(message, served.type, options), ['MSA', served.code, answered, ...(served.error === undefined ? [] : [escaped(served.error.text)])],
    ...(served.error === undefined ? [] : [errorSegment(served.error), ...(kind === 'twoErrors' ? [errorSegment({ code: '99', text: '系统错误' })] : [])]),
    ...(served.status === undefined ? [] : [['QAK', valueOf(segmentOf(message, 'QPD'), 2), served.status], segmentOf(message, 'QPD')]), ...served.segments, ...(kind === 'continues' ? [['DSC', 'PAGE2']] : []),
  ]);
  if (kind === 'commitComesLate') setTimeout(() => { send(socket, commit); }, 50);
  if (wantsCommit && options.answersTo !== undefined) return sendElsewhere(options.answersTo(), reply);
  if (kind === 'transportAckFirst') send(socket, Buffer.concat([VT, Buffer.of(0x06), END]));
  if (kind === 'fragmented') return dribble(socket, reply);
  if (kind === 'merged') return send(socket, Buffer.concat(wantsCommit ? [commit, reply] : [reply, encode([header(message, 'ADT^A08^ADT_A01', options), ['EVN', 'A08']])]));
  send(socket, reply);
  if (kind === 'closesAfterwards') socket.end();
}

function send(socket: Socket, bytes: Buffer): void {
  if (!socket.destroyed) socket.write(bytes);
}

async function dribble(socket: Socket, bytes: Buffer): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0; at < bytes.length; at += 7) {
    send(socket, bytes.subarray(at, at + 7));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** As an engine does: a connection of its own for each answer, kept until the commit acknowledgement came. */
function sendElsewhere({ host, port }: { readonly host: string; readonly port: number }, bytes: Buffer): void {
  const socket = connect({ host, port }, () => socket.write(bytes));
  socket.on('error', () => socket.destroy());
  socket.once('data', () => socket.end());
}

let lastNumber = 0;

function header(message: Message, type: string, { characterSet = 'utf-8', isSilentAboutCharacterSet = false }: Hl7HospitalOptions): Segment {
  const asked = segmentOf(message, 'MSH');
  lastNumber += 1;
  const wantsCommit = asked[15] ?? '';
  return [
    'MSH', '|', '^~\\&', asked[5] ?? '', asked[6] ?? '', asked[3] ?? '', asked[4] ?? '', '20260506093000', '', type, `HIS${String(lastNumber)}`, 'P', asked[12] ?? '2.5.1', '', '',
    type.startsWith('ACK') && type === 'ACK' ? '' : wantsCommit, '', '', isSilentAboutCharacterSet ? '' : DECLARED[characterSet],
  ];
}

/** ERR-3 HL7's code, ERR-4 severity, ERR-5 the hospital's own, ERR-8 what a person reads. */
function errorSegment({ code, text }: { readonly code: string; readonly text: string }): Segment {
  const own = code === '207' || code === '200';
  return ['ERR', '', '', own ? `${code}^Application error^HL70357` : '207^Application error^HL70357', 'E', own ? '' : escaped(code), '', '', escaped(text)];
}
