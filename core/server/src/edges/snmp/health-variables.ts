/** The box's health as variables: the system group of SNMPv2-MIB (RFC 3418) and HOSPAY-MIB (appliance/docs/HOSPAY-MIB.txt). */
import { DISK_STEPS } from '../../backups/ports.js';
import { CHANNEL_HEALTH, HEALTH_STATES, type BoxHealth } from '../../operations/ports.js';
import { compareOids, type Oid, type SnmpValue, type Variable } from './answer.js';

export type SystemNames = { readonly description: string; readonly name: string; readonly contact: string; readonly location: string };

const SYSTEM: Oid = [1, 3, 6, 1, 2, 1, 1];
/** 32473 is the number for documentation (RFC 5612): this product has none of its own. */
export const HOSPAY_MIB: Oid = [1, 3, 6, 1, 4, 1, 32_473, 1];
/** RFC 3418: applications (64) and end to end (8). */
const SERVICES = 72;
/** What was never done is older than any limit. */
const NEVER_SECONDS = 0xffff_ffff;
/** SIZE of the MIB's texts, which counts octets. */
const LONGEST_TEXT_BYTES = 80;
const UTF8 = new TextEncoder();

/** In their order. `upMs`: since the agent started. */
export function healthVariables({ state, version, alarms, backup, disk, payments, channels }: BoxHealth, { description, name, contact, location }: SystemNames, upMs: number): readonly Variable[] {
  const scalar = (base: Oid, path: Oid, value: SnmpValue): Variable => ({ oid: [...base, ...path, 0], value });
  const own = (path: Oid, value: SnmpValue): Variable => scalar(HOSPAY_MIB, [1, ...path], value);
  const text = (value: string): SnmpValue => ({ kind: 'text', value: value.slice(0, UTF8.encodeInto(value, new Uint8Array(LONGEST_TEXT_BYTES)).read) });
  const integer = (value: number): SnmpValue => ({ kind: 'integer', value });
  const gauge = (value: number): SnmpValue => ({ kind: 'gauge', value });
  return [
    scalar(SYSTEM, [1], text(description)), scalar(SYSTEM, [2], { kind: 'oid', value: HOSPAY_MIB }), scalar(SYSTEM, [3], { kind: 'ticks', value: upMs / 10 }),
    scalar(SYSTEM, [4], text(contact)), scalar(SYSTEM, [5], text(name)), scalar(SYSTEM, [6], text(location)), scalar(SYSTEM, [7], integer(SERVICES)),
    own([1, 1], integer(HEALTH_STATES.indexOf(state) + 1)), own([1, 2], text(version)),
    own([2, 1], gauge(alarms.urgent)), own([2, 2], gauge(alarms.important)), own([2, 3], gauge(alarms.toKnow)), own([2, 4], integer(alarms.worst?.severity ?? 0)), own([2, 5], text(alarms.worst?.rule ?? '')), own([2, 6], text(alarms.worst?.subject ?? '')), own([2, 7], text(alarms.worst?.words ?? '')),
    own([3, 1], gauge(backup.ageSeconds ?? NEVER_SECONDS)), own([3, 2], gauge(backup.proofAgeSeconds ?? NEVER_SECONDS)),
    own([4, 1], { kind: 'counter64', value: BigInt(Math.max(0, Math.round(disk.freeBytes ?? 0))) }), own([4, 2], integer(DISK_STEPS.indexOf(disk.step))),
    own([5, 1], gauge(payments.unknown)), own([5, 2], gauge(payments.open)),
    ...channels.flatMap(({ id, state: channelState }) => {
      const index = [...Buffer.from(id, 'utf8')];
      const cell = (column: number, value: SnmpValue): Variable => ({ oid: [...HOSPAY_MIB, 1, 6, 1, 1, column, index.length, ...index], value });
      return [cell(2, text(id)), cell(3, integer(CHANNEL_HEALTH.indexOf(channelState) + 1))];
    }),
  ].toSorted((one, other) => compareOids(one.oid, other.oid));
}
