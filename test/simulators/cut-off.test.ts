import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { cutOff } from './cut-off.js';

const SOON_MS = 5_000;

/** Cuts a server's end of a connection, and waits until both ends are closed. @returns the error the client saw, and the one the server saw; undefined: none. @throws when one is not closed soon */
async function cut(before: (socket: Socket) => void): Promise<readonly [client: string | undefined, server: string | undefined]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address !== null ? address.port : assert.fail(), '127.0.0.1').resume();
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [[Socket], unknown];
  const seen: [string | undefined, string | undefined] = [undefined, undefined];
  const closed = [client, socket].map((end, index) => new Promise<string>((resolve) => {
    end.on('error', (error: NodeJS.ErrnoException) => { seen[index] = error.code; }).once('close', () => { resolve('closed'); });
  }));
  before(socket);
  cutOff(socket);
  const ends = await Promise.all(closed.map((end) => Promise.race([end, pause(SOON_MS, 'open', { ref: false })])));
  server.close();
  assert.deepEqual(ends, ['closed', 'closed']);
  return seen;
}

test('a connection that is cut off is reset: its other end sees a failing network', async () => {
  assert.deepEqual(await cut(() => {}), ['ECONNRESET', undefined]);
});

test('one whose end is on its way is closed as well', async () => {
  assert.deepEqual(await cut((socket) => { socket.end(); }), [undefined, undefined]);
});
