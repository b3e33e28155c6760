import { Op, type Sequelize } from 'sequelize';
import type { AlarmStore } from '../../../alarms/ports.js';
import { asAlarm } from './alarm-row.js';
import type { AlarmDeliveryRow, Models } from './models.js';

/** What is told to whom about alarms. The rows are made with the alarm's own turn; here they only end or wait longer. */
export function alarmDeliveryStore(sequelize: Sequelize, { alarms, alarmDeliveries }: Models, hospital: string): Pick<AlarmStore, 'waiting' | 'delivered' | 'postpone' | 'drop' | 'listDeliveries'> {
  const waitingOf = (ids: readonly number[]) => ({ where: { id: { [Op.in]: [...ids] }, state: 'waiting' } });
  return {
    async waiting(channel) {
      const rows = (await alarmDeliveries.findAll({ where: { channel, state: 'waiting' }, order: ['id'], limit: 500 })).map((row) => row.get());
      const known = new Map((await alarms.findAll({ where: { hospital, id: { [Op.in]: rows.map(({ alarm }) => alarm) } } })).map((row) => [row.get().id, asAlarm(row.get())]));
      return rows.flatMap(({ id, alarm: number, what, attempts, since, dueAt }) => {
        const alarm = known.get(number);
        return alarm === undefined ? [] : [{ id, alarm, channel, what: whatOf(what), attempts, since, dueAt }];
      });
    },
    delivered: (ids, at) =>
      sequelize.transaction(async (transaction) => {
        const where = { id: { [Op.in]: [...ids] } };
        // Dropped in the meantime because it cleared, and told all the same.
        await alarmDeliveries.update({ state: 'delivered', endedAt: at, problem: null }, { where, transaction });
        const rows = (await alarmDeliveries.findAll({ where: { ...where, what: 'raised' }, transaction })).map((row) => row.get());
        for (const { alarm, channel } of rows) {
          const over = await alarms.count({ where: { hospital, id: alarm, clearedAt: { [Op.ne]: null } }, transaction });
          const known = await alarmDeliveries.count({ where: { alarm, channel, what: 'cleared' }, transaction });
          if (over > 0 && known === 0) await alarmDeliveries.create({ alarm, channel, what: 'cleared', state: 'waiting', attempts: 0, since: at, dueAt: at, endedAt: null, problem: null }, { transaction });
        }
      }),
    async postpone(ids, { dueAt, problem }) {
      await alarmDeliveries.increment('attempts', waitingOf(ids));
      await alarmDeliveries.update({ dueAt, problem }, waitingOf(ids));
    },
    async drop(ids, { at, problem }) {
      await alarmDeliveries.update({ state: 'dropped', endedAt: at, problem }, waitingOf(ids));
    },
    async listDeliveries({ channel, limit }) {
      const rows = await alarmDeliveries.findAll({ where: { channel }, order: [['id', 'DESC']], limit });
      return rows.map((row) => {
        const { state, what, attempts, since, endedAt, problem } = row.get();
        return { state: stateOf(state), what: whatOf(what), attempts, since, endedAt: endedAt ?? undefined, problem: problem ?? undefined };
      });
    },
  };
}

function whatOf(what: AlarmDeliveryRow['what']): 'raised' | 'cleared' {
  return what === 'cleared' ? 'cleared' : 'raised';
}
function stateOf(state: AlarmDeliveryRow['state']): 'waiting' | 'delivered' | 'dropped' {
  return state === 'delivered' || state === 'dropped' ? state : 'waiting';
}
