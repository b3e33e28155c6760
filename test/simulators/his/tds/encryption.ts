/**
 * TLS as SQL Server speaks it (MS-TDS 2.2.6.5): the handshake travels inside PRELOGIN packets, one answer for each message; from the first record
 * after it on, TLS lies under the packets. TLS 1.2 at most, like the servers.
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { packetType, PacketReader, toPackets } from './packets.js';

export type ServerIdentity = { readonly certificatePem: string; readonly privateKeyPem: string };

/** What is to be read and written in clear. */
export type Encrypted = { write(bytes: Buffer): void };

/** Takes over everything the socket still brings. `onClear` hears what was encrypted. */
export function encrypt(socket: Socket, identity: ServerIdentity, onClear: (bytes: Buffer) => void): Encrypted {
  const packets = new PacketReader();
  let isWrapped = true;
  let flight: Buffer[] = [];
  const answer = (): void => {
    if (flight.length === 0 || socket.destroyed) return;
    const payload = Buffer.concat(flight);
    flight = [];
    socket.write(toPackets(payload, { packetSize: 32_000, spid: 0, type: packetType.prelogin }));
  };
  const line = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      if (!isWrapped) socket.write(bytes);
      else {
        // Everything TLS says to one message is one answer.
        if (flight.length === 0) setImmediate(answer);
        flight.push(bytes);
      }
      done();
    },
  });
  const clear = new TLSSocket(line, { isServer: true, secureContext: createSecureContext({ cert: identity.certificatePem, key: identity.privateKeyPem, maxVersion: 'TLSv1.2' }) });
  clear.on('data', onClear);
  clear.on('error', () => socket.destroy());
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    if (isWrapped && chunk[0] !== packetType.prelogin) isWrapped = false;
    if (isWrapped) for (const { payload } of packets.push(chunk)) line.push(payload);
    else line.push(chunk);
  });
  socket.on('close', () => clear.destroy());
  return { write: (bytes) => { clear.write(bytes); } };
}
