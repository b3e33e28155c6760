import type { Sequelize } from 'sequelize';
import type { SnmpEngines } from '../../../operations/ports.js';
import type { Models } from './models.js';

export function snmpEngineStore(sequelize: Sequelize, { snmpEngines }: Models, hospital: string): SnmpEngines {
  return {
    boot: (freshId) =>
      sequelize.transaction(async (transaction) => {
        const found = (await snmpEngines.findOne({ where: { hospital }, transaction }))?.get();
        const engine = { engineId: found?.engineId ?? freshId, boots: (found?.boots ?? 0) + 1 };
        await snmpEngines.upsert({ hospital, ...engine }, { transaction });
        return engine;
      }),
    async forget() {
      await snmpEngines.destroy({ where: { hospital } });
    },
  };
}
