/**
 * Where a terminal's message is judged and answered. Whatever comes in, something signed goes out and nothing is thrown: malformed, oversized,
 * expired, replayed, forged, from an unknown device, for another operation. Money is safe against repeats twice over: a message id is accepted
 * once, and the idempotency key of a payment is bound to its order in the money store.
 */
import { LRUCache } from 'lru-cache';
import { Compile } from 'typebox/compile';
import { refused, type Outcome, type Refused } from '../domain/errors.js';
import { StoreUnavailable } from '../domain/money-store.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { Operator } from '../users/ports.js';
import { keyIdOf, signMessage } from './device-key.js';
import { ENVELOPE_VERSION, errorBody, LARGEST_CLOCK_SKEW_MS, LONGEST_LIFE_MS, readRequestEnvelope, UNSIGNED, type Addressing, type DownEnvelope, type RequestEnvelope } from './envelope.js';
import { needsOperator, type Operation } from './operation.js';
import { findOperation, OPERATIONS, PAYMENT_CHANGED } from './operations.js';
import { createPatientLabels } from './patient-labels.js';
import type { Terminal, TerminalDesk, TerminalPorts } from './ports.js';
import { readReportedConfiguration } from './reported-configuration.js';
import { whyUnsigned } from './signed-by-terminal.js';
import { topics } from './topics.js';
import { findKey, type UsedKey } from './used-key.js';

/** An answer is of use only while somebody waits for it. */
const ANSWER_LIFE_MS = 60_000;
/** A message can be accepted for at most skew after its time; twice that is remembered. Bounded: what falls out meets the idempotency key. */
const REMEMBERED_MESSAGES = 100_000;

export function createTerminalDesk(ports: TerminalPorts): TerminalDesk {
  const labels = createPatientLabels(ports.clock);
  const accepted = new LRUCache<string, true>({ max: REMEMBERED_MESSAGES, ttl: 2 * LARGEST_CLOCK_SKEW_MS + LONGEST_LIFE_MS, ttlResolution: 0, perf: { now: () => ports.clock.now().getTime() } });
  const replyChecks = new Map(Object.entries(OPERATIONS).map(([name, { reply }]) => [name, Compile(reply)]));
  let sequence = 0;

  /** Answers are signed with the key of the question, everything else with the terminal's present one. */
  const seal = (terminal: Pick<Terminal, 'deviceId' | 'key'> | undefined, message: { readonly op: string; readonly cid: string; readonly idem?: string | undefined; readonly body: object; readonly lifeMs?: number }, key = terminal?.key): string => {
    const now = ports.clock.now().getTime();
    const unsigned: DownEnvelope = {
      v: ENVELOPE_VERSION, id: makeOpaqueId(ports.random), op: message.op, ts: now, exp: now + (message.lifeMs ?? ANSWER_LIFE_MS), cid: message.cid, ...(message.idem === undefined ? {} : { idem: message.idem }),
      seq: (sequence += 1), body: message.body, kid: key === undefined ? UNSIGNED : keyIdOf(key),
    };
    return JSON.stringify({ ...unsigned, sig: key === undefined || terminal === undefined ? UNSIGNED : signMessage(key, { direction: 'dn', device: terminal.deviceId, unsigned }) });
  };
  const sealRefusal = (terminal: Terminal | undefined, { cid, op }: Addressing, refusal: Refused, key = terminal?.key): string =>
    seal(terminal, { op, cid, body: { kind: 'refused', error: errorBody(refusal) } }, key);

  /** Everything that must hold before a word of the message is acted on. */
  const whyNot = (used: UsedKey | undefined, terminal: Terminal, message: { readonly device: string; readonly operation: string }, request: RequestEnvelope, operation: Operation | undefined): Refused | undefined => {
    if (used === undefined) return refused('SIGNATURE_INVALID', 'signed with a key that is no longer valid');
    const badSignature = whyUnsigned(used.key, terminal.deviceId, request);
    if (badSignature !== undefined) return badSignature;
    const { boot, seq, ts } = request;
    const now = ports.clock.now();
    const skewMs = ts - now.getTime();
    if (Math.abs(skewMs) > LARGEST_CLOCK_SKEW_MS || request.exp <= now.getTime()) {
      if (Math.abs(skewMs) > LARGEST_CLOCK_SKEW_MS) ports.fleet.clockOff({ deviceId: terminal.deviceId, seq, skewMs });
      return refused('REQUEST_EXPIRED', `server time ${now.toISOString()}`);
    }
    if (used.which === 'retired') {
      // Signed and fresh, by a key this terminal has not had for an hour: somebody else has a copy.
      ports.fleet.heard({ deviceId: terminal.deviceId, boot, seq, ts, key: 'retired' });
      return refused('SIGNATURE_INVALID', 'signed with a key that is no longer valid');
    }
    if (request.exp - request.ts > LONGEST_LIFE_MS) return refused('MALFORMED_REQUEST', `exp: at most ${String(LONGEST_LIFE_MS)} ms after ts`);
    if (request.op !== message.operation) return refused('MALFORMED_REQUEST', 'op: is not the operation of the topic');
    if (request.replyTo !== topics.reply(message.device)) return refused('NOT_PERMITTED', 'replyTo: must be the reply topic of the device');
    if (operation === undefined) return refused('UNSUPPORTED_OPERATION', `known: ${Object.keys(OPERATIONS).join(', ')}`);
    if (operation.idem === 'required' && !isOwnKey(request.idem, message.device)) return refused('MALFORMED_REQUEST', `idem: must be ${message.device}:<local sequence>`);
    return undefined;
  };

  const work = async (terminal: Terminal, request: RequestEnvelope, operation: Operation): Promise<Outcome<object>> => {
    try {
      const operator = operation.operator === 'required' ? await operatorAt(ports, terminal) : undefined;
      if (operation.operator === 'required' && operator === undefined && needsOperator(terminal)) return refused('OPERATOR_NOT_SIGNED_IN');
      const outcome = await operation.run({ ports, terminal, labels, idem: request.idem, operator }, request.body);
      if (outcome.kind === 'ok' && replyChecks.get(request.op)?.Check(outcome.value) !== true) {
        ports.log.error('an answer to a terminal does not have its shape', { device: terminal.deviceId, op: request.op, messageId: request.id });
        return refused('INTERNAL', `message ${request.id}`);
      }
      return outcome;
    } catch (error) {
      ports.log.error('an operation of a terminal failed', { device: terminal.deviceId, op: request.op, messageId: request.id, error });
      return error instanceof StoreUnavailable ? refused('STORE_UNAVAILABLE') : refused('INTERNAL', `message ${request.id}`);
    }
  };

  /** The terminal has used its next key, so it has it: the old one goes. What cannot be written now is written at the next message; both are accepted meanwhile. */
  const promote = async (device: string): Promise<void> => {
    try {
      await ports.registry.promoteNextKey(device);
    } catch (error) {
      ports.log.error('a rotated key could not be put in its place; both go on being accepted', { device, error });
    }
  };

  const answer: TerminalDesk['answer'] = async (message) => {
    const { outcome, addressing } = readRequestEnvelope(message.payload);
    let terminal: Terminal | undefined;
    try {
      terminal = activeOnly(await ports.registry.find(message.device));
      if (terminal === undefined) return sealRefusal(undefined, addressing, refused('UNKNOWN_CALLER'));
      if (outcome.kind !== 'ok') return sealRefusal(terminal, addressing, outcome);
      const request = outcome.value;
      const operation = findOperation(request.op);
      const used = findKey(terminal, request.kid, ports.clock.now());
      const refusal = whyNot(used, terminal, message, request, operation);
      const answerKey = used === undefined || used.which === 'retired' ? terminal.key : used.key;
      if (refusal !== undefined || operation === undefined) return sealRefusal(terminal, addressing, refusal ?? refused('UNSUPPORTED_OPERATION'), answerKey);
      const messageKey = `${message.device}/${request.id}`;
      if (accepted.has(messageKey)) return sealRefusal(terminal, addressing, refused('REPLAYED'), answerKey);
      accepted.set(messageKey, true);
      // Only what is fresh and not a repeat: a recording played back must not look like a second machine.
      if (used !== undefined) ports.fleet.heard({ deviceId: message.device, boot: request.boot, seq: request.seq, ts: request.ts, key: used.which });
      if (used?.which === 'next') await promote(message.device);
      const result = await work(terminal, request, operation);
      const body = result.kind === 'ok' ? { kind: 'ok', value: result.value } : { kind: 'refused', error: errorBody(result) };
      return seal(terminal, { op: request.op, cid: request.cid, idem: request.idem, body }, answerKey);
    } catch (error) {
      ports.log.error('a message of a terminal could not be answered properly', { device: message.device, op: message.operation, error });
      return sealRefusal(terminal, addressing, refused('INTERNAL'));
    }
  };

  const say: TerminalDesk['say'] = async (device, { op, body, lifeMs }) => {
    try {
      const terminal = activeOnly(await ports.registry.find(device));
      return terminal === undefined ? undefined : seal(terminal, { op, cid: UNSIGNED, body, ...(lifeMs === undefined ? {} : { lifeMs }) });
    } catch (error) {
      ports.log.error('a terminal could not be told something', { device, op, error });
      return undefined;
    }
  };

  return {
    answer,
    async refuse({ device, payload }, code) {
      const { addressing } = readRequestEnvelope(payload);
      const terminal = await ports.registry.find(device).catch(() => undefined);
      return sealRefusal(activeOnly(terminal), addressing, refused(code));
    },
    announce: (device, order) => say(device, { op: PAYMENT_CHANGED, body: order }),
    say,
    async hearRetained({ device, payload }) {
      try {
        const terminal = activeOnly(await ports.registry.find(device));
        const reported = terminal === undefined ? undefined : readReportedConfiguration(terminal, payload, ports.clock.now());
        if (reported !== undefined) await ports.fleet.configurationReported(device, reported);
      } catch (error) {
        ports.log.error('a reported configuration could not be kept', { device, error });
      }
    },
  };
}

/** Whoever asks for business has acted: the idle time begins anew. */
async function operatorAt({ operators }: Pick<TerminalPorts, 'operators'>, { deviceId, kind, key }: Terminal): Promise<Operator | undefined> {
  return needsOperator({ kind }) && key !== undefined ? operators.current({ deviceId, kind, key }, 'person') : undefined;
}

function activeOnly(terminal: Terminal | undefined): Terminal | undefined {
  return terminal?.status === 'active' && terminal.key !== undefined ? terminal : undefined;
}

/** `device:localSequence`: the prefix keeps a key from meaning anything for another device; the rest is the terminal's own. */
function isOwnKey(idem: string | undefined, device: string): boolean {
  return idem !== undefined && idem.startsWith(`${device}:`) && /^[0-9A-Za-z-]{1,60}$/.test(idem.slice(device.length + 1));
}
