import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

/** The staff number (收费员工号) a person uses at windows: by it a cashier finds his own shifts, and who handed cash over is told from who takes it. */
export const userOperator: Migration = {
  name: '0005-user-operator',
  async up({ queryInterface, transaction }) {
    await queryInterface.addColumn('user', 'operatorId', { type: DataTypes.STRING(64), allowNull: true }, { transaction });
    await queryInterface.addIndex('user', ['hospital', 'operatorId'], { transaction, unique: true, name: 'user_operator' });
  },
};
