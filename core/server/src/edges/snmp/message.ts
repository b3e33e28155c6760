/** Messages of SNMPv3 (RFC 3412 6, RFC 3414 2.4), read and written. */
import { as, elementsOf, firstElement, integerOf, Malformed, TAG, write, writeInteger, writeOctets, type Element } from './ber.js';
import { DIGEST_BYTES, digestOf, encrypt, type MessageTime, type UserKeys } from './user-security.js';

export const FLAG = { authentic: 1, private: 2, reportable: 4 } as const;
const VERSION_3 = 3;
const USER_BASED = 3;
/** What we take; RFC 3412: at least 484. */
export const LARGEST_MESSAGE = 1_472;
const LEAST_MESSAGE = 484;

export type IncomingMessage = {
  readonly messageId: number;
  /** What the far side takes. */
  readonly maxSize: number;
  readonly flags: number;
  readonly engineId: Buffer;
  readonly boots: number;
  readonly time: number;
  readonly user: string;
  /** A view of the datagram. */
  readonly digest: Buffer;
  readonly salt: Buffer;
  /** The scoped PDU, plain or encrypted. */
  readonly data: Element;
};
export type ScopedPdu = { readonly contextEngineId: Buffer; readonly contextName: string; readonly pdu: Element };

/** @throws Malformed for anything that is not SNMPv3 with the user-based model */
export function readMessage(datagram: Buffer): IncomingMessage {
  const [version, header, security, data] = elementsOf(as(TAG.sequence, firstElement(datagram)));
  if (integerOf(version) !== VERSION_3) throw new Malformed('another version');
  const [messageId, maxSize, flags, model] = elementsOf(as(TAG.sequence, header));
  const [flag] = as(TAG.octets, flags);
  if (integerOf(model) !== USER_BASED || flag === undefined || integerOf(maxSize) < LEAST_MESSAGE || data === undefined) throw new Malformed('another security model');
  const [engineId, boots, time, user, digest, salt] = elementsOf(as(TAG.sequence, firstElement(as(TAG.octets, security))));
  return {
    messageId: integerOf(messageId), maxSize: integerOf(maxSize), flags: flag, engineId: as(TAG.octets, engineId), boots: integerOf(boots), time: integerOf(time),
    user: as(TAG.octets, user).toString('utf8'), digest: as(TAG.octets, digest), salt: as(TAG.octets, salt), data,
  };
}

/** @throws Malformed */
export function readScopedPdu(element: Element): ScopedPdu {
  const [contextEngineId, contextName, pdu] = elementsOf(as(TAG.sequence, element));
  if (pdu === undefined) throw new Malformed('no PDU');
  return { contextEngineId: as(TAG.octets, contextEngineId), contextName: as(TAG.octets, contextName).toString('utf8'), pdu };
}

export type OutgoingMessage = { readonly messageId: number; readonly engineId: Buffer; readonly at: MessageTime; readonly user: string; readonly keys: UserKeys | undefined; readonly isPrivate: boolean; readonly pdu: Buffer };

export function writeMessage({ messageId, engineId, at, user, keys, isPrivate, pdu }: OutgoingMessage): Buffer {
  const flags = (keys === undefined ? 0 : FLAG.authentic) | (isPrivate ? FLAG.private : 0);
  const scoped = write(TAG.sequence, writeOctets(engineId), writeOctets(''), pdu);
  const data = isPrivate && keys !== undefined ? writeOctets(encrypt(keys.privacy, at, scoped)) : scoped;
  const written = (digest: Buffer): Buffer => write(
    TAG.sequence, writeInteger(VERSION_3), write(TAG.sequence, writeInteger(messageId), writeInteger(LARGEST_MESSAGE), writeOctets(Buffer.from([flags])), writeInteger(USER_BASED)),
    writeOctets(write(TAG.sequence, writeOctets(engineId), writeInteger(at.boots), writeInteger(at.time), writeOctets(user), writeOctets(digest), writeOctets(isPrivate ? at.salt : ''))), data,
  );
  return keys === undefined ? written(Buffer.alloc(0)) : written(digestOf(keys.authentication, written(Buffer.alloc(DIGEST_BYTES))));
}
