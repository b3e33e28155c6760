/** The core's side: what rclone would do with a server is asked of the machine, which mounts an NFS export for as long as the question takes. */
import { connect } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import type { Ended, RunningRclone } from '../running-rclone.js';
import { FrameReader, type NfsExport } from './question.js';

/** Where the appliance takes questions (`hospay-nfs.socket`). */
export const NFS_SOCKET = '/run/hospay/nfs.sock';
/** What is told where nobody takes them: not an appliance. */
export const NOTHING_MOUNTS = 'this machine mounts nothing';
const MOST_TOLD = 8_192;
/** The unit says every second that it is there. */
const SILENT_MS = 60_000;

type NfsLineOptions = { readonly socketPath?: string | undefined; readonly place: NfsExport; readonly connectMs: number; readonly idleMs: number };

/** Whatever goes wrong is told by how it ended, as with a program. No code and `NOTHING_MOUNTS`: this is no appliance. */
export function askNfs({ socketPath = NFS_SOCKET, place, connectMs, idleMs }: NfsLineOptions, words: readonly string[]): RunningRclone {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  const reader = new FrameReader();
  const output = new PassThrough();
  let told = '';
  let isOver = false;
  let settle: (ended: Ended) => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => { settle = resolve; });
  const over = (end: Ended): void => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    output.end();
    settle(end);
  };
  socket.write(`${JSON.stringify({ place, words, connectMs, idleMs })}\n`);
  socket.setTimeout(SILENT_MS, () => {
    // Whoever reads may be slower than the line: it is held here then, and says nothing.
    if (!socket.isPaused()) over({ code: 1, told: 'the unit that mounts NFS: i/o timeout' });
  });
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const { kind, bytes } of reader.take(chunk)) {
        if (kind === 'output' && !output.write(bytes)) {
          socket.pause();
          output.once('drain', () => { socket.resume(); });
        }
        if (kind === 'told') told = `${told}${bytes.toString('utf8')}`.slice(-MOST_TOLD);
        if (kind === 'end') over({ code: bytes.length === 0 ? null : Number(bytes.toString('utf8')), told });
      }
    } catch (error) {
      over({ code: 1, told: error instanceof Error ? error.message : 'no frame' });
    }
  });
  socket.on('error', (error: NodeJS.ErrnoException) => { over(error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? { code: undefined, told: NOTHING_MOUNTS } : { code: 1, told: told === '' ? error.message : told }); });
  socket.on('close', () => { over({ code: null, told }); });
  // Of its own: who writes sees an end that was not asked for as a write that failed, and then how it ended.
  const input = new Writable({
    highWaterMark: 0,
    write(chunk: Buffer, _encoding, done) { if (isOver) done(new Error('the line is closed')); else socket.write(chunk, done); },
    final(done) { if (isOver) done(); else socket.end(done); },
  });
  input.on('error', () => undefined);
  return {
    input, output, ended,
    kill() {
      // Hanging up is the kill: the unit ends when nobody is at this end.
      over({ code: null, told });
      output.resume();
      return Promise.resolve();
    },
  };
}
