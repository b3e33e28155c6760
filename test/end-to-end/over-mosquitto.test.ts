import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf } from './kiosk-under-test.js';
import { freePort } from '../simulators/free-port.js';

test('the same payment over Mosquitto, with the files the core wrote for it', { timeout: 90_000 }, async (context) => {
  const port = await freePort();
  const appliance = await ApplianceUnderTest.start({
    configuration: { mqtt: { mode: 'external', host: '127.0.0.1', port, websocketPort: 0, enrolPort: 0, url: `mqtt://127.0.0.1:${String(port)}`, coreUsername: 'hospay-core', corePassword: 'a-core-password-for-tests', filesFolder: 'broker', ...(process.getuid?.() === 0 ? { brokerUser: 'root' } : {}) } },
  });
  context.after(() => appliance.stop());
  const folder = join(appliance.dataFolder, 'broker');
  const mosquitto = spawn('/usr/sbin/mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(async () => {
    const ended = once(mosquitto, 'exit');
    mosquitto.kill('SIGTERM');
    await ended;
  });
  await eventually('the core found the broker', async () => ((await fetch(`${appliance.addresses.payment}/readyz`)).status === 200 ? true : undefined));
  const kiosk = await KioskUnderTest.enrol(appliance, 'kiosk-1', { port, afterClaim: () => { mosquitto.kill('SIGHUP'); } });
  context.after(() => kiosk.powerOff());
  const order = await kiosk.showCode('C0000001');
  appliance.wechat.pay(paymentNoOf(order));
  const done = await eventually('confirmed', async () => {
    const asked = await kiosk.ask(order.tradeNo);
    return asked.confirmation.state === 'confirmed' ? asked : undefined;
  });
  assert.ok(done.confirmation.receiptNo);
});
