import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { readBilingual, writeBilingual } from '../../../domain/bilingual.js';
import { TERMINAL_ALARMS, type FleetStore, type Sighting, type TerminalAlarm } from '../../../fleet/ports.js';
import type { Models, TerminalAlarmRow } from './models.js';

const Maybe = Type.Optional(Type.String());
const sightingList = Compile(Type.Array(Type.Object({ boot: Maybe, machine: Maybe, address: Maybe, software: Maybe, seq: Type.Integer(), at: Type.String() })));

export function terminalAlarmStore({ terminalAlarms }: Models, hospital: string): Pick<FleetStore, 'openAlarms' | 'listAlarms' | 'findAlarm' | 'raise' | 'resolve'> {
  return {
    async openAlarms() {
      return (await terminalAlarms.findAll({ where: { hospital, resolvedAt: null }, order: ['severity', 'id'] })).map((row) => asAlarm(row.get()));
    },
    async listAlarms({ limit }) {
      return (await terminalAlarms.findAll({ where: { hospital }, order: [['id', 'DESC']], limit })).map((row) => asAlarm(row.get()));
    },
    async findAlarm(id) {
      const found = (await terminalAlarms.findOne({ where: { hospital, id } }))?.get();
      return found === undefined ? undefined : asAlarm(found);
    },
    async raise({ sightings, ...alarm }) {
      const { terminal, kind, detail, raisedAt } = alarm;
      const newest = { detail: writeBilingual(detail), sightings: JSON.stringify(sightings), lastSeenAt: raisedAt };
      const [renewed] = await terminalAlarms.update(newest, { where: { hospital, terminal, kind, resolvedAt: null } });
      if (renewed > 0) return false;
      await terminalAlarms.create({ hospital, ...alarm, ...newest, resolvedAt: null, resolvedBy: null });
      return true;
    },
    async resolve(id, { at, by }) {
      return (await terminalAlarms.update({ resolvedAt: at, resolvedBy: by }, { where: { hospital, id, resolvedAt: null } }))[0] === 1;
    },
  };
}

function asAlarm({ id, terminal, kind, severity, detail, sightings, raisedAt, lastSeenAt, resolvedAt, resolvedBy }: TerminalAlarmRow): TerminalAlarm {
  return {
    id, terminal, kind: TERMINAL_ALARMS.find((known) => known === kind) ?? 'cloned', severity: severity === 1 ? 1 : severity === 2 ? 2 : 3, detail: readBilingual(detail), sightings: asSightings(sightings), raisedAt, lastSeenAt,
    resolvedAt: resolvedAt ?? undefined, resolvedBy: resolvedBy ?? undefined,
  };
}

/** What cannot be read is left out: the alarm stands without it. */
function asSightings(text: string): readonly Sighting[] {
  const value: unknown = JSON.parse(text);
  if (!sightingList.Check(value)) return [];
  return value.map(({ boot, machine, address, software, seq, at }) => ({ boot, machine, address, software, seq, at: new Date(at) }));
}
