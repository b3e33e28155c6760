/** The hospital adapter over an agent or front machine that takes separated text. */
import { randomInt } from 'node:crypto';
import type { PluginLog } from '@hospay/plugin-sdk';
import { codePageOf, createMappedAdapter, decodeText, encodeText, MappingError, runMessage, type Exchange, type MappedAdapter, type MessageLine, type MessageValue } from '@hospay/plugin-sdk/his-mapping';
import { AgentConnections } from './agent-connections.js';
import { frameRequest } from './framing.js';
import { listenForNotices } from './notice-line.js';
import type { PreparedMapping, TcpOperation } from './read-mapping.js';
import { readReply } from './read-reply.js';
import type { Settings } from './settings.js';
import { forbiddenIn, writeRequest } from './write-request.js';

export type TcpAdapter = MappedAdapter;

export type AdapterContext = { readonly settings: Settings; readonly mapping: PreparedMapping; readonly now: () => Date; readonly log: PluginLog };

/**
 * Connects on the first call, so that an agent that is down does not keep the platform from starting.
 * @throws MappingError when the settings lack what the mapping sends
 */
export function createTcpAdapter({ settings, mapping, now, log }: AdapterContext): TcpAdapter {
  checkSettings(settings, mapping);
  const { server, port } = settings;
  const connections = new AgentConnections({
    server, port, wire: mapping.wire, charset: mapping.charset, connections: settings.connections ?? 2,
    connectTimeoutMs: settings.connectTimeoutMs ?? 5_000, keptIdleMs: settings.keptIdleMs ?? 30_000, maxAnswerBytes: settings.maxAnswerBytes ?? 1_048_576,
  });
  const line: MessageLine<TcpOperation> = {
    exchange: (operation, values, signal) => exchange({ connections, settings, mapping }, operation, values, signal),
    codePage: mapping.codePage ?? codePageOf(mapping.charset),
    offset: settings.timeZone ?? '+08:00', slowCallMs: settings.slowCallMs ?? 2_000, log, now,
  };
  const adapter = createMappedAdapter({
    line: {
      run: (operation, request, signal) => runMessage(line, operation, request, signal),
      close: () => { connections.close(); return Promise.resolve(); },
    },
    operations: mapping.operations, dictionaries: mapping.dictionaries, settings, now,
    doubtAfterLossMs: settings.agentTimeoutMs ?? 180_000,
  });
  const { noticeListener: listener, noticeKey } = settings;
  if (listener === undefined) return adapter;
  const { notices, charset } = mapping;
  if (notices === undefined || noticeKey === undefined) throw new MappingError([notices === undefined ? 'settings.noticeListener: the mapping has no notices' : 'settings.noticeKey: missing; the HIS proves itself by it']);
  return { ...adapter, receiveNotices: (deliver) => listenForNotices({ notices, charset, codePage: line.codePage, offset: line.offset, listener, noticeKey, deliver, log, now }) };
}

type Agent = { readonly connections: AgentConnections; readonly settings: Settings; readonly mapping: PreparedMapping };

async function exchange({ connections, settings, mapping }: Agent, operation: TcpOperation, values: readonly MessageValue[], signal: AbortSignal): Promise<Exchange> {
  const { charset, wire, request, answer } = mapping;
  const number = randomInt(10 ** 14).toString().padStart(14, '0');
  const written = writeRequest(request, { call: operation.call, key: settings.key ?? '', client: settings.client ?? '', number }, values);
  if (written.kind === 'refused') return { kind: 'unwritable', message: written.message };
  const conversed = await connections.call(frameRequest(encodeText(written.text, charset), wire.framing, charset), signal);
  if (conversed.kind !== 'answered') return conversed;
  const decoded = decodeText(conversed.bytes, charset);
  if (decoded.kind === 'garbled') return { kind: 'lost', reason: decoded.reason };
  const reply = readReply(decoded.text, operation, { ...answer, separator: answer.separator ?? request.separator }, { number });
  return reply.kind === 'answer' ? { kind: 'answered', answer: reply.answer } : { kind: 'lost', reason: reply.reason };
}

function checkSettings({ key, client }: Settings, { request, charset }: PreparedMapping): void {
  const complaints = (['key', 'client'] as const).flatMap((name) => {
    const value = { key, client }[name];
    if (!request.head.includes(name)) return [];
    if (value === undefined) return [`settings.${name}: missing; the mapping sends it`];
    return forbiddenIn(value, request) === undefined ? [] : [`settings.${name}: holds a character that values may not`];
  });
  if (complaints.length > 0) throw new MappingError(complaints);
  encodeText(`${client ?? ''}${request.separator}${request.end ?? ''}`, charset);
}
