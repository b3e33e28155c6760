import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeliverNotice, HisNotice, HospitalAdapter } from '@hospay/plugin-sdk';
import { SILENT_LOG } from '../domain/log.js';
import { receiveNotices } from './receive-notices.js';

const NOTICE: HisNotice = { kind: 'checkedIn', noticeNo: 'QH1', hisRegistrationNo: 'G1' };

/** An adapter of which only this part matters here. */
function adapterOf(receive: HospitalAdapter['receiveNotices'] & {}): HospitalAdapter {
  const absent = (): never => { throw new Error('not asked here'); };
  return { findPatient: absent, listOpenBills: absent, presettle: absent, confirm: absent, queryConfirmation: absent, receiveNotices: receive };
}
function bench() {
  const waiting: (() => void)[] = [];
  const timers = { after: (_ms: number, task: () => void) => { waiting.push(task); return { cancel: () => { waiting.splice(waiting.indexOf(task), 1); } }; } };
  return { timers, elapse: () => { for (const task of waiting.splice(0)) task(); } };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 2));

test('an adapter that cannot listen yet is asked again until it can, and no more once it was stopped', async () => {
  const { timers, elapse } = bench();
  let tries = 0;
  const stop = receiveNotices({ adapter: adapterOf(() => { tries += 1; return tries < 3 ? Promise.reject(new Error('EADDRINUSE')) : Promise.resolve({ stop: () => Promise.resolve() }); }), deliver: () => Promise.resolve({ kind: 'accepted' }), timers, log: SILENT_LOG });
  await settled();
  elapse();
  await settled();
  elapse();
  await settled();
  assert.equal(tries, 3);
  await stop();
  elapse();
  assert.equal(tries, 3);
});

test('what is no notice never reaches the core, a core that throws is unknown, and a stopped adapter delivers nothing', async () => {
  const { timers } = bench();
  const reached: HisNotice[] = [];
  let deliver: DeliverNotice | undefined;
  let fails = false;
  const stop = receiveNotices({
    adapter: adapterOf((given) => { deliver = given; return Promise.resolve({ stop: () => Promise.resolve() }); }), timers, log: SILENT_LOG,
    deliver: (notice) => { reached.push(notice); return fails ? Promise.reject(new Error('the disk is full')) : Promise.resolve({ kind: 'accepted' }); },
  });
  await settled();
  assert.ok(deliver);
  assert.equal((await deliver(NOTICE)).kind, 'accepted');
  const strange: HisNotice = { kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo: 'H1', refundFen: 12.5, reason: '' };
  assert.equal((await deliver(strange)).kind, 'unknown');
  fails = true;
  assert.equal((await deliver(NOTICE)).kind, 'unknown');
  await stop();
  fails = false;
  assert.equal((await deliver(NOTICE)).kind, 'unknown');
  assert.equal(reached.length, 2);
});
