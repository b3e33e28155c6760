import { connect as connectPlain, isIPv6, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Timers } from '../../domain/time.js';

export type StreamTarget = {
  readonly host: string;
  readonly port: number;
  /** Absent: plain TCP. */
  readonly tls?: {
    /** PEM of the authority that signed the collector's certificate; absent: those the system trusts. */
    readonly authorityPem: string | undefined;
    /** The name its certificate must carry; absent: the host. */
    readonly serverName?: string | undefined;
    /** PEM, chain and key: who we are. */
    readonly client?: { readonly certificatePem: string; readonly keyPem: string } | undefined;
  };
};

/** For connecting, sending and being let go. */
const TIMEOUT_MS = 15_000;
/** After the last byte: a collector that turns us away after the handshake (TLS 1.3 lets it look at our certificate late) or that died closes within this time, and is not taken for one that read everything. */
const SETTLE_MS = 500;

/**
 * Sends messages by octet counting (RFC 6587 3.4.1, RFC 5425 4.3) over a connection of their own. Syslog has no acknowledgement: resolves when the far side took every byte, was still there a moment later, and let go without an error after we had ended.
 * @throws the connection's own error; `CLOSED_EARLY` when the far side ended first. Any part may have been taken then.
 */
export async function sendFramed({ host, port, tls }: StreamTarget, messages: readonly Buffer[], timers: Timers): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const framed = Buffer.concat(messages.flatMap((message) => [Buffer.from(`${String(message.length)} `, 'ascii'), message]));
  const socket: Socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ host, port, ...tlsOptions(host, tls) });
  let settle = { cancel() {} };
  let isSaid = false;
  const deadline = timers.after(TIMEOUT_MS, () => { socket.destroy(new DOMException('late', 'AbortError')); });
  socket.once('error', reject);
  socket.once('end', () => { if (!isSaid) reject(new ClosedEarly()); });
  // An error came before it.
  socket.once('close', () => { if (isSaid) resolve(); else reject(new ClosedEarly()); });
  // What a collector sends back means nothing, and must not stay unread: the end would never come.
  socket.resume();
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    socket.write(framed, () => {
      settle = timers.after(SETTLE_MS, () => {
        isSaid = true;
        socket.end();
      });
    });
  });
  try {
    await promise;
  } finally {
    settle.cancel();
    deadline.cancel();
    socket.destroy();
  }
}

class ClosedEarly extends Error {
  readonly code = 'CLOSED_EARLY';
}

function tlsOptions(host: string, { authorityPem, serverName, client }: NonNullable<StreamTarget['tls']>): ConnectionOptions {
  const name = serverName ?? host;
  // By itself it holds the certificate against the host where the name is an address.
  return { minVersion: 'TLSv1.2', checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate), ...(isName(name) ? { servername: name } : {}), ...(authorityPem === undefined ? {} : { ca: authorityPem }), ...(client === undefined ? {} : { cert: client.certificatePem, key: client.keyPem }) };
}

function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !isIPv6(host);
}
