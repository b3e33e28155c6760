import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TYPES } from 'tedious';
import { startHisSimulator } from './his-simulator.js';
import { confirm, quoteAll } from './hospital-calls.js';
import { call, close, connect } from './tedious-client.js';

test('a hospital with a folder remembers its bookings over a restart', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'hospay-his-test-'));
  const first = await startHisSimulator({ dataFolder });
  const connection = await connect(first);
  const open = first.hospital.listOpenBills('P0000002').map((bill) => bill.billNo);
  const answer = await confirm(connection, { tradeNo: 'HP-KEPT', ...(await quoteAll(connection, 'P0000002', open)), paidTime: '2020010100:00:00' });
  assert.equal(answer.outputs['ret_code'], 0);
  await close(connection);
  await first.stop();
  const second = await startHisSimulator({ dataFolder });
  assert.ok(second.hospital.findSettlement('HP-KEPT'));
  assert.equal(second.hospital.listOpenBills('P0000002').length, 0);
  const again = await connect(second);
  const { rows } = await call(again, 'usp_hospay_query_confirmation', [{ name: 'trade_no', type: TYPES.VarChar, value: 'HP-KEPT' }]);
  assert.equal(rows.length, 1);
  await close(again);
  await second.stop();
  rmSync(dataFolder, { recursive: true });
});

test('a demo hospital writes new bills when a patient has none left', async () => {
  const simulator = await startHisSimulator({ neverRunsDry: true });
  const connection = await connect(simulator);
  await simulator.hospital.settleAtWindow(simulator.hospital.listOpenBills('P0000001').map((bill) => bill.billNo));
  const bills = async (patientId: string): Promise<number> => (await call(connection, 'usp_hospay_list_open_bills', [{ name: 'patient_id', type: TYPES.VarChar, value: patientId }])).rows.length;
  assert.equal(await bills('P0000001'), 2);
  assert.equal(await bills('P0000020'), 0);
  await close(connection);
  await simulator.stop();
});

test('as a process it says where it listens and ends on SIGTERM', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.js', import.meta.url)), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  assert.match(String(line), /^\{"ready":true,"host":"127\.0\.0\.1","port":\d+,"database":"his"\}$/);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});
