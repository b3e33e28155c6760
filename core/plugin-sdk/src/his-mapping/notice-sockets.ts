/** A listener for notices that come as frames on a connection: one after the other on each, each answered before the next is looked at. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { NoticeReceiver } from '../hospital/his-notices.js';
import type { PluginLog } from '../plugin.js';
import type { NoticeDoor } from './notice-door.js';

/** What is spoken on one connection. */
export type NoticeConversation = {
  /** Whole frames in the order they came. @throws when the bytes can be none: nothing after them can be trusted */
  frames(chunk: Buffer): readonly Buffer[];
  /** Bytes of a frame that has begun and not ended. */
  pending(): number;
  /** What goes back; undefined closes the connection, so that the HIS sends it again. */
  answer(frame: Buffer): Promise<Buffer | undefined>;
};

export type NoticeSockets = {
  readonly door: NoticeDoor;
  readonly log: PluginLog;
  readonly open: () => NoticeConversation;
  /** With it the HIS must show a certificate of its own authority. */
  readonly tls?: Pick<TlsOptions, 'ca' | 'cert' | 'key'> | undefined;
};

/** Those under way when we stop get this long to be answered. */
const LAST_ANSWERS_MS = 5_000;

/** @throws when the port cannot be had */
export async function listenForFrames({ door, log, open, tls }: NoticeSockets): Promise<NoticeReceiver> {
  const lines = new Map<Socket, Promise<void>>();
  const state = { isStopping: false };
  const welcome = (socket: Socket): void => {
    if (state.isStopping || !door.lets(socket.remoteAddress)) {
      if (!state.isStopping) log.warn('an address that is not let in', { address: socket.remoteAddress ?? '' });
      socket.destroy();
      return;
    }
    lines.set(socket, Promise.resolve());
    socket.setNoDelay(true);
    socket.setTimeout(door.idleMs, () => { socket.destroy(); });
    // What ends a connection is the HIS's business; what was kept is kept.
    socket.on('error', () => { socket.destroy(); });
    socket.on('close', () => { lines.delete(socket); });
    const conversation = open();
    socket.on('data', (chunk: Buffer) => {
      if (socket.destroyed) return;
      try {
        for (const frame of conversation.frames(chunk)) enqueue(socket, () => converse(socket, conversation, frame));
        if (conversation.pending() > door.largestBytes) throw new RangeError('a message that is too large');
      } catch (error) {
        log.warn('HIS sent what is no message', { reason: error instanceof Error ? error.message.slice(0, 200) : '' });
        socket.destroy();
      }
    });
  };
  const enqueue = (socket: Socket, work: () => Promise<void>): void => { lines.set(socket, (lines.get(socket) ?? Promise.resolve()).then(work)); };
  const converse = async (socket: Socket, conversation: NoticeConversation, frame: Buffer): Promise<void> => {
    if (state.isStopping || socket.destroyed) return;
    const answer = frame.length > door.largestBytes || !door.takes(socket.remoteAddress) ? undefined : await conversation.answer(frame).catch((error: unknown) => {
      log.warn('a message of the HIS was not answered', { reason: error instanceof Error ? error.message.slice(0, 200) : '' });
      return undefined;
    });
    if (answer === undefined) socket.destroy();
    else if (!socket.destroyed) socket.write(answer);
  };
  const server = tls === undefined ? createServer(welcome) : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, welcome);
  server.maxConnections = door.connections;
  const port = await listen(server, door);
  return { port, stop: () => stop(server, lines, state) };
}

async function stop(server: Server, lines: ReadonlyMap<Socket, Promise<void>>, state: { isStopping: boolean }): Promise<void> {
  state.isStopping = true;
  const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => { late.resolve(undefined); }, LAST_ANSWERS_MS);
  await Promise.race([Promise.all(lines.values()), late.promise]);
  clearTimeout(timer);
  // Ended, not cut: the last answers leave first.
  for (const socket of lines.keys()) socket.destroySoon();
  await closed;
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
