import { Op, UniqueConstraintError, type Sequelize } from 'sequelize';
import { ALARM_ACTS, type AlarmAct, type AlarmStore } from '../../../alarms/ports.js';
import { alarmDeliveryStore } from './alarm-delivery-store.js';
import { asAlarm } from './alarm-row.js';
import type { AlarmActRow, Models } from './models.js';
import { readingHourStore } from './reading-hour-store.js';

/** The problem nobody was told of: it was over before anybody could be. */
const OVER = 'cleared before it was delivered';

export function alarmStore(sequelize: Sequelize, models: Models, hospital: string): AlarmStore {
  const { alarms, alarmActs, alarmMutes, alarmDeliveries } = models;
  const hours = readingHourStore(sequelize, models, hospital);
  return {
    ...alarmDeliveryStore(sequelize, models, hospital),
    saveHours: hours.save,
    listHours: hours.list,
    async openAlarms() {
      return (await alarms.findAll({ where: { hospital, clearedAt: null }, order: ['severity', 'id'] })).map((row) => asAlarm(row.get()));
    },
    async find(id) {
      const found = (await alarms.findOne({ where: { hospital, id } }))?.get();
      return found === undefined ? undefined : asAlarm(found);
    },
    async list({ before, limit }) {
      return (await alarms.findAll({ where: { hospital, ...(before === undefined ? {} : { id: { [Op.lt]: before } }) }, order: [['id', 'DESC']], limit })).map((row) => asAlarm(row.get()));
    },
    async actsOf(ids) {
      return ids.length === 0 ? [] : (await alarmActs.findAll({ where: { alarm: { [Op.in]: [...ids] } }, order: ['id'] })).map((row) => asAct(row.get()));
    },
    async raise({ rule, subject, severity, value, at, channels }) {
      try {
        return await sequelize.transaction(async (transaction) => {
          const row = await alarms.create({ hospital, rule, subject, severity, value, raisedAt: at, acknowledgedAt: null, acknowledgedBy: null, clearedAt: null }, { transaction });
          const alarm = asAlarm(row.get());
          await alarmActs.create({ alarm: alarm.id, what: 'raised', at, who: 'system', note: '', value }, { transaction });
          for (const channel of channels) await alarmDeliveries.create({ alarm: alarm.id, channel, what: 'raised', state: 'waiting', attempts: 0, since: at, dueAt: at, endedAt: null, problem: null }, { transaction });
          return alarm;
        });
      } catch (error) {
        if (error instanceof UniqueConstraintError) return undefined;
        throw error;
      }
    },
    async clear(id, { at, cause, value }) {
      await sequelize.transaction(async (transaction) => {
        const [cleared] = await alarms.update({ clearedAt: at }, { where: { hospital, id, clearedAt: null }, transaction });
        if (cleared === 0) return;
        await alarmActs.create({ alarm: id, what: 'cleared', at, who: 'system', note: cause, value: value ?? null }, { transaction });
        await alarmDeliveries.update({ state: 'dropped', endedAt: at, problem: OVER }, { where: { alarm: id, state: 'waiting' }, transaction });
        const told = await alarmDeliveries.findAll({ where: { alarm: id, what: 'raised', state: 'delivered' }, transaction });
        for (const row of told) await alarmDeliveries.create({ alarm: id, channel: row.get().channel, what: 'cleared', state: 'waiting', attempts: 0, since: at, dueAt: at, endedAt: null, problem: null }, { transaction });
      });
    },
    acknowledge: (id, { at, by, note }) =>
      sequelize.transaction(async (transaction) => {
        const [taken] = await alarms.update({ acknowledgedAt: at, acknowledgedBy: by }, { where: { hospital, id, clearedAt: null, acknowledgedAt: null }, transaction });
        if (taken === 0) return false;
        await alarmActs.create({ alarm: id, what: 'acknowledged', at, who: `user/${by}`, note, value: null }, { transaction });
        return true;
      }),
    async mutes(now) {
      return (await alarmMutes.findAll({ where: { hospital, until: { [Op.gt]: now } }, order: ['id'] })).map((row) => withoutHospital(row.get()));
    },
    async addMute(mute) {
      return withoutHospital((await alarmMutes.create({ hospital, ...mute })).get());
    },
    async endMute(id, at) {
      return (await alarmMutes.update({ until: at }, { where: { hospital, id, until: { [Op.gt]: at } } }))[0] === 1;
    },
    removeBefore: (time, hoursBefore) =>
      sequelize.transaction(async (transaction) => {
        const old = (await alarms.findAll({ where: { hospital, clearedAt: { [Op.lt]: time } }, transaction })).map((row) => row.get().id);
        const ofOld = { where: { alarm: { [Op.in]: old } }, transaction };
        await alarmActs.destroy(ofOld);
        await alarmDeliveries.destroy(ofOld);
        await alarms.destroy({ where: { hospital, id: { [Op.in]: old } }, transaction });
        await alarmMutes.destroy({ where: { hospital, until: { [Op.lt]: time } }, transaction });
        await models.readingHours.destroy({ where: { hospital, hour: { [Op.lt]: hoursBefore } }, transaction });
        return old.length;
      }),
  };
}

function asAct({ alarm, what, at, who, note, value }: AlarmActRow): AlarmAct {
  return { alarm, what: ALARM_ACTS.find((known) => known === what) ?? 'raised', at, who, note, value: value ?? undefined };
}

function withoutHospital<Row extends { readonly hospital: string }>({ hospital: _hospital, ...row }: Row): Omit<Row, 'hospital'> {
  return row;
}
