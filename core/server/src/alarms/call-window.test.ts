import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCallWindow, readCalls } from './call-window.js';

function opened() {
  let now = new Date('2026-11-27T01:00:00.000Z');
  const window = createCallWindow({ clock: { now: () => now } });
  return { window, later: (seconds: number) => { now = new Date(now.getTime() + seconds * 1000); }, call: (outcome: string, seconds = 0.1) => { window.observe({ instance: 'his', outcome, seconds }); } };
}

test('a refusal is an answer, a silence is not, and both are forgotten after five minutes', () => {
  const { window, later, call } = opened();
  for (let turn = 0; turn < 10; turn += 1) call('rejected', 0.2);
  for (let turn = 0; turn < 10; turn += 1) call('unknown', 30);
  assert.equal(window.of('his').unansweredPercent, 50);
  assert.equal(Math.round(window.of('his').meanMs), 200);
  later(310);
  assert.deepEqual(window.of('his'), { unansweredPercent: 0, meanMs: 0 });
});

test('one silence among few calls is not a failing channel, three of three are noticed', () => {
  const { window, call } = opened();
  call('notSent');
  assert.equal(window.of('his').unansweredPercent, 10);
  call('unknown');
  call('unknown');
  assert.equal(window.of('his').unansweredPercent, 30);
});

test('channels nobody called are there and well', () => {
  const { window } = opened();
  assert.deepEqual(readCalls(window, { his: 'his', channels: ['wechat'] }).map(({ measure, subject, value }) => [measure, subject, value]), [['hisUnanswered', '', 0], ['hisSlow', '', 0], ['channelUnanswered', 'wechat', 0]]);
});
