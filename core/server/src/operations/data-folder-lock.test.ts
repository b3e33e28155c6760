import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { DataFolderInUse, lockDataFolder } from './data-folder-lock.js';

const STARTED = new Date('2026-11-22T00:00:00Z');
let folder = '';
const children: ChildProcess[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hospay-lock-'))));
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(folder, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Another process that takes the lock, says so and stays. */
async function holdInAnotherProcess(): Promise<ChildProcess> {
  const program = `import { lockDataFolder } from ${JSON.stringify(new URL('./data-folder-lock.js', import.meta.url).href)};
    lockDataFolder(${JSON.stringify(folder)}, new Date(0)); process.send('held'); setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  await once(child, 'message');
  return child;
}

test('a second process on the same data folder is refused and told who holds it', async () => {
  const child = await holdInAnotherProcess();
  assert.throws(() => lockDataFolder(folder, STARTED), (error) => error instanceof DataFolderInUse && error.message.includes(String(child.pid)) && error.message.includes(folder));
});

test('kill -9 of the holder frees the folder at once', async () => {
  await kill(await holdInAnotherProcess());
  lockDataFolder(folder, STARTED).release();
});

test('the same process cannot take the folder twice, and can again after release', () => {
  const lock = lockDataFolder(folder, STARTED);
  assert.throws(() => lockDataFolder(folder, STARTED), DataFolderInUse);
  lock.release();
  lock.release();
  lockDataFolder(folder, STARTED).release();
});
