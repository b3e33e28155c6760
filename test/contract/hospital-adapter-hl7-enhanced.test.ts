/** The enhanced mode: a commit acknowledgement first, the answer later, on our connection or on one the HIS opens. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { HospitalBench, runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeHl7Subject, type SubjectOptions } from './hospital-adapter-hl7-subject.js';

runHospitalAdapterConformance({
  name: 'the HL7 adapter, enhanced mode, GB 18030, answers on our connection',
  makeSubject: () => makeHl7Subject({ hospital: { characterSet: 'gb18030' }, settings: { acknowledgement: 'enhanced', characterSet: 'gb18030' } }),
});

async function openSubject(context: TestContext, options: SubjectOptions = {}) {
  const subject = await makeHl7Subject({ ...options, settings: { acknowledgement: 'enhanced', ...options.settings } });
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return { subject, bench, findPatient: (timeoutMs = 10_000) => subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context(timeoutMs)) };
}

/** What we sent back for the HIS's answers. */
const commitsOf = (received: readonly string[]): readonly string[] => received.flatMap((text) => /\rMSA\|CA\|(HIS\d+)/.exec(text)?.[1] ?? []);

test('the answer is acknowledged to the HIS, which asked for that', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(subject.hospital.connections(), 1);
  await pause(50);
  assert.equal(commitsOf(subject.hospital.received).length, 2);
  assert.match(subject.hospital.received[0] ?? '', /^MSH(\|[^|\r]*){13}\|AL\|AL/, 'MSH-15 and MSH-16');
});

test('commit acknowledgement and answer in one packet are both read', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  subject.hospital.mischief.push('merged');
  assert.equal((await findPatient()).kind, 'ok');
});

test('a confirm the HIS took into its keeping and never answered is unknown, and no refusal under its number is believed for minutes', async (context) => {
  const { subject, bench } = await openSubject(context);
  const { bill, request } = await bench.newPayment();
  await bench.failNext('confirm', 'silenceBeforeExecution');
  assert.equal((await bench.confirm(request, 200)).kind, 'unknown');
  await bench.control.payAtWindow(bill);
  const again = await bench.confirm(request);
  assert.match(again.kind === 'unknown' ? again.reason : JSON.stringify(again), /an earlier call under this number may still be running/);
  assert.ok(subject.hospital.connections() >= 2);
});

test('a message the HIS did not take into its keeping (CR) has no other answer: it is unknown at once', async (context) => {
  const { subject, bench } = await openSubject(context);
  const { request } = await bench.newPayment();
  subject.hospital.mischief.push('commitReject');
  const startedAt = performance.now();
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  assert.ok(performance.now() - startedAt < 5_000);
});

test('a HIS in the enhanced mode that was set up as original says so', async (context) => {
  const { findPatient } = await openSubject(context, { hospital: { alwaysCommits: true }, settings: { acknowledgement: 'original' } });
  const found = await findPatient();
  assert.match(found.kind === 'unknown' ? found.reason : JSON.stringify(found), /set acknowledgement to "enhanced"/);
});

test('an answer to a call that has given up is acknowledged, so that the HIS goes on, and logged', async (context) => {
  const { subject, findPatient } = await openSubject(context, { listens: true });
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 300 } });
  assert.equal((await findPatient(100)).kind, 'unknown');
  await pause(500);
  assert.ok(subject.logLines.some(({ message }) => message === 'HIS answered too late'));
  assert.equal((await findPatient()).kind, 'ok');
});

test('an answer that overtakes its commit acknowledgement is the answer; the acknowledgement meets no other message', async (context) => {
  const { subject, findPatient } = await openSubject(context, { listens: true, settings: { connections: 1 } });
  subject.hospital.mischief.push('commitComesLate');
  assert.equal((await findPatient()).kind, 'ok');
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 100 } });
  const second = await findPatient();
  assert.equal(second.kind, 'ok', JSON.stringify(second));
  assert.equal(subject.hospital.connections(), 2);
});

test('a HIS that ends the connection with its commit acknowledgement still answers on its own', async (context) => {
  const { subject, findPatient } = await openSubject(context, { listens: true });
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 100 } });
  subject.hospital.mischief.push('closesAfterCommit');
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal((await findPatient()).kind, 'ok');
});

test('a message that answers nothing is refused at the door for answers: what is not kept is not acknowledged', async (context) => {
  const { subject } = await openSubject(context, { listens: true });
  const socket = connect({ host: '127.0.0.1', port: subject.adapter.answerPort ?? 0 });
  context.after(() => socket.destroy());
  socket.write('\u000bMSH|^~\\&|HIS||HOSPAY||20260506||ADT^A40^ADT_A39|H77|P|2.5.1\rEVN|A40\rPID|1||P0000002\r\u001c\r');
  const [answer]: unknown[] = await once(socket, 'data');
  assert.match(String(answer), /\rMSA\|CR\|H77\r/);
  assert.ok(subject.logLines.some(({ message, facts }) => message === 'HIS sent a message that answers none' && facts['messageType'] === 'ADT^A40'));
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
});
