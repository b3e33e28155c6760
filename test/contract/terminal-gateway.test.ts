/** Terminal SDK, broker, gateway, desk and use cases together: over the embedded broker and over Mosquitto. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import { brokerPasswordOf, memoryStorage, mqttTransport, TerminalClient, topics, type Order, type TerminalEvents } from '@hospay/terminal-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { startEmbeddedBroker } from '@hospay/server/edges/mqtt/embedded-broker.js';
import { startTerminalGateway, type TerminalGateway } from '@hospay/server/edges/mqtt/terminal-gateway.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createTerminalPresence, type TerminalPresence } from '@hospay/server/terminals/terminal-presence.js';
import { startMosquitto } from './mosquitto-for-tests.js';
import { createTerminalBench, keyOf, until, type TerminalBench } from './terminal-bench.js';

type RunningBroker = { readonly port: number; readonly websocketPort: number; reload?(): Promise<void>; stop(): Promise<void> };
const BROKERS: readonly { readonly name: string; readonly start: (bench: TerminalBench) => Promise<RunningBroker> }[] = [
  { name: 'embedded', start: ({ credentials }) => startEmbeddedBroker({ host: '127.0.0.1', port: 0, websocketPort: 0, credentials, log: SILENT_LOG }) },
  { name: 'Mosquitto', start: ({ credentials }) => startMosquitto(credentials) },
];

for (const { name, start } of BROKERS) {
  describe(`terminal gateway over ${name}`, () => {
    let bench: TerminalBench;
    let broker: RunningBroker;
    let gateway: TerminalGateway;
    let presence: TerminalPresence;
    const clients: TerminalClient[] = [];
    const raw: MqttClient[] = [];
    before(async () => {
      bench = createTerminalBench();
      broker = await start(bench);
      presence = createTerminalPresence({ clock: bench.clock, timers: { after: (_ms, task) => SYSTEM_TIMERS.after(20, task) }, touchLastSeen: (deviceId, at) => bench.registry.touchLastSeen(deviceId, at) });
      gateway = await startTerminalGateway({ url: `mqtt://127.0.0.1:${String(broker.port)}`, ...bench.credentials.core, desk: bench.desk, presence, orders: bench.orders, log: SILENT_LOG });
    });
    afterEach(async () => {
      await Promise.all([...clients.splice(0).map((client) => client.stop()), ...raw.splice(0).map((client) => client.endAsync(true))]);
    });
    after(async () => {
      await gateway.stop();
      presence.stop();
      await broker.stop();
      await bench.close();
    });

    const startTerminal = async (deviceId: string, events: TerminalEvents = {}, scheme: 'mqtt' | 'ws' = 'mqtt') => {
      const device = { deviceId, key: keyOf(deviceId) };
      const resumed = Promise.withResolvers<void>();
      const url = `${scheme}://127.0.0.1:${String(scheme === 'ws' ? broker.websocketPort : broker.port)}`;
      const client = await TerminalClient.open({ device, transport: mqttTransport({ url, device, random: () => 0.01 }), storage: memoryStorage(), events: { ...events, resumed: () => resumed.resolve() } });
      clients.push(client);
      await resumed.promise;
      return client;
    };
    const rawDevice = async (deviceId: string) => {
      const client = await connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`, { username: deviceId, clientId: deviceId, password: brokerPasswordOf(keyOf(deviceId)), reconnectPeriod: 0 });
      client.on('error', () => undefined);
      raw.push(client);
      const heard: string[] = [];
      client.on('message', (_topic, payload) => heard.push(payload.toString()));
      await client.subscribeAsync(topics.reply(deviceId), { qos: 1 });
      return { client, heard };
    };

    for (const scheme of ['mqtt', 'ws'] as const) {
      test(`from card to receipt over ${scheme}; the core's news arrives without being asked for`, async () => {
        const news: Order[] = [];
        const kiosk = await startTerminal('kiosk-1', { order: (order) => news.push(order) }, scheme);
        const found = await kiosk.call('patient.find', { cardType: 'visitCard', cardNo: 'CARD0001' });
        assert.equal(found.kind === 'ok' && found.value.patients[0]?.name, '张*三');
        const bills = await kiosk.call('bill.list', { patientId: 'P10001' });
        assert.equal(bills.kind === 'ok' && bills.value.bills[0]?.lines.length, 1);
        const quote = await kiosk.call('bill.quote', { patientId: 'P10001', billNos: ['B1'] });
        assert.equal(quote.kind, 'ok');
        const paid = await kiosk.pay({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr' });
        assert.equal(paid.kind, 'order');
        const { tradeNo, payments } = paid.order;
        bench.patientPays(payments[0]?.paymentNo ?? '', 3_000);
        await kiosk.call('payment.query', { tradeNo });
        await bench.tellHospital();
        await until(() => news.at(-1)?.confirmation.state === 'confirmed', 'the push of the confirmation');
        const printed = await kiosk.call('receipt.printed', { tradeNo });
        assert.equal(printed.kind, 'ok');
        assert.ok(printed.value.confirmation.receiptPrintedAt);
        assert.deepEqual(news.map(({ version }) => version), news.map(({ version }) => version).toSorted((left, right) => left - right));
        // The bills are settled now; a second walk needs them open again.
        bench.store.database.exec('DELETE FROM bill_claim');
      });
    }

    test('a kiosk cancels, and another kiosk hears nothing of it', async () => {
      const strangers: Order[] = [];
      const kiosk = await startTerminal('kiosk-1');
      await startTerminal('kiosk-2', { order: (order) => strangers.push(order) });
      const quote = await kiosk.call('bill.quote', { patientId: 'P10001', billNos: ['B1'] });
      assert.equal(quote.kind, 'ok');
      const paid = await kiosk.pay({ quoteId: quote.value.quoteId, amountFen: 3_000, method: 'nativeQr' });
      assert.equal(paid.kind, 'order');
      const cancelled = await kiosk.call('payment.cancel', { tradeNo: paid.order.tradeNo });
      assert.equal(cancelled.kind === 'ok' && cancelled.value.payments[0]?.state, 'closed');
      assert.deepEqual(strangers, []);
    });

    test('garbage is answered with a code, and the gateway serves on', async () => {
      const { client, heard } = await rawDevice('kiosk-2');
      for (const payload of ['', 'garbage', '{"v":1}', 'x'.repeat(100_000)]) await client.publishAsync(topics.up('kiosk-2', 'payment.create'), payload, { qos: 1 });
      await until(() => heard.length === 4, 'four answers');
      assert.deepEqual(heard.map((text) => /"code":"([A-Z_]+)"/.exec(text)?.[1]), ['MALFORMED_REQUEST', 'MALFORMED_REQUEST', 'MALFORMED_REQUEST', 'BODY_TOO_LARGE']);
      // Some brokers drop it, some end the connection.
      await Promise.race([client.publishAsync(topics.up('kiosk-2', 'Strange'), 'x', { qos: 1 }).catch(() => undefined), new Promise<void>((resolve) => client.once('close', () => resolve()))]);
      assert.equal((await (await startTerminal('kiosk-1')).call('bill.list', { patientId: 'P10001' })).kind, 'ok');
    });

    test('a device that floods is told so; the others are served', async (context) => {
      const find = bench.registry.find.bind(bench.registry);
      const gate = Promise.withResolvers<void>();
      context.mock.method(bench.registry, 'find', async (deviceId: string) => {
        if (deviceId === 'kiosk-2' && gateway.load().atWork > 0) await gate.promise;
        return find(deviceId);
      });
      try {
        const { client, heard } = await rawDevice('kiosk-2');
        for (let count = 0; count < 8; count += 1) await client.publishAsync(topics.up('kiosk-2', 'bill.list'), 'x', { qos: 1 });
        assert.equal((await (await startTerminal('kiosk-1')).call('bill.list', { patientId: 'P10001' })).kind, 'ok');
        assert.ok(gateway.load().atWork <= 7);
        gate.resolve();
        await until(() => heard.length === 8, 'eight answers');
        assert.equal(heard.filter((text) => text.includes('TOO_MANY_REQUESTS')).length, 2);
      } finally {
        gate.resolve();
      }
    });

    test('the core sees who is there: birth, then absence after a moment, and a terminal that comes right back was never away', async () => {
      const kiosk = await startTerminal('kiosk-1');
      await until(() => presence.of('kiosk-1')?.online === true, 'the birth');
      assert.ok((await bench.rows.find('kiosk-1'))?.lastSeenAt);
      const since = presence.of('kiosk-1')?.since;
      presence.announced('kiosk-1', 'offline');
      presence.announced('kiosk-1', 'online');
      await new Promise((resolve) => setTimeout(resolve, 40));
      assert.equal(presence.of('kiosk-1')?.since, since);
      await kiosk.stop();
      await until(() => presence.of('kiosk-1')?.online === false, 'the absence');
    });

    test('a revoked terminal loses its line and cannot come back', async () => {
      bench.rows.add({ id: 'kiosk-7', hospital: 'demo', kind: 'kiosk', title: '借出的自助机', key: keyOf('kiosk-7') });
      await broker.reload?.();
      const connection: string[] = [];
      if (broker.reload !== undefined) await until(() => rawDevice('kiosk-7').then(({ client }) => client.endAsync(true).then(() => true), () => false), 'Mosquitto to know the new terminal');
      const kiosk = await startTerminal('kiosk-7', { connection: (state) => connection.push(state) });
      assert.equal((await kiosk.call('bill.list', { patientId: 'P10001' })).kind, 'ok');
      await bench.registry.revoke('kiosk-7');
      await broker.reload?.();
      if (broker.reload === undefined) await until(() => connection.includes('offline'), 'the end of the line');
      else {
        // A Mosquitto that still holds the line is refused by the core: nothing is believed without a valid key.
        const { raw: answer } = { raw: await bench.desk.answer({ device: 'kiosk-7', operation: 'bill.list', payload: new TextEncoder().encode('{}') }) };
        assert.match(answer, /UNKNOWN_CALLER/);
      }
      await kiosk.stop();
      await until(() => rawDevice('kiosk-7').then(() => false, () => true), 'the refusal');
    });
  });
}

test('a gateway without a broker starts, says it is not connected, and serves once the broker is there', async () => {
  const bench = createTerminalBench();
  const first = await startEmbeddedBroker({ host: '127.0.0.1', port: 0, websocketPort: 0, credentials: bench.credentials, log: SILENT_LOG });
  const gateway = await startTerminalGateway({ url: first.url, ...bench.credentials.core, desk: bench.desk, presence: { saw() {}, announced() {} }, orders: bench.orders, log: SILENT_LOG });
  await first.stop();
  await until(() => !gateway.isConnected(), 'the loss');
  const second = await startEmbeddedBroker({ host: '127.0.0.1', port: first.port, websocketPort: 0, credentials: bench.credentials, log: SILENT_LOG });
  await until(() => gateway.isConnected(), 'the reconnect');
  await gateway.stop();
  await second.stop();
  await bench.close();
});
