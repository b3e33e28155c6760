/** What the message engine does with answers, characters and connections, over real MLLP. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import * as fc from 'fast-check';
import type { WireMischief } from '../simulators/his/hl7/hl7-hospital.js';
import { makeHl7Subject, type Hl7Subject, type SubjectOptions } from './hospital-adapter-hl7-subject.js';

async function openSubject(context: TestContext, options: SubjectOptions = {}) {
  const subject = await makeHl7Subject(options);
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  const findPatient = (cardNo = 'C0000002', timeoutMs = 10_000) => subject.adapter.findPatient({ cardType: 'visitCard', cardNo }, bench.context(timeoutMs));
  return { subject, bench, findPatient };
}

const reasonOf = (result: { readonly kind: string; readonly reason?: string }): string => (result.kind === 'unknown' ? (result.reason ?? '') : JSON.stringify(result));
function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}

const lastReceived = ({ hospital }: Hl7Subject): string => hospital.received.at(-1) ?? '';

test('delimiters in a value reach the HIS as characters of that value, and come back as such', async (context) => {
  const { subject, bench } = await openSubject(context);
  const { request } = await bench.newPayment();
  const odd = 'K|1^~\\&\rZZZ|1';
  await bench.book({ ...request, terminalId: odd, channelTradeNo: 'a~b&c' });
  const sent = lastReceived(subject);
  assert.match(sent, /\|K\\F\\1\\S\\\\R\\\\E\\\\T\\\\X0D\\ZZZ\\F\\1\|/);
  assert.doesNotMatch(sent, /\rZZZ/);
  assert.equal(subject.his.hospital.findSettlement(request.tradeNo)?.channelTradeNo, 'a~b&c');
});

test('several bills are repetitions of one field', async (context) => {
  const { subject, bench } = await openSubject(context);
  const [first, second] = [await bench.control.makeBill(), await bench.control.makeBill()];
  const quote = await subject.adapter.presettle({ patientId: first.patientId, billNos: [first.billNo, second.billNo] }, bench.context());
  assert.equal(quote.kind === 'ok' && quote.value.totalFen, first.amountFen + second.amountFen);
  assert.ok(lastReceived(subject).includes(`|${first.billNo}~${second.billNo}`));
});

test('the day list tells a payment from its refund, each under its own number', async (context) => {
  const { subject, bench } = await openSubject(context);
  const { request } = await bench.newPayment();
  await bench.book(request);
  const refund = bench.refundOf(request);
  await bench.approveRefund(refund);
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const listed = await subject.adapter.listDay?.({ day, page: 1, pageSize: 50 }, bench.context());
  assert.ok(listed?.kind === 'ok', JSON.stringify(listed));
  const ours = listed.value.filter(({ tradeNo }) => tradeNo === request.tradeNo);
  assert.deepEqual(ours.map(({ kind, refundNo, amountFen }) => [kind, refundNo, amountFen]), [['payment', undefined, request.amountFen], ['refund', refund.refundNo, refund.refundFen]]);
});

test('names are read in GBK without MSH-18 by setting, and in the set MSH-18 names whatever the setting is', async (context) => {
  const nameFrom = async (options: SubjectOptions, cardNo: string): Promise<string> => {
    const { findPatient } = await openSubject(context, options);
    const found = await findPatient(cardNo);
    return found.kind === 'ok' ? (found.value[0]?.name ?? '') : JSON.stringify(found);
  };
  assert.equal(await nameFrom({ hospital: { characterSet: 'gbk', isSilentAboutCharacterSet: true }, settings: { characterSet: 'cp936' } }, 'C0000002'), '李清照');
  assert.equal(await nameFrom({ hospital: { characterSet: 'gb18030' } }, 'C0000003'), '王龑䶮');
  assert.equal(await nameFrom({ settings: { characterSet: 'gb18030', declareCharacterSet: false } }, 'C0000003'), '王龑䶮');
  assert.match(await nameFrom({ hospital: { characterSet: 'gbk', isSilentAboutCharacterSet: true } }, 'C0000002'), /�/, 'the wrong setting shows at the first patient');
});

test('an identifier whose bytes are no characters is never a value', async (context) => {
  const { subject, bench } = await openSubject(context, {
    hospital: { characterSet: 'gbk', isSilentAboutCharacterSet: true },
    changeMapping: ({ operations }) => { Object.assign(operations['listOpenBills']?.['fields'] ?? {}, { billNo: { column: 'ZBL-5.1' } }); },
  });
  assert.match(reasonOf(await subject.adapter.listOpenBills({ patientId: 'P0000002' }, bench.context())), /billNo has bytes that are no character of utf-8/);
});

test('an answer in many small packets, and one with the transport\'s own acknowledgement before it, are answers', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  for (const mischief of ['fragmented', 'transportAckFirst'] as const) {
    subject.hospital.mischief.push(mischief);
    const found = await findPatient();
    assert.equal(found.kind === 'ok' && found.value[0]?.name, '李清照', mischief);
  }
  assert.equal(subject.hospital.connections(), 1);
});

const LOST: readonly { readonly mischief: WireMischief; readonly reason: RegExp }[] = [
  { mischief: 'wrongMessageNumber', reason: /belongs to another message/ },
  { mischief: 'nak', reason: /NAK/ },
  { mischief: 'exceptionText', reason: /not an HL7 message/ },
  { mischief: 'commitReject', reason: /return code CR/ },
];
for (const { mischief, reason } of LOST) {
  test(`a confirm answered by "${mischief}" is unknown; the query decides, and the next confirm books once`, async (context) => {
    const { subject, bench } = await openSubject(context);
    const { request } = await bench.newPayment();
    subject.hospital.mischief.push(mischief);
    assert.match(reasonOf(await bench.confirm(request)), reason);
    const wasBooked = mischief === 'wrongMessageNumber';
    assert.equal((await bench.query(request.tradeNo)).kind, wasBooked ? 'ok' : 'absent');
    await bench.book(request);
    assert.equal(await bench.bookings(request.tradeNo), 1);
  });
}

test('a connection that carried an answer to another message is not used again', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  subject.hospital.mischief.push('wrongMessageNumber');
  assert.equal((await findPatient()).kind, 'unknown');
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(subject.hospital.connections(), 2);
});

test('a frame nobody asked for behind the answer spoils the connection, not the answer', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  subject.hospital.mischief.push('merged');
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(subject.hospital.connections(), 2);
});

test('a refusal is definite with the code the mapping lists, and nothing else is', async (context) => {
  const { subject, bench } = await openSubject(context, { settings: { verifyRefusals: false } });
  const { request } = await bench.newPayment();
  const wrong = { ...request, tradeNo: bench.newNumber('CT'), amountFen: request.amountFen + 1 };
  const refused = await bench.confirm(wrong);
  assert.deepEqual([refused.kind, refused.kind === 'mismatch' && refused.code], ['mismatch', 'AR:300304']);
  assert.match(refused.kind === 'mismatch' ? refused.message : '', /支付金额不符/);
  subject.hospital.mischief.push('twoErrors');
  assert.match(reasonOf(await bench.confirm(wrong)), /return code AR:300304\+99/);
});

test('AR under HL7\'s own error code alone says nothing about the money', async (context) => {
  const { bench } = await openSubject(context, { settings: { verifyRefusals: false }, changeMapping: (mapping) => { mapping.errorCode = 'ERR-3.1'; } });
  const { request } = await bench.newPayment();
  assert.match(reasonOf(await bench.confirm({ ...request, amountFen: request.amountFen + 1 })), /return code AR:207/);
});

test('a message type that does not answer what was asked is unknown', async (context) => {
  const { findPatient } = await openSubject(context, { changeMapping: ({ operations }) => { Object.assign(operations['findPatient'] ?? {}, { answer: 'RSP^K21' }); } });
  assert.match(reasonOf(await findPatient()), /RSP\^K22 is no answer to QBP\^Q22/);
});

test('a plain ACK may refuse any message, and its code is told', async (context) => {
  const { findPatient } = await openSubject(context, { changeMapping: ({ operations }) => { Object.assign(operations['findPatient'] ?? {}, { call: 'QBP^Z99' }); } });
  assert.match(reasonOf(await findPatient()), /return code AR, 不支持的消息类型/);
});

test('a part of an answer is no answer: neither a list of bills nor "not booked"', async (context) => {
  const { subject, bench, findPatient } = await openSubject(context);
  subject.hospital.mischief.push('continues', 'continues');
  assert.match(reasonOf(await findPatient()), /goes on in another message/);
  assert.match(reasonOf(await bench.query('CT-NEVER-SEEN')), /goes on in another message/);
});

test('one connection carries many messages, and is opened again when the HIS or a firewall ended it', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  for (let count = 0; count < 5; count += 1) assert.equal((await findPatient()).kind, 'ok');
  assert.equal(subject.hospital.connections(), 1);
  subject.hospital.cut();
  await pause(20);
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(subject.hospital.connections(), 2);
  subject.hospital.mischief.push('closesAfterwards');
  assert.equal((await findPatient()).kind, 'ok');
  await pause(20);
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(subject.hospital.connections(), 3);
});

test('a connection idle for longer than the setting is opened anew before use', async (context) => {
  const { subject, findPatient } = await openSubject(context, { settings: { renewAfterIdleMs: 0 } });
  await findPatient();
  await findPatient();
  assert.equal(subject.hospital.connections(), 2);
});

test('no more connections than the setting says; who waits past his deadline has sent nothing', async (context) => {
  const { subject, findPatient } = await openSubject(context, { settings: { connections: 2 } });
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 400 }, times: 2 });
  const results = await Promise.all([findPatient(), findPatient(), findPatient('C0000002', 100)]);
  assert.deepEqual(results.map(({ kind }) => kind), ['ok', 'ok', 'unknown']);
  assert.equal(subject.hospital.connections(), 2);
  assert.equal(subject.hospital.received.length, 2);
});

test('a host that takes no connection, and one that takes it and is silent, are told apart', async (context) => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  context.after(() => silent.close());
  const answering = await openSubject(context, { settings: { port: portOf(silent) } });
  assert.match(reasonOf(await answering.findPatient('C0000002', 200)), /^timeout/);
  const { subject, findPatient } = await openSubject(context);
  await subject.hospital.down();
  assert.match(reasonOf(await findPatient()), /^notSent: cannot connect/);
});

test('whatever stands in the frames of an answer, it is an answer or unknown, and the adapter goes on', { timeout: 60_000 }, async (context) => {
  const answer = (number: string) => `MSH|^~\\&|HIS||HOSPAY||20260506||RSP^K22^RSP_K22|H1|P|2.5.1\rMSA|AA|${number}\rQAK|T|OK\rPID|1||P0000002^^^HIS^PI||李清照\r`;
  let mutate = (text: string): string => text;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => { socket.write(`\u000b${mutate(answer(chunk.toString().split('|')[9] ?? ''))}\u001c\r`); });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { subject, findPatient } = await openSubject(context, { settings: { port: portOf(server), breaker: { failureThreshold: 1000 } } });
  context.after(() => server.close());
  const seen = new Set<string>();
  const piece = fc.constantFrom('', '|', '^', '~', '\\', '&', '\r', '\n', '""', '\\X41\\', '\\E', 'MSH|', 'MSA|AR|', 'PID', 'ZZZ', '�', '脇', '\u0000');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(140), fc.nat(6), piece), { minLength: 1, maxLength: 4 }), async (changes) => {
      mutate = (text) => changes.reduce((changed, [at, length, put]) => changed.slice(0, at) + put + changed.slice(at + length), text);
      const found = await findPatient();
      seen.add(found.kind);
      assert.ok(found.kind === 'ok' || found.kind === 'unknown', JSON.stringify(found));
      if (found.kind === 'ok') for (const { patientId } of found.value) assert.notEqual(patientId, '');
    }),
    { numRuns: 400, seed: 20_260_506 },
  );
  assert.deepEqual([...seen].sort(), ['ok', 'unknown'], 'both kinds of answer came');
  mutate = (text) => text;
  assert.equal((await findPatient()).kind, 'ok');
  assert.ok(subject.adapter.metrics());
});
