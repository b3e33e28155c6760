/** MQTT 3.1.1 over TCP (`mqtt://`, `mqtts://`) or WebSocket (`ws://`, `wss://`). */
import mqtt, { type MqttClient } from 'mqtt';
import { brokerPasswordOf } from './device-key.js';
import type { Device } from './envelope.js';
import { topics } from './protocol.js';
import type { Transport } from './transport.js';

/** Full jitter: after a power cut every terminal of a hospital starts in the same second, and must not come back in the same second. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const CONNECT_DEADLINE_MS = 10_000;
const FAREWELL_DEADLINE_MS = 1_000;
/** Return codes of CONNACK, MQTT 3.1.1 table 3.1. */
const BAD_USER_NAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

export type MqttTransportOptions = {
  readonly url: string;
  readonly device: Device;
  /** For `mqtts:` from Node: whom to trust (PEM), and this terminal's own certificate where the broker wants one. A browser has its own store. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** 0 ≤ n < 1; Math.random unless a test decides. */
  readonly random?: () => number;
};

export function mqttTransport({ url, device, tls, random = Math.random }: MqttTransportOptions): Transport {
  const { deviceId } = device;
  let keys = device;
  /** Refused with one of two keys: the other one is tried next. */
  let usesPrevious = false;
  let client: MqttClient | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isClosed = false;

  const stateMessage = (online: boolean) => JSON.stringify({ v: 1, online });
  const password = () => brokerPasswordOf(usesPrevious && keys.previousKey !== undefined ? keys.previousKey : keys.key);
  const reconnectLater = (): void => {
    if (isClosed || retry !== undefined) return;
    const waitMs = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    failures += 1;
    retry = setTimeout(() => {
      retry = undefined;
      if (client !== undefined) client.options.password = password();
      client?.reconnect();
    }, waitMs);
  };

  return {
    open(events) {
      let isUp = false;
      const down = () => {
        if (isUp) events.disconnected();
        isUp = false;
      };
      client = mqtt.connect(url, {
        clientId: deviceId, username: deviceId, password: password(), protocolVersion: 4, ...tls, clean: true, resubscribe: false, reconnectPeriod: 0,
        connectTimeout: CONNECT_DEADLINE_MS, keepalive: 30, queueQoSZero: false,
        will: { topic: topics.state(deviceId), payload: stateMessage(false), qos: 1, retain: true },
      });
      const opened = client;
      opened.on('connect', () => {
        setNoDelay(opened);
        opened.subscribe([topics.reply(deviceId), topics.command(deviceId, '+'), topics.configDesired(deviceId)], { qos: 1 }, (error) => {
          if (error) return void opened.stream.destroy();
          failures = 0;
          usesPrevious = false;
          isUp = true;
          opened.publish(topics.state(deviceId), stateMessage(true), { qos: 1, retain: true });
          events.connected();
        });
      });
      opened.on('message', (topic, payload) => events.message(topic, payload));
      opened.on('close', () => {
        down();
        reconnectLater();
      });
      // Every error is followed by `close`, which reconnects.
      opened.on('error', (error) => {
        if ('code' in error && (error.code === BAD_USER_NAME_OR_PASSWORD || error.code === NOT_AUTHORIZED)) {
          usesPrevious = !usesPrevious && keys.previousKey !== undefined;
          events.refused?.();
        }
      });
    },
    subscribe(filters) {
      if (client?.connected === true) client.subscribe([...filters], { qos: 1 });
    },
    useKeys(rotated) {
      keys = rotated;
    },
    publish(topic, payload, { retain } = { retain: false }) {
      const open = client;
      if (open === undefined || !open.connected) return Promise.reject(new Error('not connected'));
      return new Promise((resolve, reject) => {
        open.publish(topic, payload, { qos: 1, retain }, (error) => (error ? reject(error) : resolve()));
      });
    },
    async close() {
      isClosed = true;
      clearTimeout(retry);
      if (client === undefined) return;
      // The last will tells the same when this farewell does not get through.
      if (client.connected) await soon(client.publishAsync(topics.state(deviceId), stateMessage(false), { qos: 1, retain: true }));
      await client.endAsync(true);
    },
  };
}

async function soon(farewell: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL_DEADLINE_MS);
  });
  await Promise.race([farewell.catch(() => undefined), deadline]);
  clearTimeout(timer);
}

/** Node's sockets collect small writes unless told otherwise: 44 ms per round trip instead of 0.2. Browsers have no such switch. */
function setNoDelay(client: MqttClient): void {
  const stream: object = client.stream;
  if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
  else if ('socket' in stream) setNoDelayOf(stream.socket);
}

/** A WebSocket of Node keeps its TCP socket one level down. */
function setNoDelayOf(websocket: unknown): void {
  if (typeof websocket !== 'object' || websocket === null) return;
  const socket: unknown = Reflect.get(websocket, '_socket');
  if (typeof socket === 'object' && socket !== null && 'setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
}
