import { Op, type Sequelize } from 'sequelize';
import type { TerminalPositionRows } from '../../../fleet/ports.js';
import type { Models } from './models.js';

export function terminalPositionStore(sequelize: Sequelize, { terminalPositions }: Models, hospital: string): TerminalPositionRows {
  return {
    async list() {
      return (await terminalPositions.findAll({ where: { hospital }, order: ['terminal'] })).map((row) => row.get()).map(({ terminal, building, floor, area, spot }) => ({ terminal, building: building ?? undefined, floor: floor ?? undefined, area: area ?? undefined, spot: spot ?? undefined }));
    },
    put: (terminals, position, { by, at }) =>
      sequelize.transaction(async (transaction) => {
        await terminalPositions.destroy({ where: { hospital, terminal: { [Op.in]: [...terminals] } }, transaction });
        if (position === undefined) return;
        const { building, floor, area, spot } = position;
        await terminalPositions.bulkCreate(terminals.map((terminal) => ({ hospital, terminal, building: building ?? null, floor: floor ?? null, area: area ?? null, spot: spot ?? null, changedAt: at, changedBy: by })), { transaction });
      }),
  };
}
