import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { AlarmChannel, AlarmLine, AlarmMessage, Sent } from '../../alarms/ports.js';
import type { Severity } from '../../domain/alarm-rules.js';
import type { Timers } from '../../domain/time.js';
import { connectionProblem } from './connection-problem.js';
import { encodeSyslog } from './syslog-message.js';
import { sendFramed } from './syslog-stream.js';

export type SyslogSettings = {
  readonly id: string;
  readonly leastSeverity: Severity;
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** 16 to 23 are local0 to local7. */
  readonly facility: number;
  /** PEM of the authority that signed the collector's certificate; absent: those the system trusts. */
  readonly authorityPem: string | undefined;
  /** This machine's name. */
  readonly hostname: string;
};

/** RFC 5426 3.2: receivers should take 2048 bytes. */
const LONGEST_DATAGRAM = 2_048;
/** RFC 5424 6.2.1: 2 critical, 3 error, 4 warning; 5 notice for an end, 6 informational for a test. */
const LEVEL: Readonly<Record<Severity, number>> = { 1: 2, 2: 3, 3: 4 };
const CLEARED = 5;
const TEST = 6;

/** Alarms as syslog (RFC 5424): datagrams over UDP (RFC 5426), octet counting over TCP (RFC 6587 3.4.1) and TLS (RFC 5425). */
export function syslogChannel(settings: SyslogSettings, { timers }: { readonly timers: Timers }): AlarmChannel {
  const { id, leastSeverity, host, port, transport, authorityPem } = settings;
  return {
    id, leastSeverity, kind: 'syslog', target: `${host}:${String(port)} ${transport}`,
    async send(message) {
      const messages = messagesOf(settings, message);
      try {
        await (transport === 'udp' ? overUdp(settings, messages) : sendFramed({ host, port, ...(transport === 'tls' ? { tls: { authorityPem } } : {}) }, messages, timers));
        return { ok: true } satisfies Sent;
      } catch (error) {
        return { ok: false, problem: connectionProblem(error) };
      }
    },
  };
}

function messagesOf({ facility, hostname }: SyslogSettings, { id, at, isTest, lines, more }: AlarmMessage): readonly Buffer[] {
  const write = (level: number, time: string, kind: string, data: Readonly<Record<string, string>>, text: string): Buffer => encodeSyslog({ facility, level, at: time, hostname, kind, data, text });
  const ofLine = (line: AlarmLine): Buffer =>
    write(line.what === 'cleared' ? CLEARED : LEVEL[line.severity], line.at, line.what === 'cleared' ? 'ALARM_CLEARED' : 'ALARM_RAISED', { alarm: String(line.alarm), rule: line.rule, subject: line.subject, severity: String(line.severity), value: line.value }, `${line.zh}${line.subject === '' ? '' : ` ${line.subject}`} / ${line.en}`);
  if (isTest) return [write(TEST, at, 'ALARM_TEST', { event: id }, '测试告警 / test alarm')];
  return [...lines.map(ofLine), ...(more === 0 ? [] : [write(LEVEL[2], at, 'ALARM_MORE', { event: id, more: String(more) }, `另有 ${String(more)} 条告警 / ${String(more)} more alarms`)])];
}

async function overUdp({ host, port }: SyslogSettings, messages: readonly Buffer[]): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    for (const message of messages) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      socket.send(message.subarray(0, LONGEST_DATAGRAM), port, host, (error) => { if (error === null) resolve(); else reject(error); });
      await promise;
    }
  } finally {
    socket.close();
  }
}
