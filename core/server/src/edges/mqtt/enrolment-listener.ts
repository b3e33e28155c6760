/**
 * The listener for terminals without a key: a broker of its own, with nothing on it but enrolment topics, so that a newcomer can neither hear
 * a terminal nor take over its connection. One port speaks both MQTT over TCP and MQTT over WebSocket: the first byte tells them apart.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import type { Log } from '../../domain/log.js';
import { readEnrolTopic, topics, type EnrolmentDesk } from '../../terminals/ports.js';
import { mayPublish, maySubscribe } from './access-rules.js';
import { acceptWebSockets, addressOf, closeServer, listen, portOf } from './embedded-broker.js';
import { refuseOversizedPackets } from './refuse-oversized-packets.js';

const LARGEST_PACKET_BYTES = 4_096;
const CONNECT_DEADLINE_MS = 5_000;
/** Somebody stands at each terminal that is being claimed. */
const MOST_CONNECTIONS = 200;
/** The first byte of an HTTP request, `G` of GET. An MQTT connection begins with 0x10. */
const HTTP_FIRST_BYTE = 0x47;
const NEWCOMER = { kind: 'newcomer' } as const;

export type EnrolmentListener = { readonly port: number; stop(): Promise<void> };

export async function startEnrolmentListener({ host, port, desk, log }: { readonly host: string; readonly port: number; readonly desk: EnrolmentDesk; readonly log: Log }): Promise<EnrolmentListener> {
  const broker = await Aedes.createBroker({
    connectTimeout: CONNECT_DEADLINE_MS,
    maxClientsIdLength: 64,
    authorizePublish(client, packet, done) {
      done(client === null || mayPublish(NEWCOMER, packet) ? null : new Error('only enrolment requests are taken here'));
    },
    authorizeSubscribe(_client, subscription, done) {
      done(null, maySubscribe(NEWCOMER, subscription.topic) ? subscription : null);
    },
  });
  broker.on('clientError', () => undefined);
  broker.on('connectionError', () => undefined);
  const addresses = new WeakMap<object, string>();
  broker.on('publish', (packet, client: Client | null) => {
    const request = readEnrolTopic(packet.topic);
    // Only what a terminal said: the broker announces its own messages here, too.
    if (client === null || request?.kind !== 'request') return;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    void desk.answer({ claimId: request.claimId, payload, address: addresses.get(client.conn) }).then((answer) => {
      if (answer === undefined || broker.closed) return;
      broker.publish({ cmd: 'publish', topic: topics.enrolReply(request.claimId), payload: answer, qos: 1, retain: false, dup: false }, () => undefined);
    });
  });

  const accept = (connection: Duplex, address: string | undefined): void => {
    if (address !== undefined) addresses.set(connection, address);
    refuseOversizedPackets(connection, LARGEST_PACKET_BYTES, (announcedBytes) => log.warn('an oversized packet ended its connection', { announcedBytes, listener: 'enrolment' }));
    broker.handle(connection);
  };
  const http = createHttpServer((_request, response) => response.writeHead(426).end());
  acceptWebSockets(http, (connection, socket) => accept(connection, addressOf(socket)));
  const open = new Set<Socket>();
  const tcp = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.setTimeout(60_000, () => socket.destroy());
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      if (first[0] === HTTP_FIRST_BYTE) {
        http.emit('connection', socket);
        socket.resume();
      } else accept(socket, addressOf(socket));
    });
  });
  tcp.maxConnections = MOST_CONNECTIONS;
  const stop = async (): Promise<void> => {
    const closed = [closeServer(tcp), new Promise<void>((resolve) => broker.close(resolve))];
    for (const socket of open) socket.destroy();
    await Promise.all(closed);
  };
  try {
    await listen(tcp, port, host);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: portOf(tcp), stop };
}
