/** The terminal SDK's rules about money, over a line that loses, delays and forges. The core behind it is the real desk. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyIdOf, memoryStorage, signMessage, TerminalClient, topics, type Order, type TerminalClientOptions, type TerminalEvents, type Transport, type TransportEvents } from '@hospay/terminal-sdk';
import { fileStorage } from '@hospay/terminal-sdk/file-storage.js';
import { createTerminalBench, keyOf, until, type TerminalBench } from './terminal-bench.js';

const device = { deviceId: 'kiosk-1', key: keyOf('kiosk-1') };
let bench: TerminalBench;
let line: ScriptedLine;
const open: TerminalClient[] = [];
beforeEach(() => {
  bench = createTerminalBench();
  line = new ScriptedLine(bench);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.stop()));
  await bench.close();
});

/** Carries messages to the desk and back; a test says what happens to those of an operation. */
class ScriptedLine implements Transport {
  readonly sent: string[] = [];
  /** What becomes of the next messages of an operation: lost on the way there, or only the answer lost. */
  readonly fate: ('deliver' | 'loseRequest' | 'loseAnswer' | 'hold')[] = [];
  readonly held: (() => void)[] = [];
  readonly #bench: TerminalBench;
  #events: TransportEvents | undefined;
  constructor(core: TerminalBench) {
    this.#bench = core;
  }
  open(events: TransportEvents): void {
    this.#events = events;
    queueMicrotask(() => events.connected());
  }
  async publish(topic: string, payload: string): Promise<void> {
    const operation = topic.split('/').at(-1) ?? '';
    this.sent.push(operation);
    const fate = operation === 'session.resume' ? 'deliver' : (this.fate.shift() ?? 'deliver');
    const deliver = async () => {
      const answer = await this.#bench.desk.answer({ device: device.deviceId, operation, payload: new TextEncoder().encode(payload) });
      if (fate !== 'loseAnswer') this.say(topics.reply(device.deviceId), answer);
    };
    if (fate === 'hold') this.held.push(() => void deliver());
    else if (fate !== 'loseRequest') await deliver();
  }
  say(topic: string, payload: string): void {
    this.#events?.message(topic, new TextEncoder().encode(payload));
  }
  drop(): void {
    this.#events?.disconnected();
  }
  comeBack(): void {
    this.#events?.connected();
  }
  close(): Promise<void> {
    this.#events = undefined;
    return Promise.resolve();
  }
  count(operation: string): number {
    return this.sent.filter((name) => name === operation).length;
  }
}

/** Pauses pass at once and deadlines soon, so that a lost answer costs the test little. */
const impatient = {
  after(ms: number, task: () => void) {
    const handle = setTimeout(task, ms >= 15_000 ? 400 : 10);
    return { cancel: () => clearTimeout(handle) };
  },
};

async function start(set: Partial<TerminalClientOptions> = {}, events: TerminalEvents = {}): Promise<TerminalClient> {
  const resumed = Promise.withResolvers<void>();
  const client = await TerminalClient.open({ device, transport: line, storage: memoryStorage(), timers: impatient, ...set, events: { ...events, resumed: (session) => { events.resumed?.(session); resumed.resolve(); } } });
  open.push(client);
  await resumed.promise;
  return client;
}
async function quote(client: TerminalClient): Promise<string> {
  const quoted = await client.call('bill.quote', { patientId: 'P10001', billNos: ['B1'] });
  assert.equal(quoted.kind, 'ok');
  return quoted.value.quoteId;
}
const payment = (quoteId: string) => ({ quoteId, amountFen: 3_000, method: 'nativeQr' as const });
const charges = () => bench.channel.calls.filter((call) => call.startsWith('charge')).length;

describe('the terminal SDK', () => {
  test('a payment whose answer was lost is asked about by its own key, never created again', async () => {
    const uncertain: boolean[] = [];
    const client = await start({}, { uncertain: (isUncertain) => uncertain.push(isUncertain) });
    const quoteId = await quote(client);
    line.fate.push('loseAnswer', 'loseAnswer', 'deliver');
    const result = await client.pay(payment(quoteId));
    assert.equal(result.kind, 'order');
    assert.equal(result.order.payments[0]?.state, 'paying');
    assert.equal(line.count('payment.create'), 1);
    assert.equal(charges(), 1);
    assert.deepEqual(uncertain, [true, false]);
    assert.equal(client.isUncertain, false);
  });

  test('a payment that never reached the core is given up only when it can no longer arrive', async () => {
    const client = await start();
    const quoteId = await quote(client);
    line.fate.push('loseRequest');
    const paying = client.pay(payment(quoteId));
    await until(() => line.count('payment.query') >= 3, 'three questions');
    assert.equal(client.isUncertain, true);
    assert.equal((await client.pay(payment(quoteId))).kind, 'busy');
    bench.later(41_000);
    assert.equal((await paying).kind, 'notTaken');
    assert.equal(charges(), 0);
    assert.equal((await client.pay(payment(quoteId))).kind, 'order');
  });

  test('a create that was delayed on the line and arrives after the first "not found" is found, not repeated', async () => {
    const client = await start();
    const quoteId = await quote(client);
    line.fate.push('hold');
    const paying = client.pay(payment(quoteId));
    await until(() => line.count('payment.query') >= 2, 'two questions');
    line.held[0]?.();
    const result = await paying;
    assert.equal(result.kind, 'order');
    assert.equal(line.count('payment.create'), 1);
    assert.equal(charges(), 1);
  });

  test('power lost between create and reply: the key is on the disk before the request leaves, and the payment is found after the restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hospay-terminal-'));
    const client = await start({ storage: fileStorage(folder) });
    const quoteId = await quote(client);
    line.fate.push('hold');
    const paying = client.pay(payment(quoteId));
    await until(() => line.held.length === 1, 'the request on the line');
    const written: unknown = JSON.parse(readFileSync(join(folder, 'journal.json'), 'utf8'));
    assert.match(JSON.stringify(written), /"unsettled":\{"idem":"kiosk-1:/);
    line.held[0]?.();
    // The terminal dies here: whatever it still had in mind is gone.
    await client.stop();
    assert.ok(['unsettled', 'order'].includes((await paying).kind));

    line = new ScriptedLine(bench);
    const orders: Order[] = [];
    const settled: string[] = [];
    const restarted = await start({ storage: fileStorage(folder) }, { order: (order) => orders.push(order), settled: (result) => settled.push(result.kind) });
    await until(() => settled.length === 1, 'the end of uncertainty');
    assert.deepEqual(settled, ['order']);
    assert.equal(restarted.isUncertain, false);
    assert.doesNotMatch(readFileSync(join(folder, 'journal.json'), 'utf8'), /unsettled/);
    assert.equal(orders.length, 1);
    assert.equal(line.count('payment.create'), 0);
    assert.equal(charges(), 1);
    rmSync(folder, { recursive: true });
  });

  test('power lost before the request left: after the restart the terminal learns that nothing was taken', async () => {
    const storage = memoryStorage();
    const client = await start({ storage });
    const quoteId = await quote(client);
    line.fate.push('loseRequest', 'loseRequest');
    const paying = client.pay(payment(quoteId));
    await until(() => line.count('payment.create') === 1, 'the request');
    await client.stop();
    assert.equal((await paying).kind, 'unsettled');
    bench.later(60_000);
    const settled: string[] = [];
    line = new ScriptedLine(bench);
    await start({ storage }, { settled: (result) => settled.push(result.kind) });
    await until(() => settled.length === 1, 'the settlement');
    assert.deepEqual(settled, ['notTaken']);
  });

  test('an answer nobody signed is no answer: not from a broker that says "paid", nor one that says "refused"', async () => {
    const client = await start();
    const quoteId = await quote(client);
    const created = await client.pay(payment(quoteId));
    assert.equal(created.kind, 'order');
    const paid: Order = { ...created.order, version: 99, confirmation: { state: 'confirmed', receiptNo: 'FORGED' } };
    // The broker has seen everything on the line: device, key id, earlier messages. Only the key is missing.
    const unsigned = { v: 1, id: 'x'.repeat(16), op: 'payment.changed', ts: Date.now(), exp: Date.now() + 60_000, cid: 'none', seq: 1, body: paid, kid: keyIdOf(device.key) };
    const honest: object = Object(JSON.parse((await bench.desk.announce('kiosk-1', created.order)) ?? '{}'));
    for (const forged of [
      { ...unsigned, kid: 'none', sig: 'none' },
      { ...unsigned, sig: '' },
      { ...unsigned, sig: signMessage(keyOf('a broker'), { direction: 'dn', device: 'kiosk-1', unsigned }) },
      { ...honest, body: paid },
    ]) line.say(topics.command('kiosk-1', 'payment.changed'), JSON.stringify(forged));
    line.say(topics.command('kiosk-1', 'payment.changed'), 'garbage');
    assert.equal(client.order(created.order.tradeNo)?.version, created.order.version);
    // The true one, signed by the core, is believed.
    const push = await bench.desk.announce('kiosk-1', paid);
    line.say(topics.command('kiosk-1', 'payment.changed'), push ?? '');
    assert.equal(client.order(created.order.tradeNo)?.version, 99);
  });

  test('a request played back at the terminal, or a push of another terminal, is not believed', async () => {
    const client = await start();
    const created = await client.pay(payment(await quote(client)));
    assert.equal(created.kind, 'order');
    const forOther = await bench.desk.announce('kiosk-2', { ...created.order, version: 50 });
    line.say(topics.command('kiosk-1', 'payment.changed'), forOther ?? '');
    assert.equal(client.order(created.order.tradeNo)?.version, created.order.version);
  });

  test('older news never replaces newer', async () => {
    const versions: number[] = [];
    const client = await start({}, { order: (order) => versions.push(order.version) });
    const created = await client.pay(payment(await quote(client)));
    assert.equal(created.kind, 'order');
    for (const version of [30, 29, 30, 31]) line.say(topics.command('kiosk-1', 'payment.changed'), (await bench.desk.announce('kiosk-1', { ...created.order, version })) ?? '');
    assert.deepEqual(versions, [created.order.version, 30, 31]);
    const asked = await client.call('payment.query', { tradeNo: created.order.tradeNo });
    assert.equal(asked.kind === 'ok' && asked.value.version, 31);
  });

  test('after a definite refusal another payment may start; after a doubtful one it may not', async (context) => {
    const client = await start();
    const refusedResult = await client.pay({ quoteId: 'no-such-quote', amountFen: 3_000, method: 'nativeQr' });
    assert.equal(refusedResult.kind === 'refused' && refusedResult.error.code, 'QUOTE_NOT_FOUND');
    assert.equal(client.isUncertain, false);
    const quoteId = await quote(client);
    // A bug in the core right after the order was accepted.
    context.mock.method(bench.channel, 'charge', () => { throw new TypeError('bug'); });
    const paying = await client.pay(payment(quoteId));
    assert.equal(paying.kind, 'order', 'the order was accepted and is found by its key');
  });

  test('nothing is sent and nothing noted while the line is down; when it returns the terminal resumes', async () => {
    let sessions = 0;
    const storage = memoryStorage();
    const client = await start({ storage }, { resumed: () => (sessions += 1) });
    const quoteId = await quote(client);
    line.drop();
    assert.equal((await client.pay(payment(quoteId))).kind, 'offline');
    assert.equal((await client.call('bill.list', { patientId: 'P10001' })).kind, 'noAnswer');
    assert.equal(client.isUncertain, false);
    line.comeBack();
    await until(() => sessions === 2, 'the second session');
    assert.equal((await client.pay(payment(quoteId))).kind, 'order');
  });

  test('a terminal whose clock is an hour off corrects it from the core\'s signed answer', async () => {
    const client = await start({ clock: { now: () => new Date(Date.now() - 3_600_000) } });
    assert.ok(Math.abs(client.coreTime.getTime() - Date.now()) < 5_000);
    assert.equal((await client.pay(payment(await quote(client)))).kind, 'order');
  });

  test('sequence numbers never repeat, not even after power cuts', async () => {
    const storage = memoryStorage();
    const idems = new Set<string>();
    for (let life = 0; life < 3; life += 1) {
      line = new ScriptedLine(bench);
      const client = await start({ storage });
      line.fate.push('deliver', 'loseRequest', 'loseRequest');
      const paying = client.pay(payment(await quote(client)));
      await until(async () => ((await storage.read('journal')) ?? '').includes('unsettled'), 'the note');
      idems.add(/"idem":"([^"]+)"/.exec((await storage.read('journal')) ?? '')?.[1] ?? '');
      await client.stop();
      await paying;
      bench.later(60_000);
      line = new ScriptedLine(bench);
      const asker = await start({ storage });
      await until(() => !asker.isUncertain, 'the settlement');
      await asker.stop();
    }
    assert.equal(idems.size, 3);
    const numbers = [...idems].map((idem) => Number(/:(\d+)-/.exec(idem)?.[1]));
    assert.deepEqual(numbers, numbers.toSorted((left, right) => left - right));
  });

  test('when the disk cannot be written, nothing is sent', async () => {
    const storage = memoryStorage();
    let isBroken = false;
    const client = await start({ storage: { read: (name) => storage.read(name), write: (name, text) => (isBroken ? Promise.reject(new Error('disk full')) : storage.write(name, text)) } });
    const quoteId = await quote(client);
    isBroken = true;
    await assert.rejects(client.pay(payment(quoteId)), /disk full/);
    assert.equal(line.count('payment.create'), 0);
    assert.equal(charges(), 0);
    isBroken = false;
    assert.equal((await client.pay(payment(quoteId))).kind, 'order');
  });

  test('a damaged journal stops the terminal instead of letting it forget', async () => {
    const storage = memoryStorage();
    await storage.write('journal', '{"reservedUpTo":"many"}');
    await assert.rejects(TerminalClient.open({ device, transport: line, storage }), /damaged/);
  });
});
