/**
 * Gives a terminal its key. The person at the terminal types the claim code the console showed once; terminal and core each add a random
 * number, and both compute the key from the three. No secret travels; a claim works once; a repeat of the very request gets the very answer.
 */
import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { refused, type Outcome } from '../domain/errors.js';
import { deriveDeviceKey, isSameSecret, KEY_BYTES, signEnrolment } from './device-key.js';
import { ENVELOPE_VERSION, errorBody, UNSIGNED } from './envelope.js';
import type { EnrolmentDesk, TerminalPorts } from './ports.js';

export const LARGEST_ENROLMENT_BYTES = 2_048;
/** All terminals together. A hospital claims a handful a day; more is a mistake or an attack. */
const ATTEMPTS_PER_MINUTE = 120;

const Base64Url32Bytes = Type.String({ minLength: 43, maxLength: 43, pattern: '^[0-9A-Za-z_-]+$' });
export const EnrolmentRequestSchema = Type.Object(
  {
    v: Type.Literal(ENVELOPE_VERSION),
    id: Type.String({ minLength: 16, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' }),
    ts: Type.Integer({ minimum: 0 }),
    claimId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    deviceNonce: Base64Url32Bytes,
    software: Type.String({ maxLength: 100 }),
    mac: Base64Url32Bytes,
  },
  { additionalProperties: false },
);
const enrolmentRequest = Compile(EnrolmentRequestSchema);

type Welcome = { readonly deviceId: string; readonly hospitalId: string; readonly serverNonce: string };

export function createEnrolmentDesk(ports: Pick<TerminalPorts, 'registry' | 'clock' | 'random' | 'log'>): EnrolmentDesk {
  const perf = { now: () => ports.clock.now().getTime() };
  /** The answer was lost: the same terminal (same nonce, same code) asks again and gets the same answer. */
  const answered = new LRUCache<string, { readonly mac: string; readonly code: string; readonly welcome: Welcome }>({ max: 1_000, ttl: 10 * 60_000, ttlResolution: 0, perf });
  let window = { startedAt: 0, attempts: 0 };

  const isTooMany = (): boolean => {
    const now = ports.clock.now().getTime();
    if (now - window.startedAt >= 60_000) window = { startedAt: now, attempts: 0 };
    window.attempts += 1;
    return window.attempts > ATTEMPTS_PER_MINUTE;
  };
  const seal = (requestId: string, code: string | undefined, body: object): string => {
    const unsigned = { v: ENVELOPE_VERSION, id: requestId, ts: ports.clock.now().getTime(), body };
    return JSON.stringify({ ...unsigned, mac: code === undefined ? UNSIGNED : signEnrolment(code, { kind: 'rep', unsigned }) });
  };

  const enrol = async (claimId: string, payload: Uint8Array): Promise<{ readonly id: string; readonly code?: string; readonly outcome: Outcome<Welcome> }> => {
    const request = parse(payload);
    if (request === undefined || request.claimId !== claimId) return { id: UNSIGNED, outcome: refused('MALFORMED_REQUEST') };
    const { id, mac, ...rest } = request;
    const before = answered.get(claimId);
    if (before !== undefined && before.mac === mac) return { id, code: before.code, outcome: { kind: 'ok', value: before.welcome } };
    const claim = await ports.registry.findClaim(claimId);
    if (claim === undefined || !isSameSecret(mac, signEnrolment(claim.code, { kind: 'req', unsigned: { id, ...rest } }))) return { id, outcome: refused('CLAIM_INVALID') };
    // The terminal's clock does not matter here: a claim works once, so there is nothing to replay.
    const { code, deviceId } = claim;
    const serverNonce = Buffer.from(ports.random.bytes(KEY_BYTES)).toString('base64url');
    const key = deriveDeviceKey({ code, deviceNonce: request.deviceNonce, serverNonce, deviceId });
    const terminal = await ports.registry.takeClaim({ claimId, key });
    if (terminal === undefined) return { id, code, outcome: refused('CLAIM_INVALID') };
    const welcome: Welcome = { deviceId, hospitalId: terminal.hospitalId, serverNonce };
    answered.set(claimId, { mac, code, welcome });
    ports.log.info('a terminal was enrolled', { device: deviceId, software: request.software });
    return { id, code, outcome: { kind: 'ok', value: welcome } };
  };

  return {
    async answer({ claimId, payload }) {
      if (isTooMany()) return seal(UNSIGNED, undefined, { kind: 'refused', error: errorBody(refused('TOO_MANY_REQUESTS')) });
      try {
        const { id, code, outcome } = await enrol(claimId, payload);
        return seal(id, code, outcome.kind === 'ok' ? { kind: 'ok', value: outcome.value } : { kind: 'refused', error: errorBody(outcome) });
      } catch (error) {
        ports.log.error('an enrolment failed', { error });
        return seal(UNSIGNED, undefined, { kind: 'refused', error: errorBody(refused('INTERNAL')) });
      }
    },
  };
}

function parse(payload: Uint8Array) {
  if (payload.byteLength > LARGEST_ENROLMENT_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return enrolmentRequest.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
