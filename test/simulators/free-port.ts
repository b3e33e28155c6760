/** Ports for servers that must know theirs before they listen, or come back on it after a restart. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range (32768 up) from which the system takes ports for outgoing connections: none of those can sit on it until the server listens. */
const [FIRST, END] = [20_000, 30_000];

/** A port of this machine's loopback that nobody listens on. @throws when fifty in a row are taken. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found between ${String(FIRST)} and ${String(END)}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
