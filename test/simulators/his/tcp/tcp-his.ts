/** An agent or front machine of the simulated hospital: separated text in GBK over TCP, over the same procedures as every other wire. */
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import iconv from 'iconv-lite';
import { cutOff } from '../../cut-off.js';
import type { HisSimulator } from '../his-simulator.js';
import type { HospitalCounter } from '../hospital-counter.js';
import { serveTrade } from '../trades.js';
import type { TcpDialect } from './dialect.js';

/** What agent and network do to the next answer. The hospital has done its work by then. */
export type TcpWireFault =
  /** In packets of so many bytes, so that characters are cut in two. */
  | { readonly kind: 'packets'; readonly bytes: number }
  /** Only so many bytes, as an agent passes on that reads once; framed as if they were all. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** The frame promises more than comes before the connection ends. */
  | { readonly kind: 'endEarly'; readonly bytes: number }
  /** The answer to the call before instead of this one's. */
  | { readonly kind: 'replay' }
  /** The answer, and at once another. */
  | { readonly kind: 'twice' }
  /** The answer, and a while later, unasked, it again. */
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'tamper'; readonly change: (text: string) => string }
  | { readonly kind: 'encode'; readonly charset: string };

export type TcpHis = {
  readonly port: number;
  /** The texts seen so far. */
  readonly requests: readonly string[];
  readonly connections: () => number;
  readonly open: () => number;
  readonly spoilNext: (fault: TcpWireFault) => void;
  down(): Promise<void>;
};

type State = { readonly dialect: TcpDialect; readonly counter: HospitalCounter; readonly requests: string[]; readonly faults: TcpWireFault[]; last: Buffer };

export async function startTcpHis(his: HisSimulator, dialect: TcpDialect, port = 0): Promise<TcpHis> {
  const state: State = { dialect, counter: his.counter(dialect.name), requests: [], faults: [], last: Buffer.alloc(0) };
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(socket, state);
  });
  const bound = await listen(server, port);
  return {
    port: bound, requests: state.requests, connections: () => opened, open: () => sockets.size,
    spoilNext: (fault) => { state.faults.push(fault); },
    down: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

/** One call after the other, as they arrive. */
function converse(socket: Socket, state: State): void {
  let received = Buffer.alloc(0);
  let work = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let taken = takeText(received, state.dialect); taken !== undefined; taken = takeText(received, state.dialect)) {
      const { text, rest } = taken;
      received = Buffer.from(rest);
      work = work.then(() => answer(socket, state, text)).catch((error: unknown) => { process.emitWarning(String(error), 'HisSimulatorDefect'); socket.destroy(); });
    }
  });
}

function takeText(received: Buffer, { framing }: TcpDialect): { readonly text: string; readonly rest: Buffer } | undefined {
  if (framing.kind === 'close') {
    const at = received.indexOf(framing.end);
    return at === -1 ? undefined : { text: iconv.decode(received.subarray(0, at), 'gbk'), rest: received.subarray(at + framing.end.length) };
  }
  const length = Number(received.subarray(0, framing.digits).toString('latin1'));
  if (received.length < framing.digits + length || received.length < framing.digits) return undefined;
  const end = framing.digits + length;
  return { text: iconv.decode(received.subarray(framing.digits, end), 'gbk'), rest: received.subarray(end) };
}

async function answer(socket: Socket, state: State, text: string): Promise<void> {
  const { dialect, counter } = state;
  state.requests.push(text);
  const opened = dialect.open(text);
  const served = opened.kind === 'answer' ? { kind: 'text' as const, text: opened.text } : await serve(counter, opened);
  switch (served.kind) {
    case 'drop': cutOff(socket); return;
    case 'silence': return;
    case 'garbageBytes': socket.end(Buffer.from([0xff, 0x00, 0x81, 0xff, 0x0d, 0x0a, 0xfe])); return;
    case 'text': await send(socket, state, served.text); return;
  }
}

/** A program that failed shows its exception in the place of an answer. */
async function serve(counter: HospitalCounter, opened: Extract<ReturnType<TcpDialect['open']>, { kind: 'call' }>): Promise<{ readonly kind: 'text'; readonly text: string } | { readonly kind: 'drop' | 'silence' | 'garbageBytes' }> {
  const served = await serveTrade(counter, opened.trade, opened.given);
  if (served.kind === 'result') return { kind: 'text', text: opened.reply(served) };
  return served.kind === 'serverError' ? { kind: 'text', text: `未处理的异常: ${served.text}` } : { kind: served.kind };
}

async function send(socket: Socket, state: State, text: string): Promise<void> {
  const { framing } = state.dialect;
  const fault = state.faults.shift();
  const own = iconv.encode(fault?.kind === 'tamper' ? fault.change(text) : text, fault?.kind === 'encode' ? fault.charset : 'gbk');
  const whole = fault?.kind === 'replay' ? state.last : own;
  state.last = own;
  const body = fault?.kind === 'cut' ? whole.subarray(0, fault.bytes) : whole;
  const framed = framing.kind === 'length' ? Buffer.concat([Buffer.from(String(body.length).padStart(framing.digits, '0')), body]) : body;
  const sent = fault?.kind === 'endEarly' ? framed.subarray(0, fault.bytes) : fault?.kind === 'twice' ? Buffer.concat([framed, framed]) : framed;
  const size = fault?.kind === 'packets' ? fault.bytes : Math.max(1, sent.length);
  for (let at = 0; at < sent.length; at += size) {
    socket.write(sent.subarray(at, at + size));
    if (size < sent.length) await pause(1);
  }
  if (framing.kind === 'close' || fault?.kind === 'endEarly') socket.end();
  else if (fault?.kind === 'again') setTimeout(() => { if (!socket.destroyed) socket.write(framed); }, fault.afterMs);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
