import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from './analyse.js';
import type { SupportFacts } from './ports.js';

const NOW = new Date('2026-11-28T08:00:00.000Z');
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const WELL: SupportFacts = {
  coreRuns: true, disks: [{ folder: '/', totalBytes: 100, freeBytes: 50 }], clock: { isSynchronised: true, offsetMs: 3 }, memory: { totalBytes: 100, availableBytes: 50 }, units: [{ unit: 'hospay.service', state: 'active', restarts: 0 }], configuration: { isReadable: true },
  databases: [{ file: 'money.sqlite', state: 'whole' }], witnesses: [{ chain: 'journal', state: 'matches' }], unknownSince: {}, backups: { lastGoodAt: daysAgo(1), lastProvedAt: daysAgo(6) }, certificates: [{ title: 'web', endsAt: daysAgo(-100) }], alarmsOpen: 0,
};
const verdict = (check: string, facts: SupportFacts) => analyse({ ...WELL, ...facts }, NOW).find((one) => one.check === check);

test('a box that is well gets no verdict but fine, and one nothing is known of none but unknown', () => {
  assert.deepEqual([...new Set(analyse(WELL, NOW).map(({ level }) => level))], ['fine']);
  assert.deepEqual([...new Set(analyse({}, NOW).map(({ level }) => level))], ['unknown']);
});

const WRONG: readonly (readonly [what: string, check: string, facts: SupportFacts, level: string])[] = [
  ['a core that does not run', 'core', { coreRuns: false }, 'wrong'], ['a configuration that cannot be read', 'configuration', { configuration: { isReadable: false } }, 'wrong'],
  ['a disk at 85 %', 'disk', { disks: [{ folder: '/state', totalBytes: 100, freeBytes: 15 }] }, 'attention'], ['a disk at 97 %', 'disk', { disks: [{ folder: '/state', totalBytes: 100, freeBytes: 3 }] }, 'wrong'],
  ['a machine without memory', 'memory', { memory: { totalBytes: 100, availableBytes: 4 } }, 'attention'], ['a clock nobody keeps', 'clock', { clock: { isSynchronised: false } }, 'attention'], ['a clock that is off', 'clock', { clock: { isSynchronised: true, offsetMs: -1_500 } }, 'attention'],
  ['a unit that failed', 'units', { units: [{ unit: 'hospay.service', state: 'failed', restarts: 0 }] }, 'wrong'], ['a unit that begins again and again', 'units', { units: [{ unit: 'hospay.service', state: 'active', restarts: 3 }] }, 'wrong'],
  ['a damaged database', 'databases', { databases: [{ file: 'money.sqlite', state: 'damaged' }] }, 'wrong'], ['a database that was not checked in time', 'databases', { databases: [{ file: 'money.sqlite', state: 'unchecked' }] }, 'unknown'],
  ['a ledger shorter than its witness', 'witness', { witnesses: [{ chain: 'journal', state: 'shorter' }] }, 'wrong'], ['an audit log with another head', 'witness', { witnesses: [{ chain: 'audit', state: 'differs' }] }, 'wrong'],
  ['a payment unknown since the day before', 'unknownPayments', { unknownSince: { payment: daysAgo(1.1) } }, 'wrong'], ['a refund unknown since the day before', 'unknownPayments', { unknownSince: { refund: daysAgo(2), payment: daysAgo(0) } }, 'wrong'],
  ['no backup', 'backups', { backups: {} }, 'wrong'], ['an old backup', 'backups', { backups: { lastGoodAt: daysAgo(3), lastProvedAt: daysAgo(3) } }, 'wrong'], ['a backup that was not proved for 14 days', 'backups', { backups: { lastGoodAt: daysAgo(1), lastProvedAt: daysAgo(15) } }, 'attention'],
  ['a certificate that ends within the month', 'certificates', { certificates: [{ title: 'web', endsAt: daysAgo(-29) }] }, 'attention'], ['a certificate that ended', 'certificates', { certificates: [{ title: 'web', endsAt: daysAgo(1) }] }, 'wrong'], ['alarms that are open', 'alarms', { alarmsOpen: 2 }, 'attention'],
];
for (const [what, check, facts, level] of WRONG) {
  test(`${what} is ${level}, said in both languages, and what is worse than fine stands first`, () => {
    const found = verdict(check, facts);
    assert.equal(found?.level, level);
    assert.match(found.said.zh, /\p{Script=Han}/u);
    assert.doesNotMatch(found.said.en.replaceAll(/、|（|）/g, ''), /\p{Script=Han}/u);
    if (level !== 'unknown') assert.match(found.next?.zh ?? '', /\p{Script=Han}/u);
    assert.equal(analyse({ ...WELL, ...facts }, NOW)[0]?.check, check);
  });
}
