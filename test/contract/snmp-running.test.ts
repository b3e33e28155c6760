import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { writeFence } from '@hospay/server/edges/backups/fence-file.js';
import { ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';

test('the running appliance tells its health by SNMPv3, goes on after a restart, and starts where its port is taken', async (context) => {
  const holder = createSocket('udp4');
  holder.bind(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address();
  const snmp = { host: '127.0.0.1', port, allowedSources: ['127.0.0.1'], users: [{ name: 'nms', authenticationPassword: 'authentication-1', privacyPassword: 'privacy-password-1' }] };
  const state = mkdtempSync(join(tmpdir(), 'hospay-snmp-tool-'));
  const appliance = await ApplianceUnderTest.start({ configuration: { monitoring: { snmp } } });
  context.after(async () => {
    await appliance.stop();
    rmSync(state, { recursive: true });
  });
  const ready = await (await fetch(`${appliance.addresses.payment}/readyz`)).text();
  assert.match(ready, /udp port \d+ cannot be opened: EADDRINUSE/);
  holder.close();
  const walk = (): Promise<string> => new Promise((resolve) => {
    execFile('/usr/bin/snmpwalk', ['-v3', '-On', '-l', 'authPriv', '-u', 'nms', '-a', 'SHA-256', '-A', 'authentication-1', '-x', 'AES', '-X', 'privacy-password-1', '-r', '0', '-t', '3', `127.0.0.1:${String(port)}`, '1.3.6.1.4.1.32473'], { env: { SNMP_PERSISTENT_DIR: state, SNMPCONFPATH: state, MIBS: '' } }, (_error, stdout) => { resolve(stdout); });
  });
  for (let start = 0; start < 2; start += 1) {
    await appliance.stopCore();
    await appliance.startCore();
    const walked = await eventually('it answers', async () => { const said = await walk(); return said.includes('.32473.1.1.1.1.0 = INTEGER: ') ? said : undefined; });
    assert.match(walked, /\.1\.1\.2\.0 = STRING: "0\.1\.0"/);
    assert.match(walked, /\.1\.5\.2\.0 = Gauge32: 0/);
    assert.match(walked, /\.1\.4\.1\.0 = Counter64: [1-9]/);
    assert.match(walked, /\.1\.6\.1\.1\.3\.[\d.]+ = INTEGER: 1/, 'a channel that runs');
  }
  const engine = (): { readonly id: string; readonly boots: number } => {
    const database = new DatabaseSync(join(appliance.dataFolder, 'platform.sqlite'), { readOnly: true });
    try {
      const row = database.prepare('SELECT engineId, boots FROM snmp_engine').get();
      return { id: String(row?.['engineId']), boots: Number(row?.['boots']) };
    } finally {
      database.close();
    }
  };
  await appliance.stopCore();
  const before = engine();
  assert.equal(before.boots, 3);
  writeFence(appliance.dataFolder, { set: 'set', takenAt: '2026-11-27T01:00:00.000Z', restoredAt: '2026-11-27T02:00:00.000Z', journal: { seq: 0, hash: '0'.repeat(64) } });
  await appliance.startCore();
  await eventually('a restored box answers too', async () => ((await walk()).includes('.32473.1.1.1.1.0 = INTEGER: ') ? true : undefined));
  assert.notEqual(engine().id, before.id, 'it has forgotten starts, and is another engine');
});
