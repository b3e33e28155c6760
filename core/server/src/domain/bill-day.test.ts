import assert from 'node:assert/strict';
import { test } from 'node:test';
import { billDayAt, billDaySpan } from './bill-day.js';

test('a bill day that ends at 23:00 begins at 23:00 of the day before: the last hour of a date is the next day’s', () => {
  assert.equal(billDayAt('2026-11-20T22:59:59+08:00', '23:00'), '2026-11-20');
  assert.equal(billDayAt('2026-11-20T23:00:00+08:00', '23:00'), '2026-11-21');
  assert.equal(billDayAt('2026-11-20T23:59:59+08:00', '23:00'), '2026-11-21');
  assert.equal(billDayAt('2026-11-21T00:30:00+08:00', '23:00'), '2026-11-21');
  assert.deepEqual(billDaySpan({ cutOff: '23:00' }, '2026-11-21'), { from: new Date('2026-11-20T23:00:00+08:00'), to: new Date('2026-11-21T23:00:00+08:00') });
});

test('one that ends after midnight keeps the first hours of the next date', () => {
  assert.equal(billDayAt('2026-11-21T00:59:59+08:00', '01:00'), '2026-11-20');
  assert.equal(billDayAt('2026-11-21T01:00:00+08:00', '01:00'), '2026-11-21');
  assert.deepEqual(billDaySpan({ cutOff: '01:00' }, '2026-11-20'), { from: new Date('2026-11-20T01:00:00+08:00'), to: new Date('2026-11-21T01:00:00+08:00') });
});

test('without a cut-off, and with one at midnight, a bill day is the date', () => {
  for (const cutOff of [undefined, '00:00']) {
    assert.equal(billDayAt('2026-11-20T23:59:59+08:00', cutOff), '2026-11-20');
    assert.equal(billDayAt('2026-11-21T00:00:00+08:00', cutOff), '2026-11-21');
    assert.deepEqual(billDaySpan({ cutOff }, '2026-11-20'), { from: new Date('2026-11-20T00:00:00+08:00'), to: new Date('2026-11-21T00:00:00+08:00') });
  }
});

test('every instant lies in the span of its own bill day, and in no other', () => {
  for (const cutOff of [undefined, '00:00', '22:30', '23:00', '12:00', '11:59', '02:15']) {
    for (let minute = 0; minute < 3 * 24 * 60; minute += 7) {
      const at = new Date(Date.parse('2026-12-30T16:00:00Z') + minute * 60_000);
      const { from, to } = billDaySpan({ cutOff }, billDayAt(at, cutOff));
      assert.ok(from <= at && at < to, `${at.toISOString()} ${String(cutOff)}`);
    }
  }
});
