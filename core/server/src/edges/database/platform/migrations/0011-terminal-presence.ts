import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });

/** When terminals were on line: one row from coming to leaving. `terminal` empty: the platform itself, which nobody can reach while it is down. */
export const terminalPresence: Migration = {
  name: '0011-terminal-presence',
  async up({ queryInterface, transaction, sql }) {
    const options = { transaction };
    await queryInterface.createTable('terminal_presence', { id: serial, hospital: text(64), terminal: text(64), since: { type: DataTypes.DATE, allowNull: false }, until: { type: DataTypes.DATE, allowNull: true } }, options);
    // A terminal is there once, whatever is announced twice.
    await sql('CREATE UNIQUE INDEX terminal_presence_open ON terminal_presence (hospital, terminal) WHERE "until" IS NULL');
    await queryInterface.addIndex('terminal_presence', ['hospital', 'terminal', 'since'], { ...options, name: 'terminal_presence_of' });
    await queryInterface.addIndex('terminal_presence', ['hospital', 'until'], { ...options, name: 'terminal_presence_until' });
  },
};
