/**
 * Takes the answers of a HIS that sends them on connections of its own (enhanced mode). Only answers: a message that answers nothing is
 * refused with CR, so that the HIS keeps it; nothing is ever acknowledged that is not kept.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { answeredControlId, controlIdOf, messageType } from './acknowledgement.js';
import type { AwaitedAnswers } from './awaited-answers.js';
import type { CharacterSet } from './character-set.js';
import { MllpConnection } from './mllp-connection.js';
import type { Framed } from './mllp-frames.js';
import { readMessage } from './read-message.js';

export type ListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly tls: Pick<TlsOptions, 'ca' | 'cert' | 'key'> | undefined;
  readonly largestMessageBytes: number;
  readonly characterSet: CharacterSet;
  readonly awaited: AwaitedAnswers;
  readonly acknowledge: (code: 'CA' | 'CR', controlId: string) => Buffer;
  readonly warn: (message: string, facts: Readonly<Record<string, string>>) => void;
};

/** An engine opens a few; more are somebody's mistake. */
const MOST_CONNECTIONS = 64;

export type AnswerListener = { readonly port: number; stop(): Promise<void> };

/** @throws when the port cannot be had */
export async function listenForAnswers(options: ListenerOptions): Promise<AnswerListener> {
  const sockets = new Set<Socket>();
  const welcome = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => { sockets.delete(socket); });
    const connection = new MllpConnection(socket, options.largestMessageBytes);
    connection.hold({
      frame: (received) => { take(received, connection, options); },
      lost: () => { connection.destroy(); },
    });
  };
  // With a certificate of ours the HIS must show one of its own authority: an answer decides about money.
  const server = options.tls === undefined ? createServer(welcome) : createTlsServer({ ...options.tls, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, welcome);
  server.maxConnections = MOST_CONNECTIONS;
  const port = await listen(server, options);
  server.on('error', (error) => { options.warn('HIS could not be let in', { reason: error.message }); });
  return {
    port,
    stop: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      for (const socket of sockets) socket.destroy();
    }),
  };
}

function take(received: Framed, connection: MllpConnection, { characterSet, awaited, acknowledge, warn }: ListenerOptions): void {
  if (received.kind !== 'message') return;
  const read = readMessage(received.bytes, characterSet);
  if (read.kind === 'malformed') {
    warn('HIS sent what is no HL7 message', { reason: read.reason });
    connection.destroy();
    return;
  }
  const answered = answeredControlId(read.message);
  if (answered !== undefined && !awaited.deliver(answered, read.message)) warn('HIS answered too late', { messageType: messageType(read.message), answeredControlId: answered.slice(0, 40) });
  if (answered === undefined) warn('HIS sent a message that answers none', { messageType: messageType(read.message) });
  connection.send(acknowledge(answered === undefined ? 'CR' : 'CA', controlIdOf(read.message) ?? ''));
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
