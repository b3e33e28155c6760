/** When kiosks come and go is written once each, over restarts and crashes, and their days are reckoned from it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { OpeningHours } from '@hospay/server/domain/opening-hours.js';
import type { Configuration } from '@hospay/server/config/configuration-schema.js';
import { openPlatformDatabase, type PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { createPresenceLog, type PresenceLog } from '@hospay/server/fleet/presence-log.js';
import { createAvailabilityReader, type KioskPlace } from '@hospay/server/fleet/read-availability.js';
import { KIOSK_REPORT } from '@hospay/server/reports/kiosk-report.js';
import { composeAvailability } from '@hospay/server/platform-availability.js';
import type { ReportInput, ReportNames } from '@hospay/server/reports/ports.js';
import type { Terminal } from '@hospay/server/terminals/ports.js';
import { eventually } from '../end-to-end/appliance-under-test.js';

const DAY = '2026-11-27';
const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'hospay-presence-'));
let platform: PlatformDatabase;
let now = new Date(0);
const clock = { now: () => now };
const seen = new Map<string, Date>();
let log: PresenceLog;
const hours: OpeningHours = { rules: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }], closedDays: new Set() };
let kiosks: KioskPlace[] = [];
const names: ReportNames = { hospital: '示范医院', campus: (id) => (id === 'east' ? '东院区' : id), terminal: (id) => ({ title: `${id} 号机`, kind: 'kiosk', campus: 'east' }), operator: () => undefined, sources: [] };

before(async () => { platform = await openPlatformDatabase({ dataFolder: folder, hospital: 'h', clock, log: SILENT_LOG }); });
after(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  at('2027-01-01T00:00');
  for (const { terminal } of await platform.presence.open()) await platform.presence.end(terminal, now);
  await platform.fleet.removeBefore(new Date('2028-01-01T00:00:00Z'));
  seen.clear();
  kiosks = ['k1'].map((id) => ({ id, campus: 'east', group: undefined }));
  log = newLog();
});
const newLog = (): PresenceLog => createPresenceLog({ store: platform.presence, clock, log: SILENT_LOG, lastSeen: () => Promise.resolve(seen) });
/** A time in Beijing. */
function at(time: string): void {
  now = new Date(`${time}:00+08:00`);
}
/** Comes or goes, and is heard. */
function note(time: string, terminal: string, isOnline: boolean): void {
  at(time);
  log.noted(terminal, isOnline);
}
const readDay = (day = DAY) => createAvailabilityReader({ presence: platform.presence, faultsBetween: (from, to) => platform.fleet.faultsBetween(from, to), kiosks: () => Promise.resolve(kiosks), hours, clock }).read(day);
const settled = (): Promise<void> => log.stop().then(() => undefined);
const inMinutes = ({ dueMs, onlineMs, availableMs, outages, longestMs, platformDownMs }: { dueMs: number; onlineMs: number; availableMs: number; outages: number; longestMs: number; platformDownMs: number }) => [dueMs, onlineMs, availableMs].map((ms) => ms / MINUTE).concat(outages, longestMs / MINUTE, platformDownMs / MINUTE);

test('a stay is one row however often it is announced, and what is away is counted in opening hours alone', async () => {
  at(`${DAY}T06:00`);
  await log.start();
  note(`${DAY}T07:00`, 'k1', true);
  note(`${DAY}T07:30`, 'k1', true);
  note(`${DAY}T09:00`, 'k1', false);
  note(`${DAY}T09:01`, 'k1', false);
  note(`${DAY}T09:30`, 'k1', true);
  note(`${DAY}T12:00`, 'k1', false);
  note(`${DAY}T12:10`, 'k1', true);
  note(`${DAY}T17:50`, 'k1', false);
  at(`${DAY}T23:00`);
  await settled();
  const stays = (await platform.presence.between(new Date(`${DAY}T00:00:00+08:00`), now)).filter(({ terminal }) => terminal === 'k1');
  assert.equal(stays.length, 3);
  const [day = assert.fail()] = await readDay();
  assert.deepEqual(inMinutes(day), [600, 550, 550, 3, 30, 0], '30 + 10 + 10 minutes away of ten hours');
});

test('a platform that was stopped, or killed, is told apart from the terminals; after a crash nobody was there longer than he was heard', async () => {
  at(`${DAY}T06:00`);
  await log.start();
  note(`${DAY}T07:00`, 'k1', true);
  note(`${DAY}T07:00`, 'k2', true);
  kiosks = ['k2', 'k1'].map((id) => ({ id, campus: 'east', group: undefined }));
  // Stopped for an update: 20 minutes.
  at(`${DAY}T10:00`);
  await log.stop();
  log.noted('k1', true);
  at(`${DAY}T10:20`);
  log = newLog();
  await log.start();
  note(`${DAY}T10:20`, 'k1', true);
  note(`${DAY}T10:50`, 'k2', true);
  // Killed at 14:00, and back after an hour; k2 had been unplugged half an hour before, and nobody had said so.
  seen.set('k1', new Date(`${DAY}T14:00:00+08:00`)).set('k2', new Date(`${DAY}T13:30:00+08:00`));
  await eventually('all three are there', async () => ((await platform.presence.open()).length === 3 ? true : undefined));
  at(`${DAY}T15:00`);
  log = newLog();
  await log.start();
  note(`${DAY}T15:00`, 'k1', true);
  note(`${DAY}T15:00`, 'k2', true);
  at(`${DAY}T18:00`);
  await settled();
  const [first = assert.fail(), second = assert.fail()] = await readDay();
  assert.deepEqual([first.terminal, second.terminal], ['k1', 'k2']);
  assert.deepEqual(inMinutes(first), [600, 520, 520, 2, 60, 80], 'all of it the platform');
  assert.deepEqual(inMinutes(second), [600, 460, 460, 2, 90, 80], '50 of it its own');
});

test('faults cut what is available, out of paper, printer and cash box are counted by themselves, and only in opening hours', async () => {
  at(`${DAY}T06:00`);
  await log.start();
  note(`${DAY}T07:00`, 'k1', true);
  const fault = async (from: string, to: string | undefined, component: 'printer' | 'cashBox' | 'scanner', code: string, level: 'critical' | 'warning' | 'notice') => {
    await platform.fleet.changeFaults('k1', { raise: [{ component, code, level }], clear: [], at: new Date(`${DAY}T${from}:00+08:00`) });
    const open = (await platform.fleet.openFaults('k1')).find((known) => known.code === code);
    if (to !== undefined && open !== undefined) await platform.fleet.changeFaults('k1', { raise: [], clear: [open.id], at: new Date(`${DAY}T${to}:00+08:00`) });
  };
  await fault('07:00', '08:30', 'printer', 'paperOut', 'critical');
  await fault('09:00', '09:10', 'printer', 'paperOut', 'critical');
  await fault('09:05', '09:20', 'scanner', 'offline', 'critical');
  await fault('10:00', '10:15', 'printer', 'paperJam', 'critical');
  await fault('11:00', '12:00', 'printer', 'paperLow', 'warning');
  await fault('13:00', undefined, 'cashBox', 'full', 'warning');
  at(`${DAY}T14:00`);
  const [day = assert.fail()] = await readDay();
  assert.deepEqual(inMinutes(day), [360, 360, 295, 0, 0, 0], 'today until now: 30 + 20 + 15 minutes with a critical fault');
  const tally = ({ count, ms }: { count: number; ms: number }) => [count, ms / MINUTE];
  assert.deepEqual([tally(day.paper), tally(day.printer), tally(day.cashBox)], [[2, 40], [1, 15], [1, 60]]);
  await settled();
});

test('nothing is claimed of a time before a kiosk was first on line, of a closed day, of tomorrow, or of a kiosk that never came', async () => {
  kiosks = ['k1', 'k2'].map((id) => ({ id, campus: 'east', group: undefined }));
  at(`${DAY}T06:00`);
  await log.start();
  note(`${DAY}T16:00`, 'k1', true);
  at(`${DAY}T19:00`);
  await settled();
  assert.deepEqual((await readDay()).map(inMinutes), [[120, 120, 120, 0, 0, 0]]);
  assert.deepEqual(await readDay('2026-11-26'), []);
  assert.deepEqual(await readDay('2026-11-28'), [], 'not yet');
  at('2026-12-05T12:00');
  assert.deepEqual(await readDay('2026-11-28'), [], 'a Saturday');
  assert.deepEqual((await readDay('2026-11-30')).map(inMinutes), [[600, 0, 0, 1, 600, 600]]);
});

test('the report shows each kiosk and day once, page by page, with its shares and totals that are sums', async () => {
  kiosks = ['k3', 'k1', 'k2'].map((id) => ({ id, campus: 'east', group: undefined }));
  at('2026-11-24T06:00');
  await log.start();
  for (const id of ['k1', 'k2', 'k3']) note('2026-11-24T07:00', id, true);
  note('2026-11-25T17:00', 'k2', false);
  note('2026-11-26T08:40', 'k2', true);
  at('2026-11-26T20:00');
  await settled();
  const reader = { terminalDays: ({ day }: { day: string }) => readDay(day) } as unknown as ReportInput;
  const range = { from: '2026-11-24', to: '2026-11-26' };
  const whole = await KIOSK_REPORT.read(reader, { ...range, limit: 1_000 }, names);
  assert.equal(whole.next, undefined);
  const heads = KIOSK_REPORT.columns.map(({ zh }) => zh);
  const pick = (row: readonly unknown[]) => ['日期', '终端编号', '应开机(分钟)', '在线(分钟)', '在线率', '离线次数', '最长离线(分钟)'].map((head) => row[heads.indexOf(head)]);
  assert.deepEqual(whole.rows.map(pick).slice(3), [
    ['2026-11-25', 'k1', 600, 600, 10_000, 0, 0], ['2026-11-25', 'k2', 600, 540, 9_000, 1, 60], ['2026-11-25', 'k3', 600, 600, 10_000, 0, 0],
    ['2026-11-26', 'k1', 600, 600, 10_000, 0, 0], ['2026-11-26', 'k2', 600, 560, 9_333, 1, 40], ['2026-11-26', 'k3', 600, 600, 10_000, 0, 0],
  ]);
  assert.deepEqual(whole.rows[0]?.slice(1, 4), ['东院区', 'k1', 'k1 号机']);
  for (const limit of [1, 2, 3, 4, 9]) {
    const rows: unknown[] = [];
    for (let mark: string | undefined, pages = 0; pages === 0 || mark !== undefined; pages += 1) {
      assert.ok(pages < 12, 'it ends');
      if (mark !== undefined) assert.match(mark, KIOSK_REPORT.mark ?? assert.fail());
      const page = await KIOSK_REPORT.read(reader, { ...range, limit, after: mark }, names);
      assert.ok(page.rows.length <= limit);
      rows.push(...page.rows);
      mark = page.next;
    }
    assert.deepEqual(rows, whole.rows, `in pages of ${String(limit)}`);
  }
  assert.deepEqual((await KIOSK_REPORT.read(reader, { ...range, limit: 1_000, after: '1900-01-01/' }, names)).rows, whole.rows, 'a mark of another time');
});

test('monitoring counts kiosks that should be on now and are not: at night, on a closed day and of windows nobody is missed', async () => {
  const terminals: readonly Partial<Terminal>[] = [
    ...['k1', 'k2', 'k3', 'k4'].map((deviceId) => ({ deviceId, kind: 'kiosk', status: 'active' as const, lastSeenAt: now })),
    { deviceId: 'new', kind: 'kiosk', status: 'active', lastSeenAt: undefined }, { deviceId: 'old', kind: 'kiosk', status: 'disabled', lastSeenAt: now }, { deviceId: 'w1', kind: 'window', status: 'active', lastSeenAt: now },
  ];
  let gauge: () => readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[] = () => [];
  const { readAway } = composeAvailability({
    configuration: { terminals: { openingHours: hours.rules, closedDays: ['2026-11-26'] } } as unknown as Configuration, database: platform, registry: { list: () => Promise.resolve(terminals as readonly Terminal[]) }, clock, log: SILENT_LOG,
    metrics: { observedGauges: ({ read }) => { gauge = read; } }, presence: () => ({ of: (id) => (id === 'k4' ? undefined : { online: id !== 'k3', since: now }) }),
  });
  const away = async (time: string): Promise<number | undefined> => {
    at(time);
    return (await readAway())[0]?.value;
  };
  assert.equal(await away(`${DAY}T10:00`), 50);
  assert.deepEqual(gauge().map(({ labels, value }) => [labels['state'], value]), [['due', 4], ['online', 2]]);
  for (const time of [`${DAY}T07:59`, `${DAY}T18:00`, '2026-11-26T10:00', '2026-11-28T10:00']) assert.equal(await away(time), 0, time);
});
