/**
 * The line between core and relay (隧道), as both ends know it. The core opens TLS to the relay, whose certificate it has pinned; each proves that it knows the pairing
 * secret (配对密钥); then the roles change: over the same connection the relay asks and the core answers, in HTTP/2 as Node brings it.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** Agreed upon in the TLS handshake (ALPN): another version of the line is another name. */
export const TUNNEL_PROTOCOL = 'hospay-relay/1';
/** What a public request says under these names is dropped: only the relay writes them. */
export const CLIENT_ADDRESS_HEADER = 'x-relay-client-address';
/** How long a stored notification lay in the relay, in milliseconds: an age, so that the clocks of the two need not agree. */
export const WAITED_HEADER = 'x-relay-waited-ms';
/** Channels repeat a notification for about a day; what is older is known by queries and reconciliation. */
export const LONGEST_WAIT_MS = 24 * 60 * 60_000;
/** Bytes of a secret; written in base64url it is 43 characters. */
export const SECRET_BYTES = 32;
/** Whoever connects says who it is within this. */
export const PROOF_DEADLINE_MS = 5_000;
/** Each end asks the other whether it is there this often, and takes the line for lost when no answer came by the next time. */
export const HEARTBEAT_MS = 10_000;

export type TunnelEnd = 'inside' | 'relay';
const PROOF_BYTES = 32;

/** The proof of one end on this very connection: it is of no use on another (RFC 9266: what the TLS exporter gives belongs to one connection). */
function proofOf(socket: TLSSocket, secret: string, end: TunnelEnd): Buffer {
  return createHmac('sha256', secret).update(end).update(socket.exportKeyingMaterial(PROOF_BYTES, 'EXPORTER-hospay-relay', Buffer.alloc(0))).digest();
}

/** Resolves when it is on its way: HTTP/2 takes the socket over, and may not find our write under way. */
export async function giveProof(socket: TLSSocket, secret: string, end: TunnelEnd): Promise<void> {
  const sent = Promise.withResolvers<void>();
  socket.write(proofOf(socket, secret, end), (error) => { if (error instanceof Error) sent.reject(error); else sent.resolve(); });
  await sent.promise;
}

/** Reads the other end's proof and nothing after it. @returns whether it knows the secret. @throws when the line ends before. */
export async function checkProof(socket: TLSSocket, secret: string, end: TunnelEnd): Promise<boolean> {
  const read = Promise.withResolvers<Buffer>();
  const take = (): void => {
    const chunk: unknown = socket.read(PROOF_BYTES);
    if (Buffer.isBuffer(chunk)) read.resolve(chunk);
  };
  const closed = (): void => { read.reject(new Error('the line ended before the other end had proved itself')); };
  socket.on('readable', take).once('close', closed);
  take();
  try {
    const given = await read.promise;
    return given.length === PROOF_BYTES && timingSafeEqual(given, proofOf(socket, secret, end));
  } finally {
    socket.off('readable', take).off('close', closed);
  }
}

/** 指纹: SHA-256 of the certificate, in lower-case hex. */
export function fingerprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}
