/** A read-only SNMPv3 agent for the hospital's network management (网管): encrypted and signed requests of known users from known addresses, and nothing else (decision 0067). */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { BlockList, isIPv6 } from 'node:net';
import type { Log } from '../../domain/log.js';
import type { RandomSource } from '../../domain/time.js';
import type { BoxHealth, SnmpEngine } from '../../operations/ports.js';
import { answerRequest, PDU } from './answer.js';
import { as, firstElement, Malformed, TAG, write, writeInteger, writeOid, writeUnsigned } from './ber.js';
import { healthVariables, type SystemNames } from './health-variables.js';
import { FLAG, LARGEST_MESSAGE, readMessage, readScopedPdu, writeMessage, type IncomingMessage, type ScopedPdu } from './message.js';
import { decrypt, isAuthentic, keysOf, SALT_BYTES, type UserKeys } from './user-security.js';

export type SnmpUser = { readonly name: string; readonly authenticationPassword: string; readonly privacyPassword: string };
export type SnmpAgentOptions = {
  readonly host: string;
  readonly port: number;
  /** Addresses, or networks as `10.1.0.0/16`. Others are not answered at all. */
  readonly allowedSources: readonly string[];
  readonly users: readonly SnmpUser[];
  readonly system: SystemNames;
  /** `boots` was counted and is durable: a message of before this start is refused for ever. */
  readonly engine: SnmpEngine;
  readonly read: () => Promise<BoxHealth>;
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
  readonly random: RandomSource;
  readonly log: Log;
};
export type SnmpAgent = { readonly port: number; stop(): Promise<void> };

/** RFC 3414 3.2 7: a message is refused that is older or newer than this. */
const TIME_WINDOW_SECONDS = 150;
const MOST_BOOTS = 0x7fff_ffff;
/** A walk asks often; what it is told is no older than this. */
const FRESH_MS = 5_000;
/** Requests that wait for figures; more are let go, and asked again. */
const MOST_WAITING = 64;
/** Of a response, for all that is not names and values. */
const FRAME_BYTES = 240;
const SAY_AGAIN_MS = 60_000;
const MOST_REMEMBERED = 200;
/** RFC 3414 5, usmStats. */
const REPORT = { unsupportedLevel: 1, notInTimeWindow: 2, unknownUser: 3, unknownEngine: 4, wrongDigest: 5, cannotDecrypt: 6 } as const;
const USM_STATS = [1, 3, 6, 1, 6, 3, 15, 1, 1] as const;

/** @throws where the port cannot be opened */
export async function startSnmpAgent({ host, port, allowedSources, users, system, engine, read, elapsed, random, log }: SnmpAgentOptions): Promise<SnmpAgent> {
  const engineId = Buffer.from(engine.engineId, 'hex');
  const keys = new Map<string, UserKeys>(users.map((user) => [user.name, keysOf(user, engineId)]));
  const allowed = listOf(allowedSources);
  const startedAt = elapsed();
  const counters = new Map<number, bigint>();
  const said = new Map<string, number>();
  let salt = Buffer.from(random.bytes(SALT_BYTES)).readBigUInt64BE();
  let waiting = 0;
  let latest: { readonly at: number; readonly health: Promise<BoxHealth> } | undefined;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');

  const now = () => {
    // RFC 3826 3.1.2.1: never the same for one key.
    salt = BigInt.asUintN(64, salt + 1n);
    const bytes = Buffer.alloc(SALT_BYTES);
    bytes.writeBigUInt64BE(salt);
    return { boots: engine.boots, time: Math.floor((elapsed() - startedAt) / 1_000), salt: bytes };
  };
  const health = (): Promise<BoxHealth> => {
    if (latest === undefined || elapsed() - latest.at > FRESH_MS) latest = { at: elapsed(), health: read() };
    return latest.health;
  };
  const sayRefused = (from: string, why: string, user: string): void => {
    const last = said.get(`${from} ${why}`);
    if (last !== undefined && elapsed() - last < SAY_AGAIN_MS) return;
    if (said.size >= MOST_REMEMBERED) for (const [key, at] of said) if (elapsed() - at >= SAY_AGAIN_MS) said.delete(key);
    // Addresses are easily made up: the log is not filled by whoever does.
    if (said.size >= MOST_REMEMBERED) return;
    said.set(`${from} ${why}`, elapsed());
    log.warn('a request by SNMP was refused', { from, why, user: user.slice(0, 32) });
  };
  /** Tells a manager what keeps it out, as the protocol wants it; only the time is told under a signature, so that it can be believed. */
  const report = (incoming: IncomingMessage, what: keyof typeof REPORT, signedBy?: UserKeys): Buffer | undefined => {
    const count = (counters.get(REPORT[what]) ?? 0n) + 1n;
    counters.set(REPORT[what], count);
    if ((incoming.flags & FLAG.reportable) === 0) return undefined;
    const pdu = write(PDU.report, writeInteger(0), writeInteger(0), writeInteger(0), write(TAG.sequence, write(TAG.sequence, writeOid([...USM_STATS, REPORT[what], 0]), writeUnsigned(TAG.counter, BigInt.asUintN(32, count)))));
    return writeMessage({ messageId: incoming.messageId, engineId, at: now(), user: signedBy === undefined ? '' : incoming.user, keys: signedBy, isPrivate: false, pdu });
  };
  /** RFC 3414 3.2, in its order: nothing is decrypted, and no request read, before its sender is known. */
  const answer = async (datagram: Buffer, from: string): Promise<Buffer | undefined> => {
    const incoming = readMessage(datagram);
    if (!incoming.engineId.equals(engineId)) return report(incoming, 'unknownEngine');
    const refuse = (what: keyof typeof REPORT, signedBy?: UserKeys): Buffer | undefined => {
      sayRefused(from, what, incoming.user);
      return report(incoming, what, signedBy);
    };
    const known = keys.get(incoming.user);
    if (known === undefined) return refuse('unknownUser');
    if ((incoming.flags & (FLAG.authentic | FLAG.private)) !== (FLAG.authentic | FLAG.private)) return refuse('unsupportedLevel');
    if (!isAuthentic(known.authentication, datagram, incoming.digest)) return refuse('wrongDigest');
    const { time } = now();
    if (engine.boots >= MOST_BOOTS || incoming.boots !== engine.boots || Math.abs(incoming.time - time) > TIME_WINDOW_SECONDS) return report(incoming, 'notInTimeWindow', known);
    const opened = openPdu(incoming, known);
    if (opened === undefined) return refuse('cannotDecrypt');
    const { contextEngineId, contextName, pdu } = opened;
    if (!contextEngineId.equals(engineId) || contextName !== '') return undefined;
    const variables = healthVariables(await health(), system, elapsed() - startedAt);
    const response = answerRequest(pdu, variables, Math.min(incoming.maxSize, LARGEST_MESSAGE) - FRAME_BYTES);
    return response === undefined ? undefined : writeMessage({ messageId: incoming.messageId, engineId, at: now(), user: incoming.user, keys: known, isPrivate: true, pdu: response });
  };

  socket.on('message', (datagram, remote: RemoteInfo) => {
    const from = remote.address.replace(/^::ffff:/, '');
    if (!allowed.check(from, isIPv6(from) ? 'ipv6' : 'ipv4')) {
      sayRefused(from, 'address', '');
      return;
    }
    if (waiting >= MOST_WAITING) return;
    waiting += 1;
    void answer(datagram, from)
      .then((response) => { if (response !== undefined) socket.send(response, remote.port, remote.address, () => undefined); })
      .catch((error: unknown) => {
        if (error instanceof Malformed) sayRefused(from, 'not SNMPv3', '');
        else log.error('a request by SNMP could not be answered', { from, error });
      })
      .finally(() => { waiting -= 1; });
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('error', (error) => { log.error('the socket of the SNMP agent failed', { error }); });
  return { port: socket.address().port, stop: () => closed(socket) };
}

/** Undefined: encrypted by another key. */
function openPdu(incoming: IncomingMessage, { privacy }: UserKeys): ScopedPdu | undefined {
  try {
    return readScopedPdu(firstElement(decrypt(privacy, incoming, as(TAG.octets, incoming.data))));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function listOf(sources: readonly string[]): BlockList {
  const list = new BlockList();
  for (const source of sources) {
    const [address = '', bits] = source.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => { socket.close(() => { resolve(); }); });
}
