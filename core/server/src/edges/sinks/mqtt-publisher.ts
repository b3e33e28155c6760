import { connectAsync, type MqttClient } from 'mqtt';
import type { Publisher } from '../../event-sinks/ports.js';

export type MqttPublisherOptions = {
  readonly url: string;
  /** Every message goes to this one: a broker keeps the order of messages within a topic. */
  readonly topic: string;
  readonly clientId: string;
  /** 5 tells a message that the broker's rules refuse; 4 (MQTT 3.1.1) is acknowledged and lost there. */
  readonly protocolVersion: 4 | 5;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM of who signed the broker's certificate. */
  readonly certificateAuthority?: string | undefined;
};

const CONNECT_MS = 5_000;
const ACKNOWLEDGE_MS = 10_000;

/**
 * A broker that speaks MQTT, QoS 1. A connection that failed is thrown away with whatever was on its way in it, and the next message opens another: what is sent again is decided by the sink alone, which is what
 * keeps the order.
 */
export function mqttPublisher({ url, topic, clientId, protocolVersion, username, password, certificateAuthority }: MqttPublisherOptions): Publisher {
  let client: MqttClient | undefined;
  let isStopped = false;
  const drop = (): void => {
    client?.end(true);
    client = undefined;
  };
  const connected = async (): Promise<MqttClient> => {
    if (client?.connected === true) return client;
    drop();
    const opened = await connectAsync(url, {
      clientId, clean: true, protocolVersion, reconnectPeriod: 0, connectTimeout: CONNECT_MS, keepalive: 30, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }), ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
    }, false);
    opened.on('error', () => undefined);
    if (isStopped) opened.end(true);
    client = opened;
    return opened;
  };
  return {
    async publish(message) {
      if (isStopped) throw new Error('the sink is stopped');
      const at = await connected();
      try {
        await acknowledged(at, topic, JSON.stringify(message));
      } catch (error) {
        drop();
        throw error;
      }
    },
    isConnected: () => client?.connected === true,
    stop() {
      isStopped = true;
      drop();
      return Promise.resolve();
    },
  };
}

/** Settles with the acknowledgement, the end of the connection or the deadline, whichever is first. */
function acknowledged(client: MqttClient, topic: string, payload: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const signal = AbortSignal.timeout(ACKNOWLEDGE_MS);
    const late = (): void => { end(new Error('the broker has not acknowledged in time')); };
    const closed = (): void => { end(new Error('the connection to the broker ended')); };
    function end(error: Error | undefined): void {
      signal.removeEventListener('abort', late);
      client.off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    }
    signal.addEventListener('abort', late);
    client.once('close', closed);
    client.publish(topic, payload, { qos: 1, retain: false }, (error) => { end(error ?? undefined); });
  });
}
