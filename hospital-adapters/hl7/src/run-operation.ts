/** One mapped operation from canonical request to what is known of it: write the message, exchange it, read what it says of the money. */
import { randomBytes } from 'node:crypto';
import type { PluginLog } from '@hospay/plugin-sdk';
import { bindMessage, messageAnswer, readVerdict, writeHisTime, type HisAnswer, type HisRequest, type MessageValue, type OperationOutcome, type ReadingContext } from '@hospay/plugin-sdk/his-mapping';
import { acknowledgementCode, isContinued, messageType, wholeAcknowledgement } from './acknowledgement.js';
import type { AwaitedAnswers } from './awaited-answers.js';
import { codePageOf, type CharacterSet } from './character-set.js';
import { exchange, type Exchanged } from './exchange.js';
import { NotConnected } from './mllp-connection.js';
import type { MllpLine } from './mllp-line.js';
import { ACKNOWLEDGEMENT, type PreparedMapping, type PreparedOperation } from './read-mapping.js';
import { groupsOf, valueAt, type ReceivedMessage } from './read-message.js';
import { writeMessage, type MessageHeader, type PlacedValue } from './write-message.js';

export type Engine = {
  readonly line: MllpLine;
  readonly mapping: Omit<PreparedMapping, 'operations' | 'dictionaries' | 'notices'>;
  readonly acknowledgement: 'original' | 'enhanced';
  readonly characterSet: CharacterSet;
  readonly declaresCharacterSet: boolean;
  readonly elsewhere: AwaitedAnswers | undefined;
  readonly offset: string;
  readonly slowCallMs: number;
  readonly log: PluginLog;
  readonly now: () => Date;
};

export async function runOperation(engine: Engine, operation: PreparedOperation, request: HisRequest, signal: AbortSignal): Promise<OperationOutcome> {
  const bound = bindMessage(operation, request, { codePage: engine.mapping.codePage ?? codePageOf(engine.characterSet), offset: engine.offset });
  if (bound.kind === 'refused') return { kind: 'rejected', code: bound.code, message: bound.message, unsent: true };
  const startedAt = performance.now();
  const outcome = await send(engine, operation, bound.values, signal);
  logSlowCall(engine, operation, bound.values, performance.now() - startedAt, outcome.kind);
  switch (outcome.kind) {
    case 'answered': return judge(engine, operation, request, outcome.message);
    case 'notSent': return { kind: 'unknown', reason: `notSent: ${outcome.reason}` };
    case 'lost': return { kind: 'unknown', reason: `${operation.name}: ${outcome.reason}`, mayStillRun: true };
  }
}

async function send(engine: Engine, operation: PreparedOperation, values: readonly MessageValue[], signal: AbortSignal): Promise<Exchanged> {
  const header = headerOf(engine, operation.call, engine.acknowledgement === 'enhanced' ? 'AL' : '');
  const message = writeMessage(header, placed(operation, values));
  let lease;
  try {
    lease = await engine.line.acquire(signal, operation.canonical.books || operation.canonical.shape === 'found' ? 'urgent' : 'ordinary');
  } catch (error) {
    if (error instanceof NotConnected) return { kind: 'notSent', reason: error.message };
    throw error;
  }
  const outcome = await exchange(lease.connection, message, {
    controlId: header.controlId, acknowledgement: engine.acknowledgement, characterSet: engine.characterSet, elsewhere: engine.elsewhere, signal,
    commit: (answered) => acknowledge(engine, 'CA', answered),
  });
  if (outcome.kind === 'answered' && outcome.isConnectionFree) lease.release();
  else lease.discard();
  return outcome;
}

/** A list that is joined by `~` fills the repetitions of its field; each value is escaped for itself. */
function placed(operation: PreparedOperation, values: readonly MessageValue[]): PlacedValue[] {
  return operation.parameters.map(({ name, source, mapping }, index): PlacedValue => {
    const position = operation.positions.get(name.toLowerCase());
    const text = values[index]?.text ?? '';
    if (position === undefined) throw new RangeError(`${operation.name}: ${name} has no position`);
    return { position, texts: source.kind === 'field' && source.fieldKind === 'list' && mapping.join === '~' ? text.split('~') : [text] };
  });
}

/** A commit acknowledgement of ours. */
export function acknowledge(engine: Omit<Engine, 'line' | 'elsewhere'>, code: 'CA' | 'CE' | 'CR', answeredControlId: string): Buffer {
  const at = (field: number) => ({ segment: 'MSA', occurrence: 1, field, repetition: { kind: 'index', index: 1 }, component: 1, subcomponent: 1 } as const);
  return writeMessage(headerOf(engine, 'ACK', ''), [{ position: at(1), texts: [code] }, { position: at(2), texts: [answeredControlId] }]);
}

/** MSH-10 is new with each message, also when a booking is sent again: what makes it one booking is our trade number. */
export function headerOf({ mapping, characterSet, declaresCharacterSet, offset, now }: Omit<Engine, 'line' | 'elsewhere'>, type: string, wantsAcknowledgements: '' | 'AL'): MessageHeader {
  const writtenAt = String(writeHisTime(now().toISOString(), 'hl7', offset));
  return { ...mapping.header, version: mapping.version, type, controlId: randomBytes(10).toString('hex').toUpperCase(), writtenAt, wantsAcknowledgements, characterSet, declaresCharacterSet };
}

function judge(engine: Engine, operation: PreparedOperation, request: HisRequest, message: ReceivedMessage): OperationOutcome {
  const type = messageType(message);
  const isPlainRefusal = acknowledgementCode(message) !== 'AA' && (type === 'ACK' || type.startsWith('ACK^'));
  if (!isPlainRefusal && !fitsType(type, operation.answer)) return { kind: 'unknown', reason: `${operation.name}: ${type.slice(0, 40)} is no answer to ${operation.call}` };
  const answer = answerOf(engine, operation, message);
  if (typeof answer === 'string') return { kind: 'unknown', reason: `${operation.name}: ${answer}` };
  const reading: ReadingContext = { request, offset: engine.offset, now: engine.now };
  const verdict = readVerdict(operation, answer);
  switch (verdict.kind) {
    case 'ok': return { kind: 'ok', answer, reading };
    case 'alreadyPaid': return { ...verdict, kind: 'alreadyPaid', answer, reading };
    case 'rejected': case 'mismatch': return { kind: verdict.kind, code: verdict.code, message: verdict.message };
    case 'empty': case 'unknown': return verdict;
  }
}

function fitsType(type: string, expected: string): boolean {
  const given = type.split('^');
  return expected.split('^').slice(0, 2).every((part, index) => part === given[index]);
}

const UNDECODABLE = '\uFFFD';

/** Or why it is no answer. */
function answerOf({ mapping }: Engine, operation: PreparedOperation, message: ReceivedMessage): HisAnswer | string {
  if (isContinued(message)) return 'the answer goes on in another message (DSC, MSH-14 or QAK-6): the HIS must send it in one';
  const rows = operation.rowSegments === undefined ? [message.segments] : groupsOf(message, operation.rowSegments);
  if (rows.length > mapping.maxRows) return `more than ${mapping.maxRows} rows`;
  const read = (names: readonly string[], segments = message.segments): Map<string, string> => new Map(names.flatMap((name) => {
    const position = operation.positions.get(name);
    const value = position === undefined ? undefined : valueAt(message, position, segments);
    return value === undefined ? [] : [[name, value] as const];
  }));
  const out = read(operation.outs).set(ACKNOWLEDGEMENT, wholeAcknowledgement(message, mapping.errorCode));
  const columns = rows.map((segments) => read(operation.columns, segments));
  const spoiled = spoiledField(operation, [out, ...columns]);
  return spoiled === undefined ? messageAnswer(operation, { rows: columns, out }) : `${spoiled} has bytes that are no character of ${message.characterSet}`;
}

/** Text that people read may have lost a character (a HIS that cut it by bytes); a number, an amount, a time, a code may not. */
function spoiledField({ canonical, fields }: PreparedOperation, values: readonly ReadonlyMap<string, string>[]): string | undefined {
  for (const [name, { column, out }] of fields) {
    const key = (column ?? out ?? '').toLowerCase();
    if (canonical.result[name]?.kind !== 'text' && values.some((each) => each.get(key)?.includes(UNDECODABLE) === true)) return name;
  }
  return undefined;
}

/** Our own numbers are shown, so that a call can be found; everything else is only its size. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set(['tradeNo', 'refundNo', 'quoteNo', 'day', 'page', 'pageSize', 'terminalId']);

function logSlowCall(engine: Engine, operation: PreparedOperation, values: readonly MessageValue[], durationMs: number, outcome: string): void {
  if (durationMs < engine.slowCallMs) return;
  const parameters = values.map(({ name, text, field }) => `${name}=${field !== undefined && SHOWN_FIELDS.has(field) ? text : `***(${text.length})`}`).join(' ');
  engine.log.warn('HIS call was slow', { operation: operation.name, call: operation.call, durationMs: Math.round(durationMs), outcome, parameters });
}
