import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import type { MeasureId } from '../domain/alarm-measures.js';
import type { Tile, WallboardPorts, WallboardTiles, WallboardView } from './ports.js';

const MINUTE_MS = 60_000;
/** Long enough that a quiet channel has some payments, short enough that a failing one shows. */
const OUTCOMES_OF_MS = 15 * MINUTE_MS;
/** A holiday week has no statement day; what is older is no news. */
const DAYS_BACK = 10;
const WORST = 6;

/**
 * The wallboard's tiles, each read by itself and no more often than it says, however many screens ask. One whose reader fails stays as it was read last, with its time: the screen greys it.
 */
export function createWallboard(ports: WallboardPorts): { read(): Promise<WallboardView> } {
  const { clock } = ports;
  const tile = <Value>(everySeconds: number, read: () => Promise<Tile<Value>> | Tile<Value>): (() => Promise<Tile<Value> | undefined>) => {
    let kept: Tile<Value> | undefined;
    let askedAt = -Infinity;
    let asking: Promise<void> | undefined;
    const ask = async (): Promise<void> => {
      try {
        kept = await read();
      } catch {
        // What was read last stays.
      } finally {
        asking = undefined;
      }
    };
    return async () => {
      const now = clock.now().getTime();
      // A clock that was set back must not keep the tiles for so long.
      if (Math.abs(now - askedAt) >= everySeconds * 1_000) {
        askedAt = now;
        asking = ask();
      }
      await asking;
      return kept;
    };
  };
  const now = <Value>(everySeconds: number, read: () => Promise<Value> | Value) => tile(everySeconds, async () => {
    const at = clock.now();
    return { at, everySeconds, value: await read() };
  });
  const overview = () => ports.money.overview(clock.now());
  const readers: { readonly [Name in keyof WallboardTiles]: () => Promise<Tile<WallboardTiles[Name]> | undefined> } = {
    money: now(5, async () => {
      const { day, paidFen, paidCount, refundedFen, refundedCount, hours } = await overview();
      return { day, paidFen, paidCount, refundedFen, refundedCount, hours };
    }),
    channels: now(15, () => readChannels(ports)),
    open: now(5, async () => {
      const { unknownPayments, unconfirmed, refundsInFlight } = await overview();
      const oldest = unknownPayments.oldest[0]?.submittedAt;
      return {
        unknownPayments: unknownPayments.count, oldestUnknownSeconds: oldest === undefined ? 0 : Math.max(0, Math.round((clock.now().getTime() - Date.parse(oldest)) / 1_000)),
        unconfirmed: unconfirmed.count, unconfirmedFen: unconfirmed.amountFen, refundsInFlight: refundsInFlight.count, refundsInFlightFen: refundsInFlight.amountFen,
      };
    }),
    terminals: now(10, async () => {
      const claimed = (await ports.terminals()).filter(({ status }) => status === 'active');
      const kinds = [...Map.groupBy(claimed, ({ kind }) => kind)].map(([kind, own]) => ({ kind, online: own.filter(({ online }) => online).length, total: own.length }));
      return { kinds, faulty: claimed.filter(({ faults }) => faults.some(({ level }) => level === 'critical')).length };
    }),
    cases: now(10, async () => {
      const { count, urgent, newest } = (await overview()).cases;
      return { count, urgent, newest: newest.slice(0, WORST).map(({ kind, severity, openedAt }) => ({ kind, severity, openedAt })) };
    }),
    his: tile(10, () => {
      const inactive = readingOf(ports, 'hisInactive');
      const [slow, unanswered] = [readingOf(ports, 'hisSlow'), readingOf(ports, 'hisUnanswered')];
      const waiting = ports.alarms.readings().filter(({ measure }) => measure === 'hisWaiting').reduce((sum, { value }) => sum + value, 0);
      return { at: new Date(Math.min(...[inactive, slow, unanswered].map(({ at }) => at.getTime()))), everySeconds: 15, value: { isActive: inactive.value === 0, meanMs: Math.round(slow.value), unansweredPercent: round(unanswered.value), waiting } };
    }),
    reconciliation: now(60, () => readDays(ports)),
    alarms: now(10, async () => {
      const problems = await ports.alarms.problems();
      const worst = problems.slice(0, WORST).flatMap(({ rule, subject, severity, raisedAt }) => {
        const { zh = rule, en = rule } = ports.alarms.rules.find(({ id }) => id === rule) ?? {};
        return [{ rule, zh, en, subject, severity, raisedAt }];
      });
      return { count: problems.length, urgent: problems.filter(({ severity }) => severity === 1).length, worst };
    }),
    machine: tile(30, () => {
      const disk = readingOf(ports, 'diskFree');
      return { at: disk.at, everySeconds: 30, value: { version: ports.version, diskFreeMegabytes: Math.round(disk.value), backupProvedAt: ports.backupProvedAt() } };
    }),
  };
  return {
    async read() {
      const [money, channels, open, terminals, cases, his, reconciliation, alarms, machine] = await Promise.all([
        readers.money(), readers.channels(), readers.open(), readers.terminals(), readers.cases(), readers.his(), readers.reconciliation(), readers.alarms(), readers.machine(),
      ]);
      return { money, channels, open, terminals, cases, his, reconciliation, alarms, machine, now: clock.now() };
    },
  };
}

async function readChannels({ money, alarms, clock }: WallboardPorts): Promise<WallboardTiles['channels']> {
  const now = clock.now();
  const [{ channels: paid }, outcomes] = [await money.overview(now), await money.outcomesSince(new Date(now.getTime() - OUTCOMES_OF_MS))];
  const readings = alarms.readings();
  const valueOf = (measure: MeasureId, channel: string): number => readings.find((reading) => reading.measure === measure && reading.subject === channel)?.value ?? 0;
  const known = readings.filter(({ measure }) => measure === 'channelUnanswered').map(({ subject }) => subject);
  const ids = [...new Set([...known, ...paid.map(({ channel }) => channel), ...outcomes.map(({ channel }) => channel)])].toSorted();
  return ids.map((channel) => {
    const own = paid.filter((row) => row.channel === channel);
    const { ended = 0, succeeded = 0 } = outcomes.find((row) => row.channel === channel) ?? {};
    return {
      channel, paidFen: own.reduce((sum, { paidFen }) => sum + paidFen, 0), paidCount: own.reduce((sum, { paidCount }) => sum + paidCount, 0), ended, succeeded,
      unansweredPercent: round(valueOf('channelUnanswered', channel)), isOut: valueOf('channelOut', channel) > 0,
    };
  });
}

/** The newest day of each comparison that was run. */
function readDays({ days, clock }: WallboardPorts): WallboardTiles['reconciliation'] {
  const today = beijingDay(clock.now());
  const newest = new Map<string, WallboardTiles['reconciliation'][number]>();
  for (const { comparison, source, day, state } of days({ from: daysBefore(today, DAYS_BACK), to: today })) {
    const key = `${comparison}/${source}`;
    if (day >= (newest.get(key)?.day ?? '')) newest.set(key, { comparison, source, day, state });
  }
  return [...newest].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, day]) => day);
}

/** @throws Error while it was never read: the tile stays as it was. */
function readingOf({ alarms }: WallboardPorts, measure: MeasureId): { readonly value: number; readonly at: Date } {
  const reading = alarms.readings().find((one) => one.measure === measure);
  if (reading === undefined) throw new Error(`${measure} was never read`);
  return reading;
}
const round = (value: number): number => Math.round(value * 10) / 10;
