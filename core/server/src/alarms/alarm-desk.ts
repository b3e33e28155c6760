import type { AlarmRule } from '../domain/alarm-rules.js';
import type { AuditTrail } from '../domain/audit.js';
import { ok, refused } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { AlarmWatch } from './alarm-watch.js';
import { isMuted, type AlarmDelivery } from './deliver-alarms.js';
import type { AlarmChannel, AlarmDesk, AlarmStore } from './ports.js';

export type AlarmDeskPorts = {
  readonly rules: readonly AlarmRule[];
  readonly store: AlarmStore;
  readonly watch: Pick<AlarmWatch, 'openAlarms' | 'readAgain' | 'readings'>;
  readonly delivery: Pick<AlarmDelivery, 'nudge' | 'test' | 'waitingSeconds'>;
  readonly channels: readonly AlarmChannel[];
  readonly clock: Clock;
  readonly audit: AuditTrail;
};

const LONGEST_MUTE_MS = 30 * 86_400_000;
const NEWEST_NEWS = 50;
const MONTH_MS = 30 * 86_400_000;

export function createAlarmDesk({ rules, store, watch, delivery, channels, clock, audit }: AlarmDeskPorts): AlarmDesk {
  const nameOf = (rule: string): string => (rule === '' ? 'every rule' : rule);
  return {
    rules,
    async problems() {
      const [now, mutes] = [clock.now(), await store.mutes(clock.now())];
      const latest = new Map(watch.readings.latest().map(({ measure, subject, value }) => [`${measure} ${subject}`, value]));
      const measureOf = new Map(rules.map(({ id, measure }) => [id, measure]));
      return watch.openAlarms()
        .map((alarm) => ({ ...alarm, valueNow: latest.get(`${measureOf.get(alarm.rule) ?? ''} ${alarm.subject}`), isMuted: mutes.some((mute) => isMuted(mute, alarm.rule, now)) }))
        .toSorted((one, other) => one.severity - other.severity || one.raisedAt.getTime() - other.raisedAt.getTime() || one.id - other.id);
    },
    readings: () => watch.readings.latest(),
    mutes: () => store.mutes(clock.now()),
    async channels() {
      const waiting = new Map(delivery.waitingSeconds().map(({ channel, seconds }) => [channel, seconds]));
      return Promise.all(channels.map(async ({ id, kind, target, leastSeverity }) => {
        const newest = await store.listDeliveries({ channel: id, limit: NEWEST_NEWS });
        // What cleared before it was told says nothing of the channel.
        const last = newest.find(({ state }) => state !== 'dropped') ?? newest[0];
        return { id, kind, target, leastSeverity, waitingSeconds: waiting.get(id) ?? 0, last: last === undefined ? undefined : { state: last.state, at: last.endedAt ?? last.since, attempts: last.attempts, problem: last.problem } };
      }));
    },
    async history(filter) {
      const alarms = await store.list(filter);
      const acts = Map.groupBy(await store.actsOf(alarms.map(({ id }) => id)), ({ alarm }) => alarm);
      return alarms.map((alarm) => ({ ...alarm, acts: acts.get(alarm.id) ?? [] }));
    },
    async trend({ measure, subject, range }) {
      if (range !== 'month') return watch.readings.trend({ measure, subject, range, now: clock.now() });
      return (await store.listHours({ measure, subject, since: new Date(clock.now().getTime() - MONTH_MS) })).map(({ hour, most }) => ({ at: hour, value: most }));
    },
    async acknowledge({ id, by, note }) {
      if ((await store.find(id)) === undefined) return refused('NO_SUCH_ITEM');
      if (!(await store.acknowledge(id, { at: clock.now(), by, note }))) return refused('CONFLICT', { zh: '该告警已消除，或已由他人确认', en: 'it has cleared, or somebody has acknowledged it' });
      await watch.readAgain();
      const alarm = await store.find(id);
      if (alarm === undefined) return refused('NO_SUCH_ITEM');
      await audit.record({ who: by, what: 'alarm.acknowledge', object: `alarm ${String(id)} ${alarm.rule} ${alarm.subject}`.trim(), reason: note });
      return ok(alarm);
    },
    async mute({ rule, until, by, reason }) {
      const now = clock.now();
      if (rule !== '' && !rules.some(({ id }) => id === rule)) return refused('NO_SUCH_ITEM', { zh: `没有名为 ${rule} 的生效告警规则`, en: `no rule in force is called ${rule}` });
      if (until <= now || until.getTime() - now.getTime() > LONGEST_MUTE_MS) return refused('MUTE_TIME_WRONG');
      const mute = await store.addMute({ rule, since: now, until, by, reason });
      await audit.record({ who: by, what: 'alarm.mute', object: `mute ${String(mute.id)} of ${nameOf(rule)}`, after: { until: until.toISOString() }, reason });
      return ok(mute);
    },
    async endMute({ id, by }) {
      const mute = (await store.mutes(clock.now())).find((one) => one.id === id);
      if (mute === undefined || !(await store.endMute(id, clock.now()))) return refused('NO_SUCH_ITEM');
      await audit.record({ who: by, what: 'alarm.unmute', object: `mute ${String(id)} of ${nameOf(mute.rule)}`, before: { until: mute.until.toISOString() } });
      delivery.nudge();
      return ok({ id });
    },
    async test({ channel, by }) {
      const sent = await delivery.test(channel);
      if (sent === undefined) return refused('NO_SUCH_ITEM');
      await audit.record({ who: by, what: 'alarm.test', object: `delivery channel ${channel}`, after: { delivered: sent.ok, ...(sent.ok ? {} : { problem: sent.problem }) } });
      return ok(sent);
    },
  };
}
