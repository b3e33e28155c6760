import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfBeijingDay } from '@hospay/plugin-sdk';
import { joined, lengthOf, openingOf, within, without, type OpeningHours } from './opening-hours.js';

const HOUR = 3_600_000;
const WORKDAYS = [1, 2, 3, 4, 5];
const hours: OpeningHours = {
  rules: [
    { weekdays: WORKDAYS, from: '07:30', to: '12:00' }, { weekdays: WORKDAYS, from: '13:30', to: '17:30' }, { weekdays: [6], from: '08:00', to: '12:00' },
    { campuses: ['east'], weekdays: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '18:00' }, { groups: ['emergency'], weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' },
  ],
  closedDays: new Set(['2026-10-01']),
};
/** As hours of the day. */
const opening = (day: string, campus?: string, group?: string): number[][] => openingOf(hours, { campus, group }, day).map(({ from, to }) => [from, to].map((at) => (at - startOfBeijingDay(day).getTime()) / HOUR));

test('hours are those of the group, else of the campus, else of all; a day without a rule, or a closed one, has none', () => {
  assert.deepEqual(opening('2026-11-27'), [[7.5, 12], [13.5, 17.5]], 'a Friday');
  assert.deepEqual(opening('2026-11-28'), [[8, 12]], 'a Saturday');
  assert.deepEqual(opening('2026-11-29'), [], 'a Sunday');
  assert.deepEqual(opening('2026-11-29', 'east'), [[8, 18]]);
  assert.deepEqual(opening('2026-11-29', 'east', 'emergency'), [[0, 24]]);
  assert.deepEqual(opening('2026-11-27', 'west', 'other'), [[7.5, 12], [13.5, 17.5]], 'a place nobody named');
  assert.deepEqual(opening('2026-10-01', 'east', 'emergency'), []);
  assert.deepEqual(openingOf({ rules: [], closedDays: new Set() }, { campus: undefined, group: undefined }, '2026-11-27').map(({ from, to }) => to - from), [24 * HOUR], 'without rules a terminal is always on');
});

test('spans are joined, cut and taken away to the millisecond', () => {
  const span = (from: number, to: number) => ({ from, to });
  assert.deepEqual(joined([span(5, 9), span(1, 3), span(3, 4), span(6, 7), span(8, 8)]), [span(1, 4), span(5, 9)]);
  assert.deepEqual(within([span(0, 10), span(20, 30)], [span(5, 25)]), [span(5, 10), span(20, 25)]);
  assert.deepEqual(without([span(0, 10)], [span(2, 3), span(5, 6), span(9, 20)]), [span(0, 2), span(3, 5), span(6, 9)]);
  assert.deepEqual(without([span(0, 10)], [span(0, 10)]), []);
  assert.equal(lengthOf([span(0, 2), span(5, 6)]), 3);
});
