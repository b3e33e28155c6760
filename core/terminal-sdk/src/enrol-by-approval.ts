/**
 * Enrols without anything typed at the terminal: it shows a claim code, somebody types that in the console and says what the terminal is, and both
 * sides agree on the key over the open line. The code proves each to the other; who only sees it gains nothing.
 */
import mqtt from 'mqtt';
import { deferred } from './deferred.js';
import { isSameText, signEnrolment, toBase64Url } from './device-key.js';
import type { Enrolled } from './enrol.js';
import { deriveAgreedKey, newAgreement } from './key-agreement.js';
import { ENVELOPE_VERSION, errorShape, topics, type TerminalError } from './protocol.js';
import { hasShape, integer, object, oneOf, text } from './shape.js';

export type ApprovalRequest = {
  /** The enrolment listener: `mqtt://host:1884` or, from a browser, `ws://host:1884`. */
  readonly url: string;
  /** Name and version of the terminal's software: the person who approves sees it. */
  readonly software: string;
  /** A fingerprint of the machine, 8 to 64 of `0-9 A-Z a-z _ -`, where the terminal knows one. */
  readonly machine?: string;
  /** PKCS #10, base64 of DER: a TLS certificate comes with the key. */
  readonly csr?: string;
  /** Show this code, in groups of four, until `until`. Called again with a new one when it has expired, and with `waiting` once the core knows it. */
  readonly onCode: (shown: { readonly code: string; readonly until: Date; readonly state: 'connecting' | 'waiting' }) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  readonly askEveryMs?: number;
  readonly codeLifeMs?: number;
};
export type ApprovalResult = Enrolled | { readonly kind: 'refused'; readonly error: TerminalError } | { readonly kind: 'stopped' };

/** Crockford's alphabet: 12 characters are 60 bits, to be guessed within a quarter of an hour. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 12;
/** A little shorter than the core's, so that a code on a screen is always one the core still takes. */
const CODE_LIFE_MS = 14 * 60_000;
const ASK_EVERY_MS = 3_000;
const CONNECT_DEADLINE_MS = 5_000;

const replyShape = object({ v: integer, id: text, ts: integer, mac: text });
const waitingShape = object({ kind: oneOf('waiting'), expiresAt: text });
const welcomeShape = object({ kind: oneOf('ok'), value: object({ deviceId: text, hospitalId: text, publicKey: text }, { certificate: text, authority: text }) });
const refusedShape = object({ kind: oneOf('refused'), error: errorShape });

/** For screens: groups of four. */
export function showCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** Shows codes until somebody approves one, rejects it, or `signal` ends it. A line that is down is tried again all the time. */
export async function enrolByApproval(request: ApprovalRequest): Promise<ApprovalResult> {
  for (;;) {
    const result = await waitWithOneCode(request);
    if (result !== 'expired') return result;
  }
}

async function waitWithOneCode({ url, software, machine, csr, onCode, signal, askEveryMs = ASK_EVERY_MS, codeLifeMs = CODE_LIFE_MS }: ApprovalRequest): Promise<ApprovalResult | 'expired'> {
  if (signal?.aborted === true) return { kind: 'stopped' };
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const code = Array.from(randomBytes(CODE_LENGTH), (byte) => ALPHABET[byte & 31] ?? '0').join('');
  const agreement = newAgreement(randomBytes);
  const claimId = Array.from(randomBytes(32), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const unsigned = {
    v: ENVELOPE_VERSION, id: toBase64Url(randomBytes(16)), ts: Date.now(), claimId, publicKey: agreement.publicKey, software: software.slice(0, 100), ...(machine === undefined ? {} : { machine }), ...(csr === undefined ? {} : { csr }),
  };
  const message = JSON.stringify({ ...unsigned, mac: signEnrolment(code, { kind: 'req', unsigned }) });
  const until = new Date(Date.now() + codeLifeMs);
  onCode({ code, until, state: 'connecting' });

  const client = mqtt.connect(url, { clientId: `newcomer-${toBase64Url(randomBytes(9))}`, clean: true, reconnectPeriod: 2_000, connectTimeout: CONNECT_DEADLINE_MS, protocolVersion: 4, resubscribe: false });
  client.on('error', () => undefined);
  const end = deferred<ApprovalResult | 'expired'>();
  let isKnown = false;
  const ask = () => {
    if (client.connected) client.publish(topics.enrolRequest(claimId), message, { qos: 1 });
  };
  client.on('connect', () => {
    client.subscribe(topics.enrolReply(claimId), { qos: 1 }, (error) => {
      if (!error) ask();
    });
  });
  client.on('message', (_topic, payload) => {
    const said = readReply(payload);
    if (said === undefined || said.id !== unsigned.id) return;
    // Unsigned words are hints: waiting, rejected, a code that is over. A key comes only from who knows the code.
    if (hasShape(waitingShape, said.body)) {
      if (!isKnown) onCode({ code, until, state: 'waiting' });
      isKnown = true;
    } else if (hasShape(refusedShape, said.body)) {
      if (said.body.error.code === 'CLAIM_INVALID') end.resolve('expired');
      else if (said.body.error.code === 'ENROLMENT_REJECTED') end.resolve({ kind: 'refused', error: said.body.error });
    } else if (hasShape(welcomeShape, said.body)) {
      const { mac, ...rest } = said.whole;
      const { deviceId, hospitalId, publicKey, certificate, authority } = said.body.value;
      const shared = agreement.sharedWith(publicKey);
      if (shared === undefined || !isSameText(mac, signEnrolment(code, { kind: 'rep', unsigned: rest }))) return;
      const key = deriveAgreedKey({ shared, bound: { code }, devicePublicKey: agreement.publicKey, corePublicKey: publicKey, deviceId });
      end.resolve({ kind: 'enrolled', device: { deviceId, key }, hospitalId, ...(certificate === undefined || authority === undefined ? {} : { certificate: { certificate, authority } }) });
    }
  });
  const asking = setInterval(ask, askEveryMs);
  const expiry = setTimeout(() => end.resolve('expired'), codeLifeMs);
  const stop = () => end.resolve({ kind: 'stopped' });
  signal?.addEventListener('abort', stop);
  try {
    return await end.promise;
  } finally {
    clearInterval(asking);
    clearTimeout(expiry);
    signal?.removeEventListener('abort', stop);
    await client.endAsync(true);
  }
}

function readReply(payload: Uint8Array): { readonly id: string; readonly body: unknown; readonly whole: { readonly mac: string } & object } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  return hasShape(replyShape, value) && 'body' in value ? { id: value.id, body: value.body, whole: value } : undefined;
}
