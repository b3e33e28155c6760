/** The web service the HIS calls: HTTP with one SOAP method, for the addresses that are let in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { NoticeReceiver } from '@hospay/plugin-sdk';
import { createNoticeDoor, type NoticeDoor, type NoticeListenerSettings } from '@hospay/plugin-sdk/his-mapping';
import type { ServiceMapping } from './mapping-schema.js';
import { noticeWsdl } from './notice-wsdl.js';
import { noticeCalls, type Answered, type NoticeCallOptions } from './notice-calls.js';

/** How long the HIS may take to send one call, and we to answer the last ones when we stop. */
const CALL_MS = 30_000;
const LAST_ANSWERS_MS = 5_000;

/** @throws when the port cannot be had, or the settings lack what the HIS proves itself by */
export async function listenForNotices(options: NoticeCallOptions & { readonly listener: NoticeListenerSettings }): Promise<NoticeReceiver> {
  const { listener, log, now, notices: { service } } = options;
  const door = createNoticeDoor(listener, now);
  const serve = noticeCalls(options);
  const server = createServer({ requestTimeout: CALL_MS, headersTimeout: CALL_MS, keepAliveTimeout: door.idleMs }, (request, response) => {
    take(request, response, { door, serve, service }).catch((error: unknown) => {
      log.warn('a call of the HIS was not answered', { reason: error instanceof Error ? error.message.slice(0, 200) : '' });
      response.destroy();
    });
  });
  server.maxConnections = door.connections;
  server.on('connection', (socket) => {
    if (door.lets(socket.remoteAddress)) return;
    log.warn('an address that is not let in', { address: socket.remoteAddress ?? '' });
    socket.destroy();
  });
  const port = await listen(server, door);
  return {
    port,
    stop: () => new Promise((resolve) => {
      const late = setTimeout(() => { server.closeAllConnections(); }, LAST_ANSWERS_MS);
      server.close(() => {
        clearTimeout(late);
        resolve();
      });
      server.closeIdleConnections();
    }),
  };
}

type Desk = { readonly door: NoticeDoor; readonly serve: (bytes: Uint8Array, contentType: string) => Promise<Answered>; readonly service: ServiceMapping };

async function take(request: IncomingMessage, response: ServerResponse, { door, serve, service }: Desk): Promise<void> {
  if (request.method === 'GET' && /\?wsdl$/i.test(request.url ?? '')) {
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(noticeWsdl(service, `http://${request.headers.host ?? 'localhost'}${(request.url ?? '/').replace(/\?.*$/, '')}`));
    return;
  }
  if (request.method !== 'POST') { response.writeHead(405, { allow: 'POST' }).end(); return; }
  // Not taken is not refused: the HIS sends it again.
  if (!door.takes(request.socket.remoteAddress)) { response.writeHead(503, { 'retry-after': '5', connection: 'close' }).end(); return; }
  const bytes = await readBody(request, door.largestBytes);
  if (bytes === undefined) { response.writeHead(413, { connection: 'close' }).end(); return; }
  const { status, headers, body } = await serve(bytes, request.headers['content-type'] ?? '');
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

async function readBody(request: IncomingMessage, largest: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > largest) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? port : address.port);
    });
  });
}
