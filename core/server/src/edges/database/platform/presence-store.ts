import { Op, UniqueConstraintError } from 'sequelize';
import type { PresenceStore } from '../../../fleet/ports.js';
import type { Models } from './models.js';

export function presenceStore({ terminalPresences }: Models, hospital: string): PresenceStore {
  return {
    async begin(terminal, at) {
      try {
        await terminalPresences.create({ hospital, terminal, since: at, until: null });
      } catch (error) {
        // It is there already: said twice, or written by a run that was killed in between.
        if (!(error instanceof UniqueConstraintError)) throw error;
      }
    },
    async end(terminal, at) {
      await terminalPresences.update({ until: at }, { where: { hospital, terminal, until: null } });
    },
    async open() {
      return (await terminalPresences.findAll({ where: { hospital, until: null } })).map((row) => row.get()).map(({ terminal, since }) => ({ terminal, since }));
    },
    async between(from, to) {
      const rows = await terminalPresences.findAll({ where: { hospital, since: { [Op.lt]: to }, until: { [Op.or]: [{ [Op.gt]: from }, null] } }, order: ['since', 'id'] });
      return rows.map((row) => row.get()).map(({ terminal, since, until }) => ({ terminal, since, until: until ?? undefined }));
    },
    async firstOf(terminal) {
      return (await terminalPresences.findOne({ where: { hospital, terminal }, order: ['since'] }))?.get().since;
    },
  };
}
