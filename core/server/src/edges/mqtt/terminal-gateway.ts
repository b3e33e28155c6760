/**
 * Carries messages between terminals and the desk, over any broker: the core is an ordinary client with its own credential. It decides
 * nothing and keeps nothing: what is lost here is asked for again by the terminal.
 */
import { connect, type MqttClient } from 'mqtt';
import type { Log } from '../../domain/log.js';
import { CORE_FILTERS, readDeviceTopic, topics, type FleetAnnouncer, type OrderAnnouncements, type TerminalDesk } from '../../terminals/ports.js';

/** Each message at work holds at most one HIS or channel call behind it. */
const MOST_AT_WORK = 64;
/** Two seconds of a full hospital's kiosks; more waiting is answered "too many". */
const MOST_WAITING = 1_000;
/** A terminal serves one person: one call at work and a little impatience. */
const MOST_PER_DEVICE = 6;
const CONNECT_DEADLINE_MS = 5_000;
const RECONNECT_AFTER_MS = 1_000;

/** What the gateway notes about who is there. */
export type PresenceNotes = { saw(deviceId: string): void; announced(deviceId: string, state: 'online' | 'offline'): void };

export type TerminalGatewayOptions = {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly desk: TerminalDesk;
  readonly presence: PresenceNotes;
  readonly orders: OrderAnnouncements;
  readonly announcer?: FleetAnnouncer;
  readonly log: Log;
};

export type TerminalGateway = {
  isConnected(): boolean;
  /** How many messages are at work or waiting now. */
  load(): { readonly atWork: number; readonly waiting: number };
  /** Stops taking messages, lets those at work finish (bounded by the lifecycle's deadline), then disconnects. */
  stop(): Promise<void>;
};

type Message = { readonly device: string; readonly operation: string; readonly payload: Uint8Array };

/** Connects and listens. Resolves once connected, or after five seconds without a broker: it goes on trying by itself. */
export async function startTerminalGateway({ url, username, password, desk, presence, orders, announcer, log }: TerminalGatewayOptions): Promise<TerminalGateway> {
  const waiting: Message[] = [];
  const perDevice = new Map<string, number>();
  const idle = new Set<() => void>();
  let atWork = 0;
  let isStopping = false;

  const client = connect(url, {
    clientId: username, username, password, clean: true, resubscribe: false, reconnectPeriod: RECONNECT_AFTER_MS, connectTimeout: CONNECT_DEADLINE_MS, keepalive: 30, manualConnect: true,
  });
  const send = (topic: string, payload: string): void => {
    // Not queued while the broker is away: the terminal has given up waiting by then and asks anew.
    if (!client.connected) return log.warn('an answer found no broker; the terminal will ask', { topic });
    client.publish(topic, payload, { qos: 1, retain: false }, (error) => {
      if (error) log.warn('an answer was not delivered to the broker; the terminal will ask', { topic, reason: error.message });
    });
  };

  const finish = (device: string): void => {
    atWork -= 1;
    const left = (perDevice.get(device) ?? 1) - 1;
    if (left <= 0) perDevice.delete(device);
    else perDevice.set(device, left);
    const next = waiting.shift();
    if (next !== undefined) start(next);
    else if (atWork === 0) for (const resolve of idle) resolve();
  };
  const start = (message: Message): void => {
    atWork += 1;
    desk
      .answer(message)
      .then((answer) => send(topics.reply(message.device), answer))
      .catch((error: unknown) => log.error('a terminal was not answered', { device: message.device, error }))
      .finally(() => finish(message.device));
  };
  const take = (message: Message): void => {
    const ofDevice = perDevice.get(message.device) ?? 0;
    if (ofDevice >= MOST_PER_DEVICE || waiting.length >= MOST_WAITING) {
      void desk.refuse(message, 'TOO_MANY_REQUESTS').then((answer) => send(topics.reply(message.device), answer), () => undefined);
      return;
    }
    perDevice.set(message.device, ofDevice + 1);
    if (atWork < MOST_AT_WORK) start(message);
    else waiting.push(message);
  };

  client.on('message', (topic, payload, packet) => {
    const from = readDeviceTopic(topic);
    if (from === undefined || isStopping) return;
    if (from.kind === 'state') return presence.announced(from.device, isBirth(payload) ? 'online' : 'offline');
    if (from.kind === 'configReported') return void desk.hearRetained({ device: from.device, payload });
    // A retained request is not a request: somebody left it at the broker.
    if (from.kind !== 'up' || packet.retain) return;
    presence.saw(from.device);
    take({ device: from.device, operation: from.operation, payload });
  });
  client.on('connect', () => {
    setNoDelay(client);
    client.subscribe(Object.values(CORE_FILTERS), { qos: 1 }, (error) => {
      if (error) log.error('the broker refused the core its subscriptions', { reason: error.message });
    });
    log.info('connected to the broker', { url });
    announcer?.connected((topic, payload, { retain }) => {
      // What is lost with the connection is published again at the next one.
      if (client.connected) client.publish(topic, payload, { qos: 1, retain }, () => undefined);
    });
  });
  client.on('close', () => {
    announcer?.disconnected();
    if (!isStopping) log.warn('the broker connection is down; trying again', { url });
  });
  client.on('error', (error) => log.warn('broker connection error', { url, reason: error.message }));

  const stopAnnouncing = orders.onChanged((tradeNo) => {
    if (!client.connected) return;
    void announce(tradeNo).catch((error: unknown) => log.error('a changed order was not announced; its terminal will ask', { tradeNo, error }));
  });
  const announce = async (tradeNo: string): Promise<void> => {
    const found = await orders.find(tradeNo);
    if (found === undefined || found.owner.kind !== 'terminal') return;
    const message = await desk.announce(found.owner.id, found.view);
    if (message !== undefined) send(topics.command(found.owner.id, 'payment.changed'), message);
  };

  const listening = new Promise<void>((resolve) => {
    client.once('packetreceive', function waitForSuback(packet) {
      if (packet.cmd === 'suback') resolve();
      else client.once('packetreceive', waitForSuback);
    });
  });
  client.connect();
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    log.warn('no broker yet; terminals are served once it answers', { url });
    deadline.resolve();
  }, CONNECT_DEADLINE_MS);
  await Promise.race([listening, deadline.promise]);
  clearTimeout(timer);

  return {
    isConnected: () => client.connected,
    load: () => ({ atWork, waiting: waiting.length }),
    async stop() {
      isStopping = true;
      stopAnnouncing();
      if (atWork > 0) await new Promise<void>((resolve) => idle.add(resolve));
      await client.endAsync(!client.connected);
    },
  };
}

/** Without this a round trip takes 44 ms instead of 0.2: small writes wait for the other side's delayed acknowledgement. */
function setNoDelay(client: MqttClient): void {
  const stream: object = client.stream;
  if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
}

function isBirth(payload: Uint8Array): boolean {
  if (payload.byteLength > 1_024) return false;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof value === 'object' && value !== null && 'online' in value && value.online === true;
  } catch {
    return false;
  }
}
