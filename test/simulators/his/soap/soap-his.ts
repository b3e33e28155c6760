/** A web service of the simulated hospital: HTTP and SOAP as an ASMX or .cls page serves them, over the same procedures as every other wire. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import type { HisSimulator } from '../his-simulator.js';
import type { HospitalCounter } from '../hospital-counter.js';
import { serveTrade } from '../trades.js';
import type { SoapDialect } from './dialect.js';
import { readCall } from './read-call.js';
import { faultEnvelope, responseEnvelope, wsdlOf } from './wsdl.js';

/** What a front machine, proxy or web server does to the next answer. The hospital has done its work by then. */
export type SoapWireFault =
  | { readonly kind: 'redirect' }
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** The answer itself, under another status. */
  | { readonly kind: 'relabel'; readonly status: number }
  /** Compressed, as a web server may do unasked. */
  | { readonly kind: 'packed' }
  /** So many bytes more than any answer has. */
  | { readonly kind: 'huge'; readonly bytes: number }
  /** Another character set than the one the bytes are in. */
  | { readonly kind: 'declare'; readonly contentType: string }
  /** The bytes themselves in another character set. */
  | { readonly kind: 'encode'; readonly charset: string; readonly contentType?: string }
  /** In packets of so many bytes, so that characters are cut in two. */
  | { readonly kind: 'packets'; readonly bytes: number }
  /** The answer to the call before instead of this one's. */
  | { readonly kind: 'replay' }
  /** The string within the envelope, changed on its way. */
  | { readonly kind: 'tamper'; readonly change: (text: string) => string }
  | { readonly kind: 'fault'; readonly side: 'client' | 'server'; readonly text: string };

export type SoapHis = {
  readonly url: string;
  /** The requests seen so far: headers, and the body as it came. */
  readonly requests: readonly { readonly headers: IncomingMessage['headers']; readonly body: Buffer }[];
  readonly connections: () => number;
  readonly spoilNext: (fault: SoapWireFault) => void;
  down(): Promise<void>;
};

export async function startSoapHis(his: HisSimulator, dialect: SoapDialect, port = 0): Promise<SoapHis> {
  const counter = his.counter(dialect.name);
  const requests: { headers: IncomingMessage['headers']; body: Buffer }[] = [];
  const sockets = new Set<Socket>();
  const faults: SoapWireFault[] = [];
  let opened = 0;
  let last = '';
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => { process.emitWarning(String(error), 'HisSimulatorDefect'); response.destroy(); });
  });
  server.on('connection', (socket: Socket) => { opened += 1; sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
  const bound = await listen(server, port);
  const url = `http://127.0.0.1:${String(bound)}/his/Service.asmx`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(wsdlOf(dialect, url));
      return;
    }
    requests.push({ headers: request.headers, body });
    const served = await serve(dialect, counter, request, body);
    if (served.kind === 'drop') response.destroy();
    else if (served.kind === 'garbageBytes') response.socket?.end(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10, 0]));
    if (served.kind !== 'string' && served.kind !== 'fault') return;
    const fault = faults.shift();
    const text = served.kind === 'string' && fault?.kind === 'replay' ? last : served.text;
    if (served.kind === 'string') last = served.text;
    await send(dialect, response, { ...served, text }, fault);
  };

  return {
    url, requests, connections: () => opened,
    spoilNext: (fault) => { faults.push(fault); },
    down: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

type Answered = { readonly kind: 'string' | 'fault'; readonly status: number; readonly text: string; readonly side: 'client' | 'server' };

async function serve(dialect: SoapDialect, counter: HospitalCounter, request: IncomingMessage, body: Buffer): Promise<Answered | { readonly kind: 'drop' | 'silence' | 'garbageBytes' }> {
  const read = readCall(dialect, request.headers, body);
  if (read.kind === 'refused') return { kind: 'fault', status: 500, text: read.reason, side: 'client' };
  const opened = dialect.open(read.arguments);
  if (opened.kind === 'answer') return { kind: 'string', status: 200, text: opened.text, side: 'server' };
  const served = await serveTrade(counter, opened.trade, opened.given);
  if (served.kind === 'result') return { kind: 'string', status: 200, text: opened.reply(served), side: 'server' };
  if (served.kind !== 'serverError') return { kind: served.kind };
  const shown = dialect.exception(served.text);
  return shown.kind === 'fault' ? { kind: 'fault', status: 500, text: `System.Web.Services.Protocols.SoapException: 服务器无法处理请求。 ---> ${served.text}`, side: 'server' } : { kind: 'string', status: 200, text: shown.text, side: 'server' };
}

async function send(dialect: SoapDialect, response: ServerResponse, { kind, status, text, side }: Answered, fault: SoapWireFault | undefined): Promise<void> {
  const type = `${dialect.soap === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=${dialect.charset}`;
  if (fault?.kind === 'redirect') { response.writeHead(302, { location: '/login.aspx' }).end(); return; }
  if (fault?.kind === 'status') { response.writeHead(fault.status, { 'content-type': 'text/html' }).end(fault.body ?? '<html><body>Bad Gateway</body></html>'); return; }
  const isFault = kind === 'fault' || fault?.kind === 'fault';
  const string = fault?.kind === 'tamper' ? fault.change(text) : text;
  const envelope = isFault ? faultEnvelope(dialect, fault?.kind === 'fault' ? fault.side : side, fault?.kind === 'fault' ? fault.text : string) : responseEnvelope(dialect, string);
  const padded = fault?.kind === 'huge' ? envelope.replace('<soap:Body>', `<!--${' '.repeat(fault.bytes)}--><soap:Body>`) : envelope;
  const plain = iconv.encode(padded, fault?.kind === 'encode' ? fault.charset : dialect.charset);
  const bytes = fault?.kind === 'packed' ? gzipSync(plain) : plain;
  const contentType = fault?.kind === 'declare' || fault?.kind === 'encode' ? (fault.contentType ?? type) : type;
  response.writeHead(fault?.kind === 'relabel' ? fault.status : isFault ? 500 : status, { 'content-type': contentType, ...(fault?.kind === 'packed' ? { 'content-encoding': 'gzip' } : {}) });
  const size = fault?.kind === 'packets' ? fault.bytes : bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (size < bytes.length) await pause(1);
  }
  response.end();
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
