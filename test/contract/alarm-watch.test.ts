import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { openSequelize } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { openAlarmBench } from './alarm-bench.js';

let bench: Awaited<ReturnType<typeof openAlarmBench>>;
beforeEach(async () => { bench = await openAlarmBench(); });
afterEach(() => bench.stop());

test('an alarm is raised after its time, once, and cleared after its time, with every act kept', async () => {
  bench.say('hisUnanswered', 50);
  await bench.begin();
  await bench.pass(30);
  assert.deepEqual(bench.open(), []);
  await bench.pass(60);
  assert.deepEqual(bench.open(), ['his-unanswered']);
  await bench.pass(300);
  bench.say('hisUnanswered', 2);
  await bench.pass(60);
  assert.deepEqual(bench.open(), ['his-unanswered']);
  await bench.pass(120);
  assert.deepEqual(bench.open(), []);
  assert.equal(await bench.history(), 1);
  assert.deepEqual((await bench.database.alarms.actsOf([1])).map(({ what, note, value }) => [what, note, value]), [['raised', '', 50], ['cleared', 'well', 2]]);
});

test('flapping around the threshold is one alarm in the history', async () => {
  bench.say('cpuPercent', 95);
  await bench.begin();
  await bench.pass(400);
  for (let turn = 0; turn < 30; turn += 1) {
    bench.say('cpuPercent', turn % 2 === 0 ? 85 : 92);
    await bench.pass(20);
  }
  assert.deepEqual([bench.open(), await bench.history()], [['cpu-busy'], 1]);
});

test('a restart raises nothing anew and forgets nothing', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  await bench.restart();
  await bench.pass(60);
  assert.deepEqual([bench.open(), await bench.history()], [['broker-line-down'], 1]);
  bench.say('brokerLine', 0);
  await bench.restart();
  await bench.pass(30);
  assert.deepEqual([bench.open(), await bench.history()], [[], 1]);
});

test('a source that fails keeps its alarms, and is named itself', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  bench.say('brokerLine', undefined);
  await bench.pass(600);
  assert.deepEqual(bench.open(), ['broker-line-down', 'measures-missing']);
});

test('a source that never answers, or says what is no number, is missing like one that fails, and holds up no other', async (context) => {
  // The deadline of a source, in a thousandth of the time.
  const quick = await openAlarmBench({ timers: { after: (ms, task) => SYSTEM_TIMERS.after(ms / 1000, task) } });
  context.after(() => quick.stop());
  quick.say('brokerLine', 1);
  quick.say('safeMode', 1);
  quick.say('hisSlow', 5_000);
  await quick.begin();
  await quick.pass(150);
  quick.say('brokerLine', 'silent');
  quick.say('hisSlow', Number.NaN);
  quick.say('safeMode', 0);
  await quick.pass(400);
  assert.deepEqual(quick.open(), ['broker-line-down', 'his-slow', 'measures-missing']);
});

test('each subject has its own alarm, and what is gone (a channel that was removed) ends its alarm with that cause', async () => {
  bench.say('channelOut', { 'wechat-main': 1, 'alipay-main': 1, cash: 0 });
  await bench.begin();
  await bench.pass(20);
  assert.deepEqual(bench.open().toSorted(), ['channel-out alipay-main', 'channel-out wechat-main']);
  bench.say('channelOut', { 'wechat-main': 1, cash: 0 });
  await bench.pass(5);
  assert.deepEqual(bench.open(), ['channel-out wechat-main']);
  const [gone] = (await bench.database.alarms.list({ before: undefined, limit: 10 })).filter(({ clearedAt }) => clearedAt !== undefined);
  assert.equal((await bench.database.alarms.actsOf([gone?.id ?? 0])).at(-1)?.note, 'subjectGone');
});

test('a rule that is switched off ends its alarms, and its thresholds can be changed', async () => {
  bench.say('diskStep', 1);
  await bench.begin();
  await bench.pass(70);
  assert.deepEqual(bench.open(), ['disk-scarce']);
  await bench.restart({ 'disk-scarce': { enabled: false }, 'disk-full': { raise: 1, clear: 0 } });
  await bench.pass(10);
  assert.deepEqual(bench.open(), ['disk-full']);
});

test('acts are append-only, and an open alarm keeps its acts', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  const { sequelize, close } = openSequelize(bench.databaseFile);
  await assert.rejects(sequelize.query("UPDATE alarm_act SET note = 'changed'"), /append-only/);
  await assert.rejects(sequelize.query('DELETE FROM alarm_act'), /keeps its acts/);
  await close();
});

test('retention removes cleared alarms with their acts and leaves open ones', async () => {
  bench.say('brokerLine', 1);
  bench.say('safeMode', 1);
  await bench.begin();
  await bench.pass(30);
  bench.say('brokerLine', 0);
  await bench.pass(30);
  bench.later(400 * 86_400);
  assert.equal(await bench.database.alarms.removeBefore(bench.clock.now(), bench.clock.now()), 1);
  assert.deepEqual((await bench.database.alarms.list({ before: undefined, limit: 10 })).map(({ rule }) => rule), ['safe-mode']);
  assert.equal((await bench.database.alarms.actsOf([1, 2])).length, 1);
});

test('readings have a trend in memory, and whole hours in the database, joined over a restart', async () => {
  bench.say('cpuPercent', 10);
  await bench.begin();
  await bench.pass(120);
  bench.say('cpuPercent', 60);
  await bench.pass(120);
  const trend = bench.watch.readings.trend({ measure: 'cpuPercent', subject: '', range: 'hour', now: bench.clock.now() });
  assert.deepEqual([trend[0]?.value, trend.at(-1)?.value, trend.length], [10, 60, 5]);
  bench.later(3_600);
  await bench.pass(5);
  const hours = await bench.database.alarms.listHours({ measure: 'cpuPercent', subject: '', since: new Date(0) });
  assert.deepEqual(hours.map(({ hour, least, most, samples }) => [hour.toISOString(), least, most, samples]), [['2026-11-27T01:00:00.000Z', 10, 60, 48]]);
  await bench.database.alarms.saveHours([{ hour: new Date('2026-11-27T01:00:00.000Z'), measure: 'cpuPercent', subject: '', least: 5, most: 20, average: 10, samples: 48 }]);
  const [joined] = await bench.database.alarms.listHours({ measure: 'cpuPercent', subject: '', since: new Date(0) });
  assert.deepEqual([joined?.least, joined?.most, joined?.samples], [5, 60, 96]);
  await bench.restart();
  await bench.pass(60);
  await bench.restart();
  const hours2 = await bench.database.alarms.listHours({ measure: 'cpuPercent', subject: '', since: new Date(0) });
  assert.deepEqual(hours2.map(({ samples }) => samples), [96, 13], 'an hour that a restart fell into is one row with all its samples');
});

test('a database that refuses is tried again with the next sample: nothing is taken for raised that is not written', async () => {
  bench.say('brokerLine', 1);
  bench.say('safeMode', 1);
  await bench.begin();
  const { sequelize, close } = openSequelize(bench.databaseFile);
  await sequelize.query("CREATE TRIGGER refuse BEFORE INSERT ON alarm WHEN NEW.rule = 'broker-line-down' BEGIN SELECT RAISE(ABORT, 'full'); END");
  await bench.pass(30);
  assert.deepEqual(bench.open(), ['safe-mode'], 'the others are judged all the same');
  await sequelize.query('DROP TRIGGER refuse');
  await close();
  await bench.pass(5);
  assert.deepEqual(bench.open().toSorted(), ['broker-line-down', 'safe-mode']);
});
