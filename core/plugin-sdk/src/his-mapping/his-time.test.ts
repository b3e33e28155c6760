import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHisTime, TIME_FORMATS, writeHisTime } from './his-time.js';

test('every format is written on the hospital\'s wall clock and read back to the same instant', () => {
  const instant = '2026-01-04T23:40:05Z';
  for (const format of TIME_FORMATS) {
    const written = writeHisTime(instant, format, '+08:00');
    const read = readHisTime(written, format, '+08:00');
    const expected = format === 'yyyymmdd' || format === 'yyyy-mm-dd' ? '2026-01-05T00:00:00+08:00' : '2026-01-05T07:40:05+08:00';
    assert.equal(read, expected, format);
  }
  assert.equal(writeHisTime(instant, 'yyyymmddHH:MM:SS', '+08:00'), '2026010507:40:05');
});

test('the machine\'s time zone takes no part', () => {
  const before = process.env['TZ'];
  try {
    for (const zone of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
      process.env['TZ'] = zone;
      assert.equal(readHisTime(new Date(Date.UTC(2026, 2, 8, 2, 30)), 'datetime', '+08:00'), '2026-03-08T02:30:00+08:00', zone);
      assert.equal(writeHisTime('2026-03-08T02:30:00+08:00', 'yyyymmddHHMMSS', '+08:00'), '20260308023000', zone);
    }
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

test('what is not a real time is not read', () => {
  for (const text of ['', '20260230', '2026010524:00:00', '0000000000:00:00', 'Timeout expired', '202601057:40:00']) {
    assert.equal(readHisTime(text, 'yyyymmddHH:MM:SS', '+08:00'), undefined, text);
    assert.equal(readHisTime(text, 'yyyymmdd', '+08:00'), undefined, text);
  }
  assert.equal(readHisTime(new Date(Number.NaN), 'datetime', '+08:00'), undefined);
  assert.equal(readHisTime('2026-01-05T07:40:05-05:00', 'iso', '+08:00'), '2026-01-05T07:40:05-05:00', 'an offset in the text wins');
});

test('HL7 writes as much of a time as it knows, and may name its own offset', () => {
  const read = (text: string) => readHisTime(text, 'hl7', '+08:00');
  assert.equal(read('19840313'), '1984-03-13T00:00:00+08:00');
  assert.equal(read('202601050740'), '2026-01-05T07:40:00+08:00');
  assert.equal(read('20260105074005.1234+0900'), '2026-01-05T07:40:05+09:00');
  for (const text of ['2026', '202601', '2026010507', '20261305074005', '20260105074005+9', '20260105 074005']) assert.equal(read(text), undefined, text);
  assert.equal(writeHisTime('2026-01-04T23:40:05Z', 'hl7', '+08:00'), '20260105074005+0800');
});
