import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optional = (type: typeof DataTypes.TEXT | typeof DataTypes.DATE | typeof DataTypes.INTEGER | typeof DataTypes.DOUBLE) => ({ type, allowNull: true });

/** 备份: one row per set that was begun, also those that failed. Rows stay when their sets go. */
export const backups: Migration = {
  name: '0026-backups',
  async up({ queryInterface, transaction, sql }) {
    await queryInterface.createTable(
      'backup_set',
      {
        hospital: { ...text(64), primaryKey: true }, name: { ...text(300), primaryKey: true }, by: text(64), begunAt: { type: DataTypes.DATE, allowNull: false }, state: text(16), endedAt: optional(DataTypes.DATE), bytes: optional(DataTypes.DOUBLE), files: optional(DataTypes.INTEGER),
        journalSeq: optional(DataTypes.INTEGER), sha256: { type: DataTypes.STRING(64), allowNull: true }, copies: { type: DataTypes.TEXT, allowNull: false }, problem: optional(DataTypes.TEXT), provedAt: optional(DataTypes.DATE), proof: optional(DataTypes.TEXT), proofFailedAt: optional(DataTypes.DATE),
      },
      { transaction },
    );
    await queryInterface.addIndex('backup_set', ['hospital', 'begunAt'], { transaction, name: 'backup_set_by_time' });
    await sql(`CREATE TRIGGER backup_set_no_delete BEFORE DELETE ON backup_set BEGIN SELECT RAISE(ABORT, 'a backup that was begun stays in the list'); END`);
  },
};
