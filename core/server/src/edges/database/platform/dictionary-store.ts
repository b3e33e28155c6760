import type { Sequelize } from 'sequelize';
import type { DictionaryStore } from '../../../dictionary/ports.js';
import type { Models } from './models.js';

export function dictionaryStore(sequelize: Sequelize, { dictionaries, dictionaryEntries }: Models, hospital: string): DictionaryStore {
  return {
    async read(name) {
      const dictionary = (await dictionaries.findOne({ where: { hospital, name } }))?.get();
      if (dictionary === undefined) return undefined;
      const entries = await dictionaryEntries.findAll({ where: { hospital, dictionary: name }, order: ['position'] });
      return { loadedAt: dictionary.loadedAt, entries: entries.map((entry) => ({ code: entry.get().code, name: entry.get().name })) };
    },
    async replace(name, { entries, loadedAt }) {
      await sequelize.transaction(async (transaction) => {
        await dictionaryEntries.destroy({ where: { hospital, dictionary: name }, transaction });
        await dictionaryEntries.bulkCreate(entries.map((entry, position) => ({ hospital, dictionary: name, code: entry.code, name: entry.name, position })), { transaction });
        await dictionaries.destroy({ where: { hospital, name }, transaction });
        await dictionaries.create({ hospital, name, loadedAt }, { transaction });
      });
    },
  };
}
