import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { FENCE_FILE } from '@hospay/server/edges/backups/data-files.js';
import { writeFence } from '@hospay/server/edges/backups/fence-file.js';
import { ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';
import { localhostCertificate, startSyslogStream } from './alarm-listeners.js';

test('the running appliance forwards its audit log from the first row on, starts without its collector, and misses nothing over a kill', async (context) => {
  const tls = localhostCertificate();
  const folder = mkdtempSync(join(tmpdir(), 'hospay-log-ca-'));
  writeFileSync(join(folder, 'log-ca.pem'), tls.cert);
  const reserved = await startSyslogStream(tls);
  await reserved.stop();
  const collectors = [{ id: 'centre', host: 'localhost', port: reserved.port, facility: 13, authorityFile: join(folder, 'log-ca.pem') }];
  const appliance = await ApplianceUnderTest.start({ configuration: { monitoring: { auditCollectors: collectors } } });
  context.after(async () => {
    await appliance.stop();
    rmSync(folder, { recursive: true });
  });
  const hashes = (): string[] => {
    const database = new DatabaseSync(join(appliance.dataFolder, 'platform.sqlite'), { readOnly: true });
    try {
      return database.prepare('SELECT hash FROM audit_event ORDER BY seq').all().map(({ hash }) => String(hash));
    } finally {
      database.close();
    }
  };
  // What the start itself wrote down.
  await eventually('something to forward', () => (hashes().length > 0 ? true : undefined));
  await appliance.killCore();
  const collector = await startSyslogStream(tls, reserved.port);
  context.after(() => collector.stop());
  await appliance.startCore();
  await eventually('every row', () => (new Set(collector.messages.map(hashIn)).size >= hashes().length ? true : undefined), 40_000);
  assert.deepEqual([...new Set(collector.messages.map(hashIn))], hashes());
  // A box that was restored speaks in nobody's name until its fence is lifted. Its cursor is of the time of its backup.
  await appliance.stopCore();
  const database = new DatabaseSync(join(appliance.dataFolder, 'platform.sqlite'));
  database.exec('UPDATE audit_collector SET seq = 0');
  database.close();
  writeFence(appliance.dataFolder, { set: 'set', takenAt: '2026-11-27T01:00:00.000Z', restoredAt: '2026-11-27T02:00:00.000Z', journal: { seq: 0, hash: '0'.repeat(64) } });
  const told = collector.messages.length;
  await appliance.startCore();
  await new Promise((go) => { setTimeout(go, 4_000); });
  assert.equal(collector.messages.length, told);
  await appliance.stopCore();
  rmSync(join(appliance.dataFolder, FENCE_FILE));
  await appliance.startCore();
  await eventually('all of it once more', () => (collector.messages.length >= told + hashes().length ? true : undefined), 40_000);
});

const hashIn = (message: string): string => / hash="([0-9a-f]{64})"/.exec(message)?.[1] ?? '';
