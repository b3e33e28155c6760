import { DataTypes, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { Umzug } from 'umzug';
import type { Log } from '../../../domain/log.js';
import type { Migration } from './migrations/migration.js';

const TABLE = 'schema_migration';

/**
 * Brings the database to this version, forward only. A step and its entry in `schema_migration` are one transaction: a power cut between them
 * cannot leave a step done but not noted. A new database takes all steps in one: there is nothing to keep between two of them.
 * A database that a newer version has only expanded is taken as it is. @throws when it is newer in another way: an older program would not know what its rows mean.
 */
export async function migrate(sequelize: Sequelize, migrations: readonly Migration[], log: Log, now: () => Date): Promise<void> {
  const queryInterface = sequelize.getQueryInterface();
  await queryInterface.createTable(TABLE, { name: { type: DataTypes.STRING(100), primaryKey: true, allowNull: false }, appliedAt: { type: DataTypes.DATE, allowNull: false } });
  if (!('expands' in (await queryInterface.describeTable(TABLE)))) await queryInterface.addColumn(TABLE, 'expands', { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false });

  const applied = async (): Promise<string[]> => {
    const rows = await sequelize.query<{ name: string }>(`SELECT name FROM ${TABLE} ORDER BY name`, { type: QueryTypes.SELECT });
    return rows.map(({ name }) => name);
  };
  const known = new Set(migrations.map(({ name }) => name));
  const earlier = await applied();
  const expanding = new Set((await sequelize.query<{ name: string }>(`SELECT name FROM ${TABLE} WHERE expands = 1`, { type: QueryTypes.SELECT })).map(({ name }) => name));
  const unknown = earlier.filter((name) => !known.has(name) && !expanding.has(name));
  if (unknown.length > 0) {
    throw new Error(`the database was written by a newer version of the platform (${unknown.join(', ')}): start that version, or restore a backup made before the update`);
  }

  const applyInside = async (migration: Migration, transaction: Transaction): Promise<void> => {
    await migration.up({ queryInterface, transaction, sql: (text) => execute(sequelize, text, transaction) });
    await queryInterface.bulkInsert(TABLE, [{ name: migration.name, appliedAt: now(), expands: migration.expands === true }], { transaction });
    log.info('database migrated', { migration: migration.name });
  };
  if (earlier.length === 0) {
    await sequelize.transaction(async (transaction) => {
      for (const migration of migrations) await applyInside(migration, transaction);
    });
    return;
  }

  const apply = (migration: Migration) => () => sequelize.transaction((transaction) => applyInside(migration, transaction));
  const umzug = new Umzug({
    migrations: migrations.map((migration) => ({ name: migration.name, up: apply(migration) })),
    // The entry is written inside the step's own transaction; umzug only has to read.
    storage: { executed: applied, logMigration: async () => {}, unlogMigration: async () => {} },
    logger: undefined,
  });
  await umzug.up();
}

async function execute(sequelize: Sequelize, text: string, transaction: Transaction): Promise<void> {
  await sequelize.query(text, { transaction, type: QueryTypes.RAW });
}
