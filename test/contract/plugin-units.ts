/** What systemd does for `hospay-plugin.socket` with `Accept=yes`: a process for each connection, with the connection as its standard input. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../architecture/source-files.js';

const PROGRAM = join(ROOT, 'core/server/dist/plugin-host/isolated/guest-unit.js');

export type PluginUnits = { readonly socketPath: string; /** Processes that run now. */ running(): number; close(): Promise<void> };

export async function startPluginUnits(): Promise<PluginUnits> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-units-'));
  const socketPath = join(folder, 'plugin.sock');
  const running = new Set<ReturnType<typeof spawn>>();
  const server = createServer({ pauseOnConnect: true }, (connection: Socket) => {
    // A group of its own, so that what is left of a unit can be ended with it: a plugin that computes for ever hears of no end.
    const unit = spawn(process.execPath, [PROGRAM], { detached: true, stdio: [connection, 'ignore', 'inherit'], env: { TMPDIR: folder } });
    running.add(unit);
    // Its own end alone: this one would keep the line open when the unit is gone.
    connection.destroy();
    unit.once('exit', () => {
      running.delete(unit);
      endWhatIsLeftOf(unit);
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    running: () => running.size,
    async close() {
      for (const unit of running) endWhatIsLeftOf(unit);
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function endWhatIsLeftOf({ pid }: ReturnType<typeof spawn>): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nothing is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
