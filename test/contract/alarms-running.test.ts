import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';
import { startReceiver } from './alarm-listeners.js';

test('the running appliance reads every measure, raises what the hospital’s own threshold says, tells it once, and raises nothing anew after a restart', async (context) => {
  const rules = { 'process-large': { severity: 1, raise: 2, clear: 1, raiseAfterSeconds: 0 }, 'his-inactive': { enabled: false } };
  const receiver = await startReceiver();
  const delivery = { email: [], webhooks: [{ id: 'hook', leastSeverity: 1, url: receiver.url, template: 'hospay', secret: 'a-secret-of-the-receiver-0001' }], syslog: [] };
  const appliance = await ApplianceUnderTest.start({ configuration: { monitoring: { sampleSeconds: 2, rules, delivery } } });
  context.after(async () => {
    await appliance.stop();
    await receiver.stop();
  });
  const rows = (sql: string): unknown[] => {
    const database = new DatabaseSync(join(appliance.dataFolder, 'platform.sqlite'), { readOnly: true });
    try {
      return database.prepare(sql).all().map((row) => Object.values(row).join(' '));
    } finally {
      database.close();
    }
  };
  const raised = () => eventually('the alarm is raised', () => rows("SELECT rule, severity FROM alarm WHERE rule = 'process-large'").at(0));
  assert.equal(await raised(), 'process-large 1');
  await eventually('the alarm is told', () => (receiver.posted.length > 0 ? true : undefined));
  const budget = await eventually('the budget of the HIS is read', async () => {
    const page = await (await fetch(`${appliance.addresses.payment}/metrics`)).text();
    return page.includes('hospay_his_budget_calls{class="bookings",what="asked"}') ? page : undefined;
  });
  for (const gauge of ['hospay_his_budget_calls{class="reads",what="refused"} 0', 'hospay_his_budget_now{class="bookings",what="waiting"} 0', 'hospay_his_budget_now{class="bookings",what="breakerOpen"} 0', 'hospay_kiosks_due{state="due"} ']) assert.ok(budget.includes(gauge), gauge);
  assert.match(await (await fetch(`${appliance.addresses.payment}/metrics`)).text(), /hospay_alarms_open\{severity="1"\} 1\n/);
  await appliance.stopCore();
  proposeHoursAgo(join(appliance.dataFolder, 'platform.sqlite'), 5);
  await appliance.startCore();
  assert.equal(await eventually('the change that waits is an alarm', () => rows("SELECT rule, severity, subject FROM alarm WHERE rule = 'approval-waiting'").at(0)), 'approval-waiting 3 changes');
  // Two rounds of samples of the new process.
  await new Promise((go) => setTimeout(go, 5_000));
  assert.deepEqual(rows("SELECT count(*), sum(clearedAt IS NULL) FROM alarm WHERE rule = 'process-large'"), ['1 1']);
  assert.deepEqual(rows("SELECT rule FROM alarm WHERE rule IN ('measures-missing', 'clock-jumped', 'safe-mode', 'broker-line-down', 'relay-line-down')"), [], 'nothing is wrong with a house that has just been started');
  assert.ok(!appliance.output.includes('measures cannot be read'), 'every measure answers');
  assert.deepEqual(receiver.posted.map(({ body }) => /process-large/.test(body.toString('utf8'))), [true], 'told once');
});

/** A change that nobody has approved since. */
function proposeHoursAgo(file: string, hours: number): void {
  const stored = (inHours: number): string => new Date(Date.now() + inHours * 3_600_000).toISOString().replace('T', ' ').replace('Z', ' +00:00');
  const database = new DatabaseSync(file);
  try {
    database.prepare(`INSERT INTO change_proposal (hospital, changeNo, kind, subject, contentHash, stateHash, lines, levels, hash, reason, proposedBy, proposedAt, expiresAt, state) VALUES ('demo', 'BG00000099', 'pluginInstall', 'plugin city-card', '', '', '[]', 1, '', '新版本', 'li.admin', ?, ?, 'proposed')`).run(stored(-hours), stored(24));
  } finally {
    database.close();
  }
}
