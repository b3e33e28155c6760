/** The same for plugins that the machine starts as units of their own: the core reaches them by a socket alone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { frameOf } from '@hospay/server/plugin-host/isolated/frames.js';
import { unitGuestLine } from '@hospay/server/plugin-host/isolated/unit-line.js';
import { runPluginIsolation } from './plugin-isolation-suite.js';
import { startPluginUnits } from './plugin-units.js';

runPluginIsolation(async () => {
  const units = await startPluginUnits();
  return { startLine: unitGuestLine(units.socketPath), close: () => units.close() };
});

async function goes(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 400 && !condition(); round += 1) await new Promise((wake) => { setTimeout(wake, 25); });
  assert.ok(condition());
}

test('a machine that does not start plugins is said, and nothing runs unconfined instead', async () => {
  const reason = await new Promise<string>((told) => {
    unitGuestLine('/nowhere/plugin.sock')({ folder: import.meta.dirname, entryPath: import.meta.filename, memoryMegabytes: 64, heard: () => {}, ended: told });
  });
  assert.match(reason, /the machine does not start it/);
});

test('a unit ends when the core hangs up, and when what comes is no message', async (context) => {
  const units = await startPluginUnits();
  context.after(() => units.close());
  const hungUp = connect(units.socketPath);
  await goes(() => units.running() === 1);
  hungUp.end();
  await goes(() => units.running() === 0);
  const garbage = connect(units.socketPath);
  await goes(() => units.running() === 1);
  garbage.write(Buffer.alloc(64, 0x7f));
  await once(garbage, 'close');
  await goes(() => units.running() === 0);
});

test('what a unit sends that is no message, or larger than its plugin may be, ends it, and the core keeps nothing of it', async (context) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(64 * 1_048_576 + 1);
  for (const sent of [frameOf(null), frameOf({ kind: 'ended', reason: 7 }), frameOf({ kind: 'else' }), head]) {
    const folder = mkdtempSync(join(tmpdir(), 'hospay-unit-'));
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.write(sent);
    });
    context.after(() => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    server.listen(join(folder, 'plugin.sock'));
    await once(server, 'listening');
    const heard: unknown[] = [];
    const reason = await new Promise<string>((told) => {
      unitGuestLine(join(folder, 'plugin.sock'))({ folder: join(import.meta.dirname, '../../../plugins/examples/city-card/dist'), entryPath: '', memoryMegabytes: 64, heard: (message) => { heard.push(message); }, ended: told });
    });
    assert.match(reason, /no message/);
    assert.deepEqual(heard, []);
  }
});

test('a package that names a place outside itself is written nowhere', async (context) => {
  const units = await startPluginUnits();
  context.after(() => units.close());
  const name = `outside-${String(process.pid)}.js`;
  const line = connect(units.socketPath);
  line.resume();
  line.write(frameOf({ kind: 'package', files: [{ path: `../../${name}`, bytes: new Uint8Array([1]) }], entry: 'index.js', memoryMegabytes: 64 }));
  await once(line, 'close');
  // Two above the unit's own folder.
  assert.equal(existsSync(join(dirname(units.socketPath), '..', name)), false);
});
