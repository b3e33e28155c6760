/**
 * Sees that two machines use one terminal's identity (a copied disk, a stolen key). Only what is signed and fresh is looked at, and nothing is ever
 * refused because of it: a payment under way goes on, a person decides.
 *
 * - A run of the software has a random name (`boot`). A restart brings a new one and the old one never returns; one that returns after another was
 *   heard is a second machine that was running all the time. Reconnects, other addresses and wills do not matter to it.
 * - Terminals without `boot` are judged by their message numbers: a storage that was put back falls once; two machines fall again and again.
 */
import type { Bilingual } from '../domain/bilingual.js';
import type { Heard, Sighting } from './ports.js';

export type Placed = { readonly address: string | undefined; readonly machine: string | undefined; readonly software: string | undefined; readonly at: Date };
export type CloneFinding = { readonly kind: 'cloned' | 'retiredKey'; readonly sightings: readonly [Sighting, Sighting]; readonly detail: Bilingual };

type Run = { readonly firstTs: number; readonly sighting: Sighting };
type Numbers = { readonly seq: number; readonly ts: number; readonly sighting: Sighting; readonly highest: Sighting; readonly falls: readonly number[] };
type Known = { current: string | undefined; readonly runs: Map<string, Run>; numbers: Numbers | undefined; latest: Sighting | undefined };

/** One storage that was put back, and one more for bad luck; two machines reach this within a minute. */
const FALLS = 3;
const FALLS_WITHIN_MS = 10 * 60_000;
const MOST_RUNS = 8;
const MOST_TERMINALS = 20_000;

export type CloneWatch = {
  heard(message: Heard, placed: Placed): CloneFinding | undefined;
  latest(deviceId: string): Sighting | undefined;
  /** Enrolled anew, revoked, or a person said it was moved: what was seen before says nothing any more. */
  forget(deviceId: string): void;
};

export function createCloneWatch(): CloneWatch {
  const devices = new Map<string, Known>();
  const knownOf = (deviceId: string): Known | undefined => {
    const known = devices.get(deviceId);
    if (known !== undefined || devices.size >= MOST_TERMINALS) return known;
    const fresh: Known = { current: undefined, runs: new Map(), numbers: undefined, latest: undefined };
    devices.set(deviceId, fresh);
    return fresh;
  };
  return {
    heard(message, placed) {
      const known = knownOf(message.deviceId);
      if (known === undefined) return undefined;
      const sighting: Sighting = { boot: message.boot, machine: placed.machine, address: placed.address, software: placed.software, seq: message.seq, at: placed.at };
      if (message.key === 'retired') return { kind: 'retiredKey', sightings: [known.latest ?? sighting, sighting], detail: { zh: '已更换的密钥仍在签名：有人持有其副本', en: 'a key that was replaced signs messages: somebody has a copy of it' } };
      const finding = message.boot === undefined ? byNumbers(known, message, sighting) : byRuns(known, message.boot, message.ts, sighting);
      known.latest = sighting;
      return finding;
    },
    latest: (deviceId) => devices.get(deviceId)?.latest,
    forget(deviceId) {
      devices.delete(deviceId);
    },
  };
}

function byRuns(known: Known, boot: string, ts: number, sighting: Sighting): CloneFinding | undefined {
  const before = known.current === undefined ? undefined : known.runs.get(known.current);
  const same = known.runs.get(boot);
  const isReturn = same !== undefined && known.current !== boot && before !== undefined;
  // Made before the other run had begun: a straggler of a machine that was restarted.
  if (isReturn && ts <= before.firstTs) return undefined;
  known.runs.delete(boot);
  known.runs.set(boot, { firstTs: same?.firstTs ?? ts, sighting });
  for (const oldest of known.runs.keys()) {
    if (known.runs.size <= MOST_RUNS) break;
    known.runs.delete(oldest);
  }
  known.current = boot;
  return isReturn ? { kind: 'cloned', sightings: [before.sighting, sighting], detail: { zh: '两个运行中的终端软件以同一密钥轮流通信', en: 'two runs of the software speak in turns with the same key' } } : undefined;
}

function byNumbers(known: Known, { seq, ts }: Heard, sighting: Sighting): CloneFinding | undefined {
  const { numbers } = known;
  if (numbers === undefined) {
    known.numbers = { seq, ts, sighting, highest: sighting, falls: [] };
    return undefined;
  }
  if (ts <= numbers.ts) return undefined;
  const isFall = seq < numbers.seq;
  const falls = isFall ? [...numbers.falls.filter((at) => ts - at < FALLS_WITHIN_MS), ts] : numbers.falls;
  const highest = seq > numbers.highest.seq ? sighting : numbers.highest;
  const isFound = isFall && falls.length >= FALLS;
  known.numbers = { seq, ts, sighting, highest, falls: isFound ? [] : falls };
  return isFound ? { kind: 'cloned', sightings: [numbers.sighting, sighting], detail: { zh: `十分钟内消息序号回退 ${String(falls.length)} 次`, en: `the numbers of its messages fell back ${String(falls.length)} times within ten minutes` } } : undefined;
}
