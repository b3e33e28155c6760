/** What terminals and core need from a broker, asked of the embedded one and of Mosquitto with the files the core generates for it. */
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { brokerPasswordOf, mqttTransport, topics } from '@hospay/terminal-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { startEmbeddedBroker } from '@hospay/server/edges/mqtt/embedded-broker.js';
import { startTerminalGateway } from '@hospay/server/edges/mqtt/terminal-gateway.js';
import { startMosquitto } from './mosquitto-for-tests.js';
import { createTerminalBench, keyOf, until, type TerminalBench } from './terminal-bench.js';

type RunningBroker = { readonly port: number; readonly websocketPort: number; stop(): Promise<void> };
const BROKERS: readonly { readonly name: string; readonly start: (bench: TerminalBench) => Promise<RunningBroker> }[] = [
  { name: 'embedded', start: ({ credentials }) => startEmbeddedBroker({ host: '127.0.0.1', port: 0, websocketPort: 0, credentials, log: SILENT_LOG }) },
  { name: 'Mosquitto', start: ({ credentials }) => startMosquitto(credentials) },
];

for (const { name, start } of BROKERS) {
  describe(`broker: ${name}`, () => {
    let bench: TerminalBench;
    let broker: RunningBroker;
    const open: MqttClient[] = [];
    before(async () => {
      bench = createTerminalBench({ devices: ['kiosk-1', 'kiosk-2', 'kiosk-3'] });
      broker = await start(bench);
    });
    after(async () => {
      await Promise.all(open.map((client) => client.endAsync(true)));
      await broker.stop();
      await bench.close();
    });

    const signIn = async (username: string | undefined, password: string | undefined, options: IClientOptions = {}, url = `mqtt://127.0.0.1:${String(broker.port)}`) => {
      const client = await connectAsync(url, { reconnectPeriod: 0, clean: true, ...(username === undefined ? {} : { username, clientId: username }), ...(password === undefined ? {} : { password }), ...options });
      client.on('error', () => undefined);
      open.push(client);
      return client;
    };
    const device = (deviceId: string, options?: IClientOptions) => signIn(deviceId, brokerPasswordOf(keyOf(deviceId)), options);
    const core = (options?: IClientOptions) => signIn(bench.credentials.core.username, bench.credentials.core.password, options);
    /** Everything a client hears, in order. */
    const listen = async (client: MqttClient, ...filters: string[]) => {
      const heard: string[] = [];
      client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
      for (const filter of filters) await client.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
      return heard;
    };
    const refusesSignIn = (signingIn: Promise<unknown>) => assert.rejects(signingIn, /Connection refused|Not authorized|Bad username/i);

    test('a device signs in with the password derived from its key, and its messages reach the core', async () => {
      const desk = await core();
      const heard = await listen(desk, 'hospay/v1/d/+/up/+');
      const kiosk = await device('kiosk-1');
      await kiosk.publishAsync(topics.up('kiosk-1', 'patient.find'), 'hello', { qos: 1 });
      await until(() => heard.length > 0, 'the message at the core');
      assert.deepEqual(heard, [`${topics.up('kiosk-1', 'patient.find')} hello`]);
      await Promise.all([desk.endAsync(), kiosk.endAsync()]);
    });

    test('a wrong password, an unknown device, another device\'s password and no name at all are refused', async () => {
      await refusesSignIn(signIn('kiosk-1', 'wrong'));
      await refusesSignIn(signIn('kiosk-9', brokerPasswordOf(keyOf('kiosk-9'))));
      await refusesSignIn(signIn('kiosk-1', brokerPasswordOf(keyOf('kiosk-2'))));
      await refusesSignIn(signIn('hospay-core', 'guess'));
      await refusesSignIn(signIn(undefined, undefined));
    });

    test('a device neither hears another device nor speaks for it', async () => {
      const desk = await core();
      const atCore = await listen(desk, 'hospay/v1/d/+/up/+', 'hospay/v1/d/+/state');
      const thief = await device('kiosk-2');
      const stolen = await listen(thief, topics.reply('kiosk-1'), topics.command('kiosk-1', '+'), 'hospay/v1/d/+/dn/reply', 'hospay/v1/#', '#', topics.up('kiosk-2', 'patient.find'));
      const own = await device('kiosk-1');
      const heard = await listen(own, topics.reply('kiosk-1'));
      const forger = await device('kiosk-3');
      for (const topic of [topics.up('kiosk-1', 'payment.create'), topics.state('kiosk-1'), topics.reply('kiosk-1'), 'hospay/v1/g/kiosk/notice']) {
        // Some brokers drop the packet, some end the connection; either way nobody may hear it.
        if (forger.connected) await Promise.race([forger.publishAsync(topic, 'forged', { qos: 1 }).catch(() => undefined), new Promise<void>((resolve) => forger.once('close', () => resolve()))]);
        else break;
      }
      await desk.publishAsync(topics.reply('kiosk-1'), 'for kiosk-1 only', { qos: 1 });
      await own.publishAsync(topics.up('kiosk-1', 'bill.list'), 'mine', { qos: 1 });
      await until(() => heard.length > 0 && atCore.length > 0, 'the honest messages');
      assert.deepEqual(heard, [`${topics.reply('kiosk-1')} for kiosk-1 only`]);
      assert.deepEqual(atCore, [`${topics.up('kiosk-1', 'bill.list')} mine`]);
      assert.deepEqual(stolen, []);
      await Promise.all([desk, thief, own, forger].map((client) => client.endAsync(true)));
    });

    test('a birth and a last will tell the core who is there', async () => {
      const desk = await core();
      const heard = await listen(desk, topics.state('kiosk-1'));
      const kiosk = await device('kiosk-1', { will: { topic: topics.state('kiosk-1'), payload: 'gone', qos: 1, retain: true } });
      await kiosk.publishAsync(topics.state('kiosk-1'), 'here', { qos: 1, retain: true });
      await until(() => heard.length === 1, 'the birth');
      kiosk.stream.destroy();
      await until(() => heard.length === 2, 'the will');
      assert.deepEqual(heard, [`${topics.state('kiosk-1')} here`, `${topics.state('kiosk-1')} gone`]);
      const late = await device('kiosk-1');
      await late.publishAsync(topics.state('kiosk-1'), '', { qos: 1, retain: true });
      await Promise.all([desk.endAsync(), late.endAsync()]);
    });

    test('a terminal hears the notices to its group, to all and to itself, and neither another group\'s nor another terminal\'s', async () => {
      const kiosk = await device('kiosk-1');
      const told = [topics.groupNotice('window'), topics.ownNotice('kiosk-2'), topics.groupNotice('kiosk'), topics.ownNotice('kiosk-1'), topics.groupNotice('all')];
      const heard = await listen(kiosk, ...told);
      const desk = await core();
      for (const topic of told) await desk.publishAsync(topic, 'told', { qos: 1 });
      await until(() => heard.length === 3, 'three notices');
      assert.deepEqual(heard, ['hospay/v1/g/kiosk/notice told', 'hospay/v1/g/terminal/kiosk-1/notice told', 'hospay/v1/g/all/notice told']);
      await Promise.all([desk.endAsync(), kiosk.endAsync()]);
    });

    test('browsers reach the broker over WebSocket with the same rules', async () => {
      const url = `ws://127.0.0.1:${String(broker.websocketPort)}`;
      const kiosk = await signIn('kiosk-1', brokerPasswordOf(keyOf('kiosk-1')), {}, url);
      const heard = await listen(kiosk, topics.reply('kiosk-2'), topics.reply('kiosk-1'));
      const desk = await core();
      await desk.publishAsync(topics.reply('kiosk-2'), 'not yours', { qos: 1 });
      await desk.publishAsync(topics.reply('kiosk-1'), 'yours', { qos: 1 });
      await until(() => heard.length > 0, 'the reply');
      assert.deepEqual(heard, [`${topics.reply('kiosk-1')} yours`]);
      await refusesSignIn(signIn('kiosk-1', 'wrong', {}, url));
      await Promise.all([desk.endAsync(), kiosk.endAsync()]);
    });

    test('a packet beyond any message ends its connection or is dropped, and others are served on', async () => {
      const desk = await core();
      const heard = await listen(desk, 'hospay/v1/d/+/up/+');
      const greedy = await device('kiosk-2');
      await Promise.race([greedy.publishAsync(topics.up('kiosk-2', 'patient.find'), 'x'.repeat(400_000), { qos: 1 }).catch(() => undefined), new Promise<void>((resolve) => greedy.once('close', () => resolve()))]);
      const kiosk = await device('kiosk-1');
      await kiosk.publishAsync(topics.up('kiosk-1', 'patient.find'), 'small', { qos: 1 });
      await until(() => heard.length > 0, 'the small message');
      assert.deepEqual(heard, [`${topics.up('kiosk-1', 'patient.find')} small`]);
      await Promise.all([desk, kiosk, greedy].map((client) => client.endAsync(true)));
    });

    test('a terminal whose line was cut comes back by itself and hears its replies again', async () => {
      const events: string[] = [];
      let came = Promise.withResolvers<void>();
      const transport = mqttTransport({ url: `mqtt://127.0.0.1:${String(broker.port)}`, device: { deviceId: 'kiosk-1', key: keyOf('kiosk-1') }, random: () => 0.01 });
      transport.open({ connected: () => { events.push('up'); came.resolve(); }, disconnected: () => events.push('down'), message: (_topic, payload) => events.push(payload.toString()) });
      await came.promise;
      came = Promise.withResolvers();
      // The same device signs in again (a cloned disk): the broker drops the older connection.
      const clone = await device('kiosk-1');
      await until(() => events.includes('down'), 'the cut');
      clone.stream.destroy();
      await came.promise;
      const desk = await core();
      await desk.publishAsync(topics.reply('kiosk-1'), 'still there?', { qos: 1 });
      await until(() => events.includes('still there?'), 'the reply');
      await transport.close();
      await desk.endAsync();
    });

    test('no socket on the way holds small messages back', async (context) => {
      const sendsAtOnce = new Set<Socket>();
      context.mock.method(Socket.prototype, 'setNoDelay', function (this: Socket, noDelay?: boolean) {
        if (noDelay !== false) sendsAtOnce.add(this);
        return this;
      });
      const url = `mqtt://127.0.0.1:${String(broker.port)}`;
      const gateway = await startTerminalGateway({ url, ...bench.credentials.core, desk: bench.desk, presence: { saw() {}, announced() {} }, orders: bench.orders, log: SILENT_LOG });
      const came = Promise.withResolvers<void>();
      const transport = mqttTransport({ url, device: { deviceId: 'kiosk-1', key: keyOf('kiosk-1') } });
      transport.open({ connected: () => came.resolve(), disconnected() {}, message() {} });
      await came.promise;
      const [byUs, byBroker] = [[...sendsAtOnce].filter((socket) => socket.remotePort === broker.port), [...sendsAtOnce].filter((socket) => socket.localPort === broker.port)];
      await transport.close();
      await gateway.stop();
      assert.equal(byUs.length, 2, 'gateway and terminal');
      // Mosquitto is another process: there the generated file says so.
      assert.equal(byBroker.length, name === 'embedded' ? 2 : 0);
    });
  });
}
