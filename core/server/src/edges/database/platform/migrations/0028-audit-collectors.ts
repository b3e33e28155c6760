import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

const key = { type: DataTypes.STRING(64), primaryKey: true, allowNull: false };

/** 审计外送: how far each collector has come. A row stays when its collector leaves the configuration: it goes on from there when it is back. */
export const auditCollectors: Migration = {
  name: '0028-audit-collectors',
  expands: true,
  async up({ queryInterface, transaction }) {
    await queryInterface.createTable('audit_collector', { hospital: key, collector: key, seq: { type: DataTypes.INTEGER, allowNull: false }, since: { type: DataTypes.DATE, allowNull: false }, takenAt: { type: DataTypes.DATE, allowNull: true } }, { transaction });
  },
};
