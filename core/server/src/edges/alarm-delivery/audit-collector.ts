import { createHash } from 'node:crypto';
import type { Timers } from '../../domain/time.js';
import type { AuditCollector, ForwardedRow } from '../../operations/ports.js';
import { connectionProblem } from './connection-problem.js';
import { encodeSyslog } from './syslog-message.js';
import { sendFramed } from './syslog-stream.js';

export type CollectorSettings = {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** 13 is log audit. */
  readonly facility: number;
  readonly hospital: string;
  /** This machine's name. */
  readonly hostname: string;
  /** The name its certificate must carry; absent: the host. */
  readonly serverName: string | undefined;
  readonly longestMessageBytes: number | undefined;
  /** Read for each connection: what a person renewed serves from the next one on. @throws where a file cannot be read. */
  readonly readKeys: () => { readonly authorityPem: string | undefined; readonly client: { readonly certificatePem: string; readonly keyPem: string } | undefined };
};

/** RFC 5425 4.3.1: receivers should take 8192 bytes. */
const LONGEST_MESSAGE = 8_192;
/** RFC 5424 6.2.1. */
const NOTICE = 5;
/** In structured data, where it is for searching: the whole is in the text. */
const LONGEST_PARAMETER = 256;

/**
 * Keeps a copy of the audit log elsewhere: each row one message of RFC 5424 over TLS (RFC 5425). Its text is what the row's hash is of (SHA-256, without the byte order mark), so that whoever holds the copy proves it without this machine; sequence number and both hashes stand in the structured data.
 * A row that is too long is told with the hashes of what it held before and after, and `whole="no"`.
 */
export function auditCollector(settings: CollectorSettings, { timers }: { readonly timers: Timers }): AuditCollector {
  const { id, host, port, serverName, readKeys } = settings;
  return {
    id, target: `${host}:${String(port)} tls`,
    async send(rows) {
      const keys = keysOf(readKeys);
      if (keys === undefined) return { ok: false, problem: 'KEY_FILE_UNREADABLE' };
      try {
        await sendFramed({ host, port, tls: { ...keys, serverName } }, rows.map((row) => messageOf(settings, row)), timers);
        return { ok: true };
      } catch (error) {
        return { ok: false, problem: connectionProblem(error) };
      }
    },
  };
}

function keysOf(readKeys: CollectorSettings['readKeys']): ReturnType<CollectorSettings['readKeys']> | undefined {
  try {
    return readKeys();
  } catch {
    return undefined;
  }
}

function messageOf({ facility, hostname, hospital, longestMessageBytes = LONGEST_MESSAGE }: CollectorSettings, row: ForwardedRow): Buffer {
  const { seq, hash, previousHash, at, who, what, object } = row;
  const write = (whole: 'yes' | 'no', text: string): Buffer =>
    encodeSyslog({ facility, level: NOTICE, at, hostname, kind: 'AUDIT', data: { hospital, seq: String(seq), hash, previousHash, who: short(who), what: short(what), object: short(object), whole }, text });
  const whole = write('yes', row.hashed);
  if (whole.length <= longestMessageBytes) return whole;
  const text = JSON.stringify([seq, at, short(who), short(what), short(object), hashOf(row.before), hashOf(row.after), row.reason === null ? null : short(row.reason), previousHash]);
  return write('no', text);
}

function short(text: string): string {
  return text.length > LONGEST_PARAMETER ? `${text.slice(0, LONGEST_PARAMETER)}…` : text;
}

function hashOf(text: string | null): string | null {
  return text === null ? null : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
