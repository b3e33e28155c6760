/** What the conformance suite does not know of: reads that cut characters, agents that cut answers, answers to something else, over real connections. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import tcpPlugin, { SettingsSchema } from '@hospay/hospital-adapter-tcp';
import { HospitalBench, makeTestContext } from '@hospay/plugin-sdk/testkit';
import { Check } from 'typebox/value';
import { makeTcpSubject, PERSONALITIES, type TcpSubject, type TcpSubjectOptions } from './hospital-adapter-tcp-subject.js';

type Personality = keyof typeof PERSONALITIES;
const BOTH: readonly Personality[] = ['agent', 'frontMachine'];

async function openSubject(context: TestContext, personality: Personality, options: TcpSubjectOptions = {}) {
  const subject = await makeTcpSubject(personality, options);
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return {
    subject, bench, agent: subject.agent,
    find: (cardNo = 'C0000002', timeoutMs = 10_000) => subject.adapter.findPatient({ cardType: 'visitCard', cardNo }, bench.context(timeoutMs)),
    bills: () => subject.adapter.listOpenBills({ patientId: 'P0000002' }, bench.context()),
  };
}

const nameIn = (found: Awaited<ReturnType<TcpSubject['adapter']['findPatient']>>): string | undefined => (found.kind === 'ok' ? found.value[0]?.name : found.kind);
const shownReason = (result: { readonly kind: string; readonly reason?: string }): string => (result.kind === 'unknown' ? (result.reason ?? '') : JSON.stringify(result));

test('an answer is read whole, however many reads it takes and whichever character they cut in two', async (context) => {
  for (const personality of BOTH) {
    const { agent, find } = await openSubject(context, personality);
    for (const bytes of [1, 2, 3, 5, 7]) {
      agent.spoilNext({ kind: 'packets', bytes });
      assert.equal(nameIn(await find()), '李清照', `${personality}: ${String(bytes)} bytes at a time`);
    }
    agent.spoilNext({ kind: 'encode', charset: 'gb18030' });
    assert.equal(nameIn(await find('C0000003')), '王龑䶮', `${personality}: a HIS that holds more than GBK`);
    agent.spoilNext({ kind: 'encode', charset: 'utf-8' });
    assert.equal(nameIn(await find()), 'unknown', `${personality}: UTF-8 is not taken for GBK`);
  }
});

test('a long list is read whole; the same list through an agent that reads once is unknown', async (context) => {
  for (const personality of BOTH) {
    const { bench, agent, bills } = await openSubject(context, personality);
    for (let count = 0; count < 80; count += 1) await bench.control.makeBill();
    const whole = await bills();
    assert.ok(whole.kind === 'ok' && whole.value.length >= 80, personality);
    agent.spoilNext({ kind: 'cut', bytes: 4096 });
    const cut = await bills();
    assert.match(shownReason(cut), personality === 'agent' ? /end mark is missing|not gbk/ : /ends before its end|not gbk/);
  }
});

test('wherever the answer to a confirm or its query is cut, nobody takes it for one', async (context) => {
  for (const personality of BOTH) {
    const { bench, agent } = await openSubject(context, personality);
    const { request } = await bench.newPayment();
    await bench.book(request);
    for (const bytes of [0, 1, 8, 9, 20, 40, 41, 60, 90]) {
      agent.spoilNext({ kind: 'cut', bytes });
      assert.equal((await bench.query(request.tradeNo)).kind, 'unknown', `${personality}: query after ${String(bytes)} bytes`);
      agent.spoilNext({ kind: 'cut', bytes });
      assert.equal((await bench.confirm(request)).kind, 'unknown', `${personality}: confirm after ${String(bytes)} bytes`);
    }
    assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
  }
});

test('an answer that ends before its length is known to be cut at once', async (context) => {
  const { bench, agent } = await openSubject(context, 'frontMachine');
  const { request } = await bench.newPayment();
  for (const bytes of [0, 3, 8, 30]) {
    agent.spoilNext({ kind: 'endEarly', bytes });
    const startedAt = performance.now();
    assert.match(shownReason(await bench.query(request.tradeNo)), bytes === 0 ? /without an answer/ : /was cut/);
    assert.ok(performance.now() - startedAt < 5_000);
  }
});

test('an answer to another call is none; where calls are numbered, not even "nothing" of another', async (context) => {
  for (const personality of BOTH) {
    const { bench, agent, find } = await openSubject(context, personality);
    const booked = (await bench.newPayment()).request;
    const other = (await bench.newPayment()).request;
    await bench.book(booked);
    await bench.query(booked.tradeNo);
    agent.spoilNext({ kind: 'replay' });
    assert.equal((await bench.query(other.tradeNo)).kind, 'unknown', `${personality}: the booking of another`);
    agent.spoilNext({ kind: 'replay' });
    assert.equal((await bench.confirm(other)).kind, 'unknown', `${personality}: an answer to a query`);
    assert.equal((await find('C0000003')).kind, 'ok');
    agent.spoilNext({ kind: 'replay' });
    assert.equal((await find('C0000002')).kind, 'unknown', `${personality}: another patient`);
  }
  const { bench, agent } = await openSubject(context, 'frontMachine');
  const { request } = await bench.newPayment();
  await bench.book(request);
  assert.deepEqual(await bench.query(bench.newNumber('CT')), { kind: 'absent' });
  agent.spoilNext({ kind: 'replay' });
  assert.equal((await bench.query(request.tradeNo)).kind, 'unknown');
});

test('two answers to one call are none, and one that comes unasked ends the connection instead of answering the next call', async (context) => {
  const { bench, agent, find } = await openSubject(context, 'frontMachine');
  agent.spoilNext({ kind: 'twice' });
  assert.match(shownReason(await find()), /more than one answer/);
  assert.equal(nameIn(await find()), '李清照');
  const opened = agent.connections();
  agent.spoilNext({ kind: 'again', afterMs: 30 });
  assert.equal(nameIn(await find()), '李清照');
  await pause(100);
  assert.equal(nameIn(await find('C0000005')), '钱多多');
  assert.equal(agent.connections(), opened + 1);
  assert.deepEqual(await bench.query(bench.newNumber('CT')), { kind: 'absent' });
});

test('a separator, a quote, a line break or a character GBK lacks is refused, and nothing is sent', async (context) => {
  for (const personality of BOTH) {
    const { agent, find } = await openSubject(context, personality);
    for (const cardNo of ['C1|GC0401', 'a\'b', 'a"b', 'a\r\nb', 'a\nb', 'a\u0007b', 'C䶮', 'C㛃', 'C𠮷']) {
      const found = await find(cardNo);
      assert.equal(found.kind === 'rejected' && found.code, 'HIS_VALUE_NOT_REPRESENTABLE', `${personality} ${JSON.stringify(cardNo)}`);
      assert.doesNotMatch(JSON.stringify(found), /GC0401/);
    }
    assert.equal(agent.connections(), 0);
  }
});

test('a connection of its own for each call, or one kept for many, as the mapping says; never more than the settings allow', async (context) => {
  const perCall = await openSubject(context, 'agent', { settings: { connections: 1 } });
  for (let count = 0; count < 3; count += 1) assert.equal((await perCall.find()).kind, 'ok');
  assert.equal(perCall.agent.connections(), 3);
  const kept = await openSubject(context, 'frontMachine', { settings: { connections: 1 } });
  const names = await Promise.all(['C0000001', 'C0000002', 'C0000005', 'C0000006'].map(async (cardNo) => nameIn(await kept.find(cardNo))));
  assert.deepEqual(names, ['张三丰', '李清照', '钱多多', '孙尚香'], 'each gets its own answer');
  assert.equal(kept.agent.connections(), 1);
  await kept.subject.control.failNext('findPatient', 'dropAfterCommit');
  assert.equal((await kept.find()).kind, 'unknown');
  assert.equal(nameIn(await kept.find()), '李清照');
  assert.equal(kept.agent.connections(), 2, 'a broken connection is not used again');
  const stale = await openSubject(context, 'frontMachine', { settings: { connections: 1, keptIdleMs: 0 } });
  for (let count = 0; count < 2; count += 1) {
    assert.equal((await stale.find()).kind, 'ok');
    await pause(5);
  }
  assert.equal(stale.agent.connections(), 2, 'one that idled too long is not used again');
});

test('a call that gets no connection before its deadline sends nothing, then or later', async (context) => {
  const { subject, agent, find } = await openSubject(context, 'agent', { settings: { connections: 1 } });
  await subject.control.failNext('findPatient', 'silenceBeforeExecution');
  const [silent, waiting] = await Promise.all([find('C0000002', 600), find('C0000001', 300)]);
  assert.equal(silent.kind, 'unknown');
  assert.equal(waiting.kind, 'unknown');
  assert.equal(agent.requests.length, 1);
  assert.equal(nameIn(await find()), '李清照');
});

test('an agent that takes minutes is waited for only as long as the caller can wait', async (context) => {
  const { subject, bench, agent } = await openSubject(context, 'agent', { settings: { operations: { confirm: { timeoutMs: 120_000 } } } });
  const { request } = await bench.newPayment();
  await subject.control.failNext('confirm', 'silenceAfterCommit');
  const startedAt = performance.now();
  assert.equal((await bench.confirm(request, 300)).kind, 'unknown');
  assert.ok(performance.now() - startedAt < 10_000);
  await pause(50);
  assert.equal(agent.open(), 0, 'and its connection is closed');
});

test('after a lost confirm no refusal is believed while the agent may still be at work, and then it is', async (context) => {
  const { subject, bench } = await openSubject(context, 'agent', { settings: { agentTimeoutMs: 1_000 } });
  const { bill, request } = await bench.newPayment();
  await subject.control.failNext('confirm', 'silenceBeforeExecution');
  assert.equal((await bench.confirm(request, 200)).kind, 'unknown');
  await subject.control.payAtWindow(bill);
  assert.match(shownReason(await bench.confirm(request)), /may still be running/);
  await pause(1_100);
  assert.equal((await bench.confirm(request)).kind, 'rejected');
});

test('"already paid" is ours when the booking is, and a refusal when a cashier was first', async (context) => {
  for (const personality of BOTH) {
    const { subject, bench } = await openSubject(context, personality);
    const own = (await bench.newPayment()).request;
    subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'already-paid', by: 'ourselves' } });
    assert.equal((await bench.confirm(own)).kind, 'ok', personality);
    const others = (await bench.newPayment()).request;
    subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'already-paid', by: 'window' } });
    assert.equal((await bench.confirm(others)).kind, 'rejected', personality);
  }
});

test('neither the key nor a patient is in a log line or a result; a key the agent does not know refuses a read', async (context) => {
  for (const personality of BOTH) {
    const { subject, bench, find } = await openSubject(context, personality, { settings: { slowCallMs: 1 } });
    const results: unknown[] = [];
    for (const fault of ['serverErrorAfterCommit', 'garbageBytes', 'dropAfterCommit', 'garbageValues'] as const) {
      await subject.control.failNext('findPatient', fault);
      results.push(await find());
    }
    const { request } = await bench.newPayment();
    results.push(await bench.confirm(request));
    assert.doesNotMatch(JSON.stringify([results, subject.logLines]), /gc-agent-key|qzj-2024|C0000002|李清照|990101198403130022/, personality);
    assert.ok(subject.logLines.some(({ message }) => message === 'HIS call was slow'));
    const unknown = await openSubject(context, personality, { settings: { key: 'another' } });
    assert.deepEqual(await unknown.find(), { kind: 'rejected', code: '6', message: '密钥错误' });
    assert.equal((await unknown.bench.query('CT000001')).kind, 'unknown');
  }
});

test('the plugin reads its mapping from a file and says what is wrong with its settings', async (context) => {
  const mappingFile = fileURLToPath(new URL('../../../config/hospitals/tcp-agent/tcp-mapping.json', import.meta.url));
  const settings = { server: '127.0.0.1', port: 9, key: 'k', client: 'c', mappingFile };
  assert.ok(Check(SettingsSchema, settings));
  const plugin = await tcpPlugin.activate(makeTestContext({ settings }));
  context.after(() => plugin.stop?.());
  assert.deepEqual(Object.keys(plugin.hospitalAdapters ?? {}), ['tcp']);
  const { key: _key, ...keyless } = settings;
  await assert.rejects(Promise.resolve(tcpPlugin.activate(makeTestContext({ settings: keyless }))), /settings\.key: missing/);
  await assert.rejects(Promise.resolve(tcpPlugin.activate(makeTestContext({ settings: { ...settings, client: 'a|b' } }))), /settings\.client: holds a character/);
});
