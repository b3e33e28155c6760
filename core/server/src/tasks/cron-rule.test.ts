import assert from 'node:assert/strict';
import test from 'node:test';
import { readCronRule } from './cron-rule.js';
import { listMissed } from './missed-firings.js';

function ruleOf(text: string) {
  const reading = readCronRule(text);
  return reading.kind === 'ok' ? reading.rule : assert.fail(reading.reason);
}
/** Beijing wall clock in, Beijing wall clock out. */
function nextOf(text: string, after: string): string | undefined {
  const next = ruleOf(text).next(new Date(`${after}+08:00`));
  return next === undefined ? undefined : new Date(next.getTime() + 8 * 3_600_000).toISOString().slice(0, 19);
}

test('the next due time is the first one after the given instant, in Beijing time', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['0 30 2 * * *', '2026-11-22T02:29:59', '2026-11-22T02:30:00'],
    ['0 30 2 * * *', '2026-11-22T02:30:00', '2026-11-23T02:30:00'],
    ['0 30 2 * * *', '2026-12-31T23:00:00', '2027-01-01T02:30:00'],
    ['*/10 * * * * *', '2026-11-22T10:00:05', '2026-11-22T10:00:10'],
    ['0 */15 8-17 * * 1-5', '2026-11-20T17:45:00', '2026-11-23T08:00:00'],
    ['0 0 0 1 * *', '2026-11-22T00:00:00', '2026-12-01T00:00:00'],
    ['0 0 0 31 * *', '2026-11-01T00:00:00', '2026-12-31T00:00:00'],
    ['0 0 0 29 2 *', '2026-11-22T00:00:00', '2028-02-29T00:00:00'],
    ['0 0 12 * * 7', '2026-11-22T12:00:00', '2026-11-29T12:00:00'],
    ['0 0 12 * * 0,6', '2026-11-22T12:00:00', '2026-11-28T12:00:00'],
    ['0 0 0 13 * 5', '2026-11-22T00:00:00', '2026-11-27T00:00:00'],
    ['15,45 59 23 * * *', '2026-11-22T23:59:15', '2026-11-22T23:59:45'],
    ['59 59 23 31 12 *', '2026-12-31T23:59:58', '2026-12-31T23:59:59'],
  ];
  for (const [rule, after, expected] of cases) assert.equal(nextOf(rule, after), expected, `${rule} after ${after}`);
});

test('a fraction of a second does not repeat the second it is in', () => {
  assert.equal(ruleOf('* * * * * *').next(new Date('2026-11-22T00:00:00.500Z'))?.toISOString(), '2026-11-22T00:00:01.000Z');
});

test('a rule that never comes due says so', () => {
  assert.equal(nextOf('0 0 0 30 2 *', '2026-11-22T00:00:00'), undefined);
});

test('a rule that cannot be read is refused with the field that is wrong', () => {
  for (const [text, reason] of [['* * * * *', /six fields/], ['60 * * * * *', /"60" is not a second/], ['0 0 24 * * *', /hour/], ['0 0 0 0 * *', /day of month/], ['0 0 0 * 13 *', /month/], ['0 0 0 * * 8', /day of week/], ['0 5-1 * * * *', /minute/], ['0 */0 * * * *', /minute/], ['0 1/2 * * * *', /minute/], ['a * * * * *', /second/], ['', /six fields/]] as const) {
    const reading = readCronRule(text);
    assert.ok(reading.kind === 'refused' && reason.test(reading.reason), text);
  }
});

test('missed firings are listed oldest first, and of too many the newest are kept', () => {
  const rule = ruleOf('0 0 * * * *');
  const { missed, more } = listMissed(rule, new Date('2026-11-22T00:00:00Z'), new Date('2026-11-22T03:30:00Z'));
  assert.deepEqual([missed.map((date) => date.getUTCHours()), more], [[1, 2, 3], false]);
  const many = listMissed(rule, new Date('2026-11-01T00:00:00Z'), new Date('2026-11-22T00:00:00Z'));
  assert.deepEqual([many.missed.length, many.more, many.missed.at(-1)?.toISOString()], [100, true, '2026-11-22T00:00:00.000Z']);
});
