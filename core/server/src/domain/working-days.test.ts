import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWorkingDay, workingDayAfter } from './working-days.js';

/** National Day of 2026 as an example: seven days off, two weekends worked for them. */
const CALENDAR = { holidays: new Set(['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07']), workdays: new Set(['2026-09-27', '2026-10-10']) };
const PLAIN = { holidays: new Set<string>(), workdays: new Set<string>() };

test('weekends are off, days worked in exchange are not, holidays are off', () => {
  assert.deepEqual(['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'].map((day) => isWorkingDay(day, PLAIN)), [true, false, false, true]);
  assert.deepEqual(['2026-09-27', '2026-10-01', '2026-10-08', '2026-10-10', '2026-10-11'].map((day) => isWorkingDay(day, CALENDAR)), [true, false, true, true, false]);
});

test('what is due on the next working day of a Friday is due on Monday, and after the day before a holiday when it is over', () => {
  assert.deepEqual([workingDayAfter('2026-11-19', 1, PLAIN), workingDayAfter('2026-11-20', 1, PLAIN), workingDayAfter('2026-11-20', 2, PLAIN), workingDayAfter('2026-11-21', 1, PLAIN)], ['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-23']);
  assert.deepEqual([workingDayAfter('2026-09-30', 1, CALENDAR), workingDayAfter('2026-09-30', 0, CALENDAR)], ['2026-10-08', '2026-09-30']);
});
