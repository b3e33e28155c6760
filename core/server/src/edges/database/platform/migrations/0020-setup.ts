import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });

/** 首次开通: what people did in the course of it (left a step out, measured, went live). Evidence: nothing of it is changed or taken away, and a box goes live once. */
export const setup: Migration = {
  name: '0020-setup',
  async up({ queryInterface, transaction, sql }) {
    await queryInterface.createTable(
      'setup_event',
      { id: serial, hospital: text(64), step: text(24), kind: text(24), at: { type: DataTypes.DATE, allowNull: false }, by: text(64), reason: { type: DataTypes.STRING(200), allowNull: true }, detail: { type: DataTypes.TEXT, allowNull: false } },
      { transaction },
    );
    await queryInterface.addIndex('setup_event', ['hospital', 'step', 'kind', 'id'], { transaction, name: 'setup_event_of_step' });
    await sql(`CREATE UNIQUE INDEX setup_went_live ON setup_event (hospital) WHERE kind = 'wentLive'`);
    await sql(`CREATE TRIGGER setup_skip_has_reason BEFORE INSERT ON setup_event WHEN NEW.kind = 'skipped' AND trim(coalesce(NEW.reason, '')) = '' BEGIN SELECT RAISE(ABORT, 'a step is left out with a reason'); END`);
    for (const [name, act] of [['update', 'UPDATE'], ['delete', 'DELETE']]) await sql(`CREATE TRIGGER setup_event_no_${name ?? ''} BEFORE ${act ?? ''} ON setup_event BEGIN SELECT RAISE(ABORT, 'setup_event is append-only'); END`);
  },
};
