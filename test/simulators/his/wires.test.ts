import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { startHisSimulator } from './his-simulator.js';
import { startWire } from './wires.js';

test('every wire of text can be started by its name, and has its mapping under the same name', async (context) => {
  const his = await startHisSimulator();
  context.after(() => his.stop());
  for (const name of ['soap-self-service', 'soap-gbk', 'soap-encrypted', 'tcp-agent', 'tcp-front-machine']) {
    const wire = await startWire(his, name);
    assert.match(wire.address, /127\.0\.0\.1:\d+/);
    await wire.down();
    assert.ok(existsSync(new URL(`../../../../config/hospitals/${name}/${name.startsWith('soap') ? 'soap' : 'tcp'}-mapping.json`, import.meta.url)), name);
  }
  await assert.rejects(startWire(his, 'pigeon'), /--wire: expected one of soap-self-service/);
  await assert.rejects(startWire(his, 'tcp-agent=x'), /--wire/);
});
