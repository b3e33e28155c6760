import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';

const LARGEST_BODY_BYTES = 256 * 1024;

export type HttpListenerOptions = {
  /** Whose bugs are told. */
  readonly name: string;
  /** 0 or absent: a free port. */
  readonly port?: number | undefined;
  /** Absent: 127.0.0.1. */
  readonly host?: string | undefined;
  /** A larger body is answered with 413. Absent: 256 KiB. */
  readonly largestBodyBytes?: number;
  /** Callers are asked for a certificate, and not refused for lacking one. */
  readonly tls?: { readonly keyPem: string; readonly certificatePem: string } | undefined;
  readonly answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void> | void;
};
export type HttpListener = {
  readonly port: number;
  /** Unanswered callers are cut off: a fault may have left them waiting for ever. */
  readonly stop: () => Promise<void>;
};

/** Hears requests with their whole bodies; resolves when it listens. */
export async function listenHttp(options: HttpListenerOptions): Promise<HttpListener> {
  const { name, tls, largestBodyBytes = LARGEST_BODY_BYTES } = options;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const body = await wholeBody(request, largestBodyBytes);
      if (body === undefined) response.writeHead(413, { Connection: 'close' }).end();
      else await options.answer(request, body, response);
    } catch (error) {
      // A caller that hung up half way is no news; anything else is a bug of the simulator and must be seen.
      if (!request.destroyed || request.complete) console.error(`${name} simulator:`, error);
      response.destroy();
    }
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => { void serve(request, response); };
  const server = tls === undefined ? createServer(onRequest) : createTlsServer({ key: tls.keyPem, cert: tls.certificatePem, requestCert: true, rejectUnauthorized: false }, onRequest);
  return { port: await listen(server, options.port ?? 0, options.host ?? '127.0.0.1'), stop: () => close(server) };
}

/** `undefined` when it is larger than it may be. */
async function wholeBody(request: IncomingMessage, largestBodyBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBodyBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function listen(server: Server | TlsServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server | TlsServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => { server.close(() => { resolve(); }); });
}
