import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

/** The one merchant number a user of the role merchant sees, and the one whose money an application may read. */
export const merchants: Migration = {
  name: '0016-merchants',
  async up({ queryInterface, transaction }) {
    for (const table of ['user', 'application']) await queryInterface.addColumn(table, 'merchantNo', { type: DataTypes.STRING(64), allowNull: true }, { transaction });
  },
};
