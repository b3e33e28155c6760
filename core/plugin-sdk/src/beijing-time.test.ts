import assert from 'node:assert/strict';
import test from 'node:test';
import { beijingDay, beijingRfc3339, beijingStamp, beijingTime, daysBefore, instantNear, instantOfBeijing, startOfBeijingDay } from './beijing-time.js';

test('a day in Beijing begins at 16:00 UTC of the day before', () => {
  assert.deepEqual(['2026-12-31T15:59:59Z', '2026-12-31T16:00:00Z'].map(beijingDay), ['2026-12-31', '2027-01-01']);
  assert.equal(startOfBeijingDay('2027-01-01').toISOString(), '2026-12-31T16:00:00.000Z');
  assert.deepEqual([daysBefore('2024-03-01'), daysBefore('2026-03-01', 60)], ['2024-02-29', '2025-12-31']);
});

test('an instant is written in every form and read back the same', () => {
  const at = new Date('2026-11-22T15:05:09.750Z');
  assert.deepEqual([beijingTime(at), beijingStamp(at), beijingRfc3339(at)], ['2026-11-22 23:05:09', '20261122230509', '2026-11-22T23:05:09+08:00']);
  for (const text of ['2026-11-22 23:05:09', '20261122230509', '2026-11-22T23:05:09', '2026-11-22 23:05:09.123', '20261122230509123']) assert.equal(instantOfBeijing(text), '2026-11-22T23:05:09+08:00', text);
});

test('every day of two centuries is read as it is written', () => {
  for (let at = Date.parse('1898-12-31T16:00:00Z'); at < Date.parse('2101-01-02T16:00:00Z'); at += 86_400_000) assert.equal(instantOfBeijing(beijingTime(new Date(at))), beijingRfc3339(new Date(at)));
  assert.deepEqual(['2026-11-22T00:00:00+08:00', '2026-11-22T23:59:59.999+08:00', '2026-11-22T23:59:59-08:00', '2026-11-22T15:59:59.999Z', '2026-11-22T16:00:00Z', '2026-11-22T00:00:00Z'].map(beijingDay), ['2026-11-22', '2026-11-22', '2026-11-23', '2026-11-22', '2026-11-23', '2026-11-22']);
});

test('what is no time is not read as one: a day its month does not have, an hour 25, other text', () => {
  for (const text of ['2026-02-29 10:00:00', '1900-02-29 10:00:00', '2026-02-30 10:00:00', '2026-13-01 10:00:00', '2026-00-10 10:00:00', '2026-01-00 10:00:00', '2026-11-22 10:60:00', '2026-11-22 10:00:60', '20260431100000', '2026-11-22 25:00:00', '2026-11-22 24:00:00', '2026-11-22', '202611222305', '2026112223050912', '', 'today']) assert.equal(instantOfBeijing(text), undefined, text);
});

test('without a year the nearest one is meant, over New Year too', () => {
  assert.equal(instantNear('1231235959', '2026-12-31T16:00:10Z'), '2026-12-31T23:59:59+08:00');
  assert.equal(instantNear('0101000010', '2026-12-31T15:59:00Z'), '2027-01-01T00:00:10+08:00');
  assert.equal(instantNear('0229120000', '2026-03-01T00:00:00Z'), undefined);
});
