import { Op, type Sequelize } from 'sequelize';
import { MEASURES } from '../../../domain/alarm-measures.js';
import type { AlarmStore } from '../../../alarms/ports.js';
import type { Models } from './models.js';

/** Hours of what was measured. An hour that was begun before a restart and after it is one row: the two halves are joined. */
export function readingHourStore(sequelize: Sequelize, { readingHours }: Models, hospital: string): { readonly save: AlarmStore['saveHours']; readonly list: AlarmStore['listHours'] } {
  return {
    save: (hours) =>
      sequelize.transaction(async (transaction) => {
        for (const { hour, measure, subject, least, most, average, samples } of hours) {
          const where = { hospital, measure, subject, hour };
          const known = (await readingHours.findOne({ where, transaction }))?.get();
          if (known === undefined) {
            await readingHours.create({ ...where, least, most, average, samples }, { transaction });
            continue;
          }
          const total = known.samples + samples;
          await readingHours.update({ least: Math.min(known.least, least), most: Math.max(known.most, most), average: (known.average * known.samples + average * samples) / total, samples: total }, { where, transaction });
        }
      }),
    async list({ measure, subject, since }) {
      const rows = (await readingHours.findAll({ where: { hospital, measure, subject, hour: { [Op.gte]: since } }, order: ['hour'] })).map((row) => row.get());
      return rows.flatMap(({ measure: name, subject: of, hour, least, most, average, samples }) => {
        const known = MEASURES.find(({ id }) => id === name);
        return known === undefined ? [] : [{ hour, measure: known.id, subject: of, least, most, average, samples }];
      });
    },
  };
}
