/** Turns a claim code into a device key. The code is typed once, at the terminal; neither it nor the key travels. */
import mqtt from 'mqtt';
import { deferred } from './deferred.js';
import { claimIdOf, deriveDeviceKey, fromBase64, isSameText, KEY_BYTES, normaliseClaimCode, signEnrolment, toBase64, toBase64Url } from './device-key.js';
import type { Device } from './envelope.js';
import { ENVELOPE_VERSION, errorShape, topics, type TerminalError } from './protocol.js';
import { hasShape, integer, object, oneOf, text } from './shape.js';
import type { TerminalStorage } from './storage.js';

export type EnrolmentRequest = {
  /** The enrolment listener: `mqtt://host:1884` or, from a browser, `ws://host:1884`. */
  readonly url: string;
  /** As typed: case, blanks and hyphens do not matter. */
  readonly claimCode: string;
  /** Name and version of the terminal's software, for the log. */
  readonly software?: string;
  /** PKCS #10, base64 of DER: a TLS certificate comes with the key. */
  readonly csr?: string;
  readonly attempts?: number;
  readonly attemptMs?: number;
};
export type Enrolled = { readonly kind: 'enrolled'; readonly device: Device; readonly hospitalId: string; readonly certificate?: TlsCertificate };
/** The terminal's TLS certificate and the authority behind it, base64 of DER. */
export type TlsCertificate = { readonly certificate: string; readonly authority: string };
export type EnrolmentResult = Enrolled | { readonly kind: 'refused'; readonly error: TerminalError } | { readonly kind: 'noAnswer' };

const replyShape = object({ v: integer, id: text, ts: integer, mac: text });
const welcomeShape = object({ kind: oneOf('ok'), value: object({ deviceId: text, hospitalId: text, serverNonce: text }, { certificate: text, authority: text }) });
const refusedShape = object({ kind: oneOf('refused'), error: errorShape });

/** Enrols. The same request is repeated until it is answered: the core answers a repeat with the same words, and uses the claim once. */
export async function enrol({ url, claimCode, software = 'hospay terminal-sdk', csr, attempts = 3, attemptMs = 5_000 }: EnrolmentRequest): Promise<EnrolmentResult> {
  const code = normaliseClaimCode(claimCode);
  const claimId = claimIdOf(code);
  const deviceNonce = toBase64Url(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  const unsigned = { v: ENVELOPE_VERSION, id: toBase64Url(crypto.getRandomValues(new Uint8Array(16))), ts: Date.now(), claimId, deviceNonce, software, ...(csr === undefined ? {} : { csr }) };
  const request = JSON.stringify({ ...unsigned, mac: signEnrolment(code, { kind: 'req', unsigned }) });
  const client = mqtt.connect(url, { clientId: `newcomer-${toBase64Url(crypto.getRandomValues(new Uint8Array(9)))}`, clean: true, reconnectPeriod: 1_000, connectTimeout: attemptMs, protocolVersion: 4 });
  client.on('error', () => undefined);
  const answer = deferred<EnrolmentResult>();
  client.on('message', (_topic, payload) => {
    const result = readReply(payload, { code, deviceNonce, requestId: unsigned.id });
    if (result !== undefined) answer.resolve(result);
  });
  client.on('connect', () => {
    client.subscribe(topics.enrolReply(claimId), { qos: 1 }, (error) => {
      if (!error) client.publish(topics.enrolRequest(claimId), request, { qos: 1 });
    });
  });
  let left = attempts;
  const again = setInterval(() => {
    left -= 1;
    if (left <= 0) answer.resolve({ kind: 'noAnswer' });
    else if (client.connected) client.publish(topics.enrolRequest(claimId), request, { qos: 1 });
  }, attemptMs);
  try {
    return await answer.promise;
  } finally {
    clearInterval(again);
    await client.endAsync(true);
  }
}

/** Keeps an enrolment where the terminal finds it after a restart. */
export function keepEnrolment(storage: TerminalStorage, { device, hospitalId }: Pick<Enrolled, 'device' | 'hospitalId'>): Promise<void> {
  return storage.write('enrolment', JSON.stringify({ hospitalId, ...writeDevice(device) }));
}

/** Keeps the keys of a rotation in the place of those before: `keepKeys` of the client's options. */
export async function keepRotatedKeys(storage: TerminalStorage, device: Device): Promise<void> {
  const kept = await storage.read('enrolment');
  const value: unknown = kept === undefined ? {} : JSON.parse(kept);
  const hospitalId = hasShape(object({ hospitalId: text }), value) ? value.hospitalId : '';
  await storage.write('enrolment', JSON.stringify({ hospitalId, ...writeDevice(device) }));
}

function writeDevice({ deviceId, key, previousKey }: Device) {
  return { deviceId, key: toBase64(key), ...(previousKey === undefined ? {} : { previousKey: toBase64(previousKey) }) };
}

/** The device of an earlier enrolment. @throws when it is kept but cannot be read. */
export async function findEnrolment(storage: TerminalStorage): Promise<Device | undefined> {
  const kept = await storage.read('enrolment');
  if (kept === undefined) return undefined;
  const value: unknown = JSON.parse(kept);
  if (!hasShape(object({ deviceId: text, key: text }, { previousKey: text }), value)) throw new Error('the enrolment of this terminal is damaged');
  const { deviceId, key, previousKey } = value;
  return { deviceId, key: fromBase64(key), ...(previousKey === undefined ? {} : { previousKey: fromBase64(previousKey) }) };
}

function readReply(payload: Uint8Array, { code, deviceNonce, requestId }: { readonly code: string; readonly deviceNonce: string; readonly requestId: string }): EnrolmentResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  if (!hasShape(replyShape, value) || !('body' in value)) return undefined;
  const { mac, ...unsigned } = value;
  // A refusal may be unsigned (the core does not know the code): it gives nothing away and grants nothing.
  if (hasShape(refusedShape, unsigned.body)) return { kind: 'refused', error: unsigned.body.error };
  if (value.id !== requestId || !isSameText(mac, signEnrolment(code, { kind: 'rep', unsigned })) || !hasShape(welcomeShape, unsigned.body)) return undefined;
  const { deviceId, hospitalId, serverNonce, certificate, authority } = unsigned.body.value;
  const key = deriveDeviceKey({ code, deviceNonce, serverNonce, deviceId });
  return { kind: 'enrolled', device: { deviceId, key }, hospitalId, ...(certificate === undefined || authority === undefined ? {} : { certificate: { certificate, authority } }) };
}
