import type { Sequelize, Transaction } from 'sequelize';
import { CONFIGURATION_SCOPES, type ConfigurationDocument, type ConfigurationLayer, type FleetStore } from '../../../fleet/ports.js';
import type { Models, TerminalConfigurationRow } from './models.js';

/** Layers of terminals' configuration. One counter numbers every change of the hospital, so that whatever is merged has a version that only grows. */
export function terminalConfigurationStore(sequelize: Sequelize, { terminalConfigurations, terminalStates }: Models, hospital: string): Pick<FleetStore, 'listLayers' | 'saveLayer' | 'notePlaced' | 'placedRevisions'> {
  const nextRevision = async (transaction: Transaction): Promise<number> => {
    const layers: unknown = await terminalConfigurations.max('revision', { where: { hospital }, transaction });
    const placed: unknown = await terminalStates.max('placedRevision', { where: { hospital }, transaction });
    return Math.max(0, ...[layers, placed].filter((value) => typeof value === 'number')) + 1;
  };
  return {
    async listLayers() {
      return (await terminalConfigurations.findAll({ where: { hospital }, order: ['scope', 'scopeId'] })).map((row) => asLayer(row.get()));
    },
    saveLayer: (layer, expectedRevision) =>
      sequelize.transaction(async (transaction) => {
        const { scope, scopeId } = layer;
        const present = (await terminalConfigurations.findOne({ where: { hospital, scope, scopeId }, transaction }))?.get();
        if ((present?.revision ?? 0) !== expectedRevision) return undefined;
        const revision = await nextRevision(transaction);
        const values = { hospital, scope, scopeId, revision, document: JSON.stringify(layer.document), changedAt: layer.changedAt, changedBy: layer.changedBy };
        if (present === undefined) await terminalConfigurations.create(values, { transaction });
        else await terminalConfigurations.update(values, { where: { hospital, scope, scopeId }, transaction });
        return { ...layer, revision };
      }),
    notePlaced: (terminal) =>
      sequelize.transaction(async (transaction) => {
        const placedRevision = await nextRevision(transaction);
        const [known] = await terminalStates.update({ placedRevision }, { where: { hospital, terminal }, transaction });
        if (known === 0) {
          const nothing = { software: null, machine: null, clockSkewMs: null, reportedAt: null, configurationVersion: null, configurationHash: null, configurationError: null, configurationAt: null };
          await terminalStates.create({ hospital, terminal, ...nothing, placedRevision }, { transaction });
        }
      }),
    async placedRevisions() {
      const rows = (await terminalStates.findAll({ where: { hospital } })).map((row) => row.get());
      return new Map(rows.flatMap(({ terminal, placedRevision }) => (placedRevision === null ? [] : [[terminal, placedRevision] as const])));
    },
  };
}

function asLayer({ scope, scopeId, revision, document, changedAt, changedBy }: TerminalConfigurationRow): ConfigurationLayer {
  const value: unknown = JSON.parse(document);
  return { scope: CONFIGURATION_SCOPES.find((known) => known === scope) ?? 'terminal', scopeId, revision, document: isDocument(value) ? value : {}, changedAt, changedBy };
}

function isDocument(value: unknown): value is ConfigurationDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
