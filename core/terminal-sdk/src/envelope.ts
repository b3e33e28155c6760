/** The signed envelope around every message, as the terminal writes and reads it. */
import { isSameText, keyIdOf, signMessage } from './device-key.js';
import { ENVELOPE_VERSION, topics } from './protocol.js';
import { hasShape, integer, object, text } from './shape.js';

/** `previousKey`: what a rotation replaced; the core may still speak with it for a while, and a broker may still want its password. */
export type Device = { readonly deviceId: string; readonly key: Uint8Array; readonly previousKey?: Uint8Array };

const downEnvelope = object({ v: integer, id: text, op: text, ts: integer, exp: integer, cid: text, seq: integer, kid: text, sig: text }, { idem: text });

/** A message of the core whose signature verified. */
export type DownMessage = { readonly op: string; readonly cid: string; readonly ts: number; readonly body: unknown };

/** Writes and signs a request. */
export function sealRequest(
  device: Device,
  request: { readonly id: string; readonly op: string; readonly ts: number; readonly exp: number; readonly cid: string; readonly idem?: string; readonly seq: number; readonly boot?: string; readonly body: object },
): string {
  const unsigned = { v: ENVELOPE_VERSION, ...request, replyTo: topics.reply(device.deviceId), kid: keyIdOf(device.key) };
  return JSON.stringify({ ...unsigned, sig: signMessage(device.key, { direction: 'up', device: device.deviceId, unsigned }) });
}

/** Opens a message of the core. Undefined unless it is whole and signed with a key of this device: anything else was not said by the core. */
export function openMessage(device: Device, payload: Uint8Array): DownMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  if (!hasShape(downEnvelope, value) || value.v !== ENVELOPE_VERSION) return undefined;
  const key = [device.key, device.previousKey].find((own) => own !== undefined && keyIdOf(own) === value.kid);
  if (key === undefined) return undefined;
  const { sig, ...unsigned } = value;
  try {
    if (!isSameText(sig, signMessage(key, { direction: 'dn', device: device.deviceId, unsigned }))) return undefined;
  } catch {
    return undefined;
  }
  return { op: value.op, cid: value.cid, ts: value.ts, body: 'body' in value ? value.body : undefined };
}
