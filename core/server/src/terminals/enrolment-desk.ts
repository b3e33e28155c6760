/**
 * Gives a terminal its key, in one of two ways. Either a person types at the terminal the claim code the console showed, and both compute the key
 * from it and two random numbers; or the terminal shows a code, a person types it in the console and says what the terminal is, and both agree on
 * the key over the open line, the code proving each to the other. No secret travels; a code works once; a repeat of the very request gets the
 * very answer.
 */
import { LRUCache } from 'lru-cache';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ok, refused, type Refused } from '../domain/errors.js';
import type { TerminalAuthority } from '../fleet/ports.js';
import { deriveDeviceKey, isSameSecret, KEY_BYTES, signEnrolment } from './device-key.js';
import { createEnrolmentRequests } from './enrolment-requests.js';
import { ENVELOPE_VERSION, errorBody, UNSIGNED } from './envelope.js';
import { deriveAgreedKey, newAgreement, PUBLIC_KEY_PATTERN } from './key-agreement.js';
import type { EnrolmentDesk, TerminalPorts } from './ports.js';

export const LARGEST_ENROLMENT_BYTES = 2_048;
/** All terminals together. Terminals that wait ask every few seconds; more is a mistake or an attack. */
const ATTEMPTS_PER_MINUTE = 1_200;
/** How long a lost answer can be had again. */
const ANSWERED_MS = 10 * 60_000;

const closed = { additionalProperties: false } as const;
const Base64Url32Bytes = Type.String({ minLength: 43, maxLength: 43, pattern: '^[0-9A-Za-z_-]+$' });
const COMMON = {
  v: Type.Literal(ENVELOPE_VERSION),
  id: Type.String({ minLength: 16, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' }),
  ts: Type.Integer({ minimum: 0 }),
  claimId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  software: Type.String({ maxLength: 100 }),
  /** PKCS #10, base64 of DER: the certificate comes with the key. */
  csr: Type.Optional(Type.String({ maxLength: 1_200, pattern: '^[0-9A-Za-z+/=]+$' })),
  mac: Base64Url32Bytes,
};
export const EnrolmentRequestSchema = Type.Object({ ...COMMON, deviceNonce: Base64Url32Bytes }, closed);
/** The terminal shows the code: it sends its half of the key agreement instead of a nonce. */
export const ShownEnrolmentSchema = Type.Object({ ...COMMON, publicKey: Type.String({ pattern: PUBLIC_KEY_PATTERN }), machine: Type.Optional(Type.String({ minLength: 8, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' })) }, closed);
const anyRequest = Compile(Type.Union([EnrolmentRequestSchema, ShownEnrolmentSchema]));
type TypedRequest = Static<typeof EnrolmentRequestSchema>;
type ShownRequest = Static<typeof ShownEnrolmentSchema>;

type Welcome = { readonly deviceId: string; readonly hospitalId: string; readonly serverNonce?: string; readonly publicKey?: string; readonly certificate?: string; readonly authority?: string };
type Answer = { readonly id: string; readonly code?: string; readonly body: object };

export type EnrolmentDeskPorts = Pick<TerminalPorts, 'registry' | 'clock' | 'random' | 'log'> & { readonly authority?: Pick<TerminalAuthority, 'issue' | 'revokeAll'> | undefined };

export function createEnrolmentDesk(ports: EnrolmentDeskPorts): EnrolmentDesk {
  const perf = { now: () => ports.clock.now().getTime() };
  /** The answer was lost: the same terminal (same request, same code) asks again and gets the same answer. */
  const answered = new LRUCache<string, { readonly mac: string; readonly code: string; readonly body: object }>({ max: 1_000, ttl: ANSWERED_MS, ttlResolution: 0, perf });
  const requests = createEnrolmentRequests(ports.clock);
  let window = { startedAt: 0, attempts: 0 };

  const isTooMany = (): boolean => {
    const now = ports.clock.now().getTime();
    if (now - window.startedAt >= 60_000) window = { startedAt: now, attempts: 0 };
    window.attempts += 1;
    return window.attempts > ATTEMPTS_PER_MINUTE;
  };
  const seal = ({ id, code, body }: Answer): string => {
    const unsigned = { v: ENVELOPE_VERSION, id, ts: ports.clock.now().getTime(), body };
    return JSON.stringify({ ...unsigned, mac: code === undefined ? UNSIGNED : signEnrolment(code, { kind: 'rep', unsigned }) });
  };
  /** A certificate that cannot be issued does not keep a terminal from its key: it asks again over the line it then has. */
  const certificateFor = async (deviceId: string, csr: string | undefined): Promise<Pick<Welcome, 'certificate' | 'authority'>> => {
    // Whatever machine had the name before is not this terminal any more.
    await ports.authority?.revokeAll(deviceId);
    if (csr === undefined || ports.authority === undefined) return {};
    const issued = await ports.authority.issue(deviceId, csr);
    if (issued.kind === 'ok') return { certificate: issued.value.certificate, authority: issued.value.authority };
    ports.log.warn('a terminal was enrolled without the certificate it asked for', { device: deviceId, code: issued.code, detail: issued.detail });
    return {};
  };

  const enrolTyped = async (request: TypedRequest): Promise<Answer> => {
    const { id, mac, ...rest } = request;
    const claim = await ports.registry.findClaim(request.claimId);
    if (claim === undefined || !isSameSecret(mac, signEnrolment(claim.code, { kind: 'req', unsigned: { id, ...rest } }))) return { id, body: refusal(refused('CLAIM_INVALID')) };
    // The terminal's clock does not matter here: a claim works once, so there is nothing to replay.
    const { code, deviceId } = claim;
    const serverNonce = Buffer.from(ports.random.bytes(KEY_BYTES)).toString('base64url');
    const key = deriveDeviceKey({ code, deviceNonce: request.deviceNonce, serverNonce, deviceId });
    const terminal = await ports.registry.takeClaim({ claimId: request.claimId, key });
    if (terminal === undefined) return { id, code, body: refusal(refused('CLAIM_INVALID')) };
    const welcome: Welcome = { deviceId, hospitalId: terminal.hospitalId, serverNonce, ...(await certificateFor(deviceId, request.csr)) };
    const body = { kind: 'ok', value: welcome };
    answered.set(request.claimId, { mac, code, body });
    ports.log.info('a terminal was enrolled', { device: deviceId, software: request.software });
    return { id, code, body };
  };

  const keepShown = ({ mac, ...unsigned }: ShownRequest, address: string | undefined): Answer => {
    const { id, claimId, publicKey, software, machine, csr } = unsigned;
    const kept = requests.keep({ claimId, publicKey, software, machine, csr, address, mac, unsigned });
    // Not signed: the core does not know the code yet. It only says that somebody may now approve.
    return { id, body: kept.kind === 'ok' ? { kind: 'waiting', expiresAt: kept.value.expiresAt.toISOString() } : refusal(kept) };
  };

  const enrol = async (claimId: string, payload: Uint8Array, address: string | undefined): Promise<Answer> => {
    const request = parse(payload);
    if (request === undefined || request.claimId !== claimId) return { id: UNSIGNED, body: refusal(refused('MALFORMED_REQUEST')) };
    const before = answered.get(claimId);
    if (before !== undefined && before.mac === request.mac) return { id: request.id, code: before.code, body: before.body };
    return 'publicKey' in request ? keepShown(request, address) : enrolTyped(request);
  };

  return {
    async answer({ claimId, payload, address }) {
      if (isTooMany()) return seal({ id: UNSIGNED, body: refusal(refused('TOO_MANY_REQUESTS')) });
      try {
        return seal(await enrol(claimId, payload, address));
      } catch (error) {
        ports.log.error('an enrolment failed', { error });
        return seal({ id: UNSIGNED, body: refusal(refused('INTERNAL')) });
      }
    },
    waiting: () => requests.list(),
    find(code) {
      const found = requests.find(code);
      return found === undefined ? refused('ENROLMENT_NOT_FOUND') : ok(found.waiting);
    },
    async approve({ code: typed, terminal, replaces }) {
      const found = requests.find(typed);
      if (found === undefined) return refused('ENROLMENT_NOT_FOUND');
      const { request: { claimId, publicKey: devicePublicKey, mac, csr }, code, waiting } = found;
      const agreement = newAgreement(ports.random);
      const shared = agreement.sharedWith(devicePublicKey);
      if (shared === undefined) return refused('ENROLMENT_NOT_FOUND', { zh: '登记申请中没有密钥，请在终端上重新申请', en: 'the request carries no key' });
      const key = deriveAgreedKey({ shared, bound: { code }, devicePublicKey, corePublicKey: agreement.publicKey, deviceId: terminal.id });
      // Taken before anything is written: of two approvers one finds nothing.
      if (!requests.take(claimId)) return refused('ENROLMENT_NOT_FOUND');
      let isEnrolled = false;
      try {
        const enrolled = await ports.registry.enrol(terminal, { key, replaces });
        if (enrolled.kind !== 'ok') return enrolled;
        const welcome: Welcome = { deviceId: terminal.id, hospitalId: enrolled.value.hospitalId, publicKey: agreement.publicKey, ...(await certificateFor(terminal.id, csr)) };
        answered.set(claimId, { mac, code, body: { kind: 'ok', value: welcome } });
        requests.close(claimId);
        isEnrolled = true;
        ports.log.info('a terminal was approved', { device: terminal.id, software: waiting.software, address: waiting.address });
        return ok({ terminal: enrolled.value, waiting });
      } finally {
        // The id exists, or the disk is full: the code on the screen stays good, and the person may choose another id or try again.
        if (!isEnrolled) requests.putBack(found.request, waiting.askedAt);
      }
    },
    reject(claimId) {
      const waiting = requests.list().find((one) => one.claimId === claimId);
      if (waiting === undefined || !requests.end(claimId)) return undefined;
      requests.refuse(claimId);
      ports.log.info('a waiting terminal was rejected', { claimId: claimId.slice(0, 16), software: waiting.software, address: waiting.address });
      return waiting;
    },
  };
}

function refusal(why: Refused): object {
  return { kind: 'refused', error: errorBody(why) };
}

function parse(payload: Uint8Array): TypedRequest | ShownRequest | undefined {
  if (payload.byteLength > LARGEST_ENROLMENT_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return anyRequest.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
