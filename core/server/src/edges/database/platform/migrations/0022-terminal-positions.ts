import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

const key = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false, primaryKey: true });
const optional = { type: DataTypes.STRING(64), allowNull: true };

/** Where a terminal stands in the buildings (安装位置), for whoever has to walk there. Beside the terminal's own row: routing and settlement never look at it. */
export const terminalPositions: Migration = {
  name: '0022-terminal-positions',
  async up({ queryInterface, transaction }) {
    await queryInterface.createTable(
      'terminal_position',
      { hospital: key(64), terminal: key(64), building: optional, floor: optional, area: optional, spot: optional, changedAt: { type: DataTypes.DATE, allowNull: false }, changedBy: { type: DataTypes.STRING(64), allowNull: false } },
      { transaction },
    );
  },
};
