/** How much of a HIS we may use: a slow one never runs out of connections by us, a broken one is left alone, and both are used again by themselves. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeSqlServerSubject, type SubjectOptions } from './hospital-adapter-sqlserver-subject.js';

async function open(context: TestContext, settings: NonNullable<SubjectOptions['settings']>) {
  const subject = await makeSqlServerSubject({ settings });
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return { subject, bench, his: subject.his, findPatient: (timeoutMs = 10_000) => subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context(timeoutMs)) };
}

const reasonOf = (result: { readonly kind: string; readonly reason?: string }): string => (result.kind === 'unknown' ? (result.reason ?? '') : JSON.stringify(result));

test('a slow HIS is given its connections and no more: who finds the queue full is turned away at once, and everybody else is served', async (context) => {
  const { subject, his, findPatient } = await open(context, { poolMax: 3, operations: { findPatient: { concurrency: 2, queueLimit: 4 } } });
  his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 60 }, times: 'always' });
  const results = await Promise.all(Array.from({ length: 20 }, () => findPatient()));
  const turnedAway = results.filter(({ kind }) => kind === 'unknown');
  assert.equal(results.length - turnedAway.length, 6, 'two at work and four waiting');
  for (const result of turnedAway) assert.match(reasonOf(result), /^notSent: too many calls are waiting already \(queueFull\)/);
  assert.equal(new Set(his.calls.map(({ session }) => session)).size <= 3, true);
  assert.equal(his.logins.length <= 3, true);
  const { inFlight, queued, rejectedByQueue } = subject.adapter.metrics().operations['findPatient'] ?? assert.fail();
  assert.deepEqual([inFlight, queued, rejectedByQueue], [0, 0, 14]);
  const { classes } = (await subject.adapter.readBudget?.()) ?? assert.fail('it tells no budget');
  assert.deepEqual(classes.map(({ name }) => name).toSorted(), ['bookings', 'health', 'questions', 'reads', 'reports']);
  const reads = classes.find(({ name }) => name === 'reads');
  assert.deepEqual([reads?.calls, reads?.refused, reads?.waiting, reads?.isOpen], [20, 14, 0, false]);
});

test('a HIS that hangs on reads leaves bookings their places, and a storm of reads never holds more than the pool', async (context) => {
  const { subject, bench, his, findPatient } = await open(context, { poolMax: 4, operations: { findPatient: { concurrency: 3, queueLimit: 50, timeoutMs: 400 } } });
  const { request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'no-answer-before-execute' }, times: 'always' });
  const storm = Promise.all(Array.from({ length: 30 }, () => findPatient()));
  await pause(30);
  assert.equal((await bench.confirm(request)).kind, 'ok');
  assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
  assert.deepEqual(new Set((await storm).map(({ kind }) => kind)), new Set(['unknown']));
  his.faults.clear();
  assert.equal((await findPatient()).kind, 'ok', 'and its connections are not used up');
  assert.ok(subject.adapter);
});

test('when bookings fail in a row they stop with a plain message, questions and reads go on, and one probe opens the way again', async (context) => {
  const { subject, bench, his, findPatient } = await open(context, { breaker: { failureThreshold: 3, openMs: 250 } });
  const payments = [];
  for (let count = 0; count < 5; count += 1) payments.push((await bench.newPayment()).request);
  his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'server-error', number: 9002 }, times: 'always' });
  const [first, second, third, fourth, fifth] = payments;
  assert.ok(first && second && third && fourth && fifth);
  for (const request of [first, second, third]) assert.match(reasonOf(await bench.confirm(request)), /SQL error 9002/);
  const sent = () => his.calls.filter(({ procedure }) => procedure === 'usp_hospay_confirm').length;
  assert.equal(sent(), 3);
  assert.equal(reasonOf(await bench.confirm(fourth)), 'notSent: the circuit breaker is open after repeated failures (breakerOpen)');
  assert.equal(sent(), 3, 'nothing more is sent');
  assert.equal(subject.adapter.metrics().breakers['bookings'], 'open');
  assert.deepEqual((await subject.adapter.readBudget?.())?.classes.filter(({ isOpen }) => isOpen).map(({ name, refused, failed }) => [name, refused, failed]), [['bookings', 1, 3]]);
  assert.deepEqual(await bench.query(first.tradeNo), { kind: 'absent' });
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal((await bench.presettle(await bench.control.makeBill())).kind, 'ok');

  await pause(260);
  assert.equal((await bench.confirm(fourth)).kind, 'unknown', 'the probe fails');
  assert.equal(sent(), 4);
  assert.match(reasonOf(await bench.confirm(fifth)), /breakerOpen/, 'and closes the way again');
  his.faults.clear();
  await pause(260);
  assert.equal((await bench.confirm(fourth)).kind, 'ok', 'the next probe gets through');
  assert.equal(subject.adapter.metrics().breakers['bookings'], 'closed');
  for (const request of [first, second, third, fifth]) assert.equal((await bench.confirm(request)).kind, 'ok');
  assert.equal(new Set(his.hospital.listSettlements().map(({ tradeNo }) => tradeNo)).size, 5);
});

test('while the way is open for one probe, nobody else passes beside it', async (context) => {
  const { bench, his } = await open(context, { breaker: { failureThreshold: 1, openMs: 100 } });
  const payments = [(await bench.newPayment()).request, (await bench.newPayment()).request];
  const [first, second] = payments;
  assert.ok(first && second);
  his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'server-error', number: 9002 } });
  await bench.confirm(first);
  await pause(110);
  his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'delay-before', delayMs: 80 } });
  const [probe, beside] = await Promise.all([bench.confirm(first), bench.confirm(second)]);
  assert.equal(probe.kind, 'ok');
  assert.match(reasonOf(beside), /breakerOpen/);
  assert.equal((await bench.confirm(second)).kind, 'ok');
});
