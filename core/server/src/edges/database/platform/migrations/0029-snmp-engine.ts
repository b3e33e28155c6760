import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

/** 网管: who the SNMP agent is, and how often it has started (RFC 3414 2.2). */
export const snmpEngine: Migration = {
  name: '0029-snmp-engine',
  expands: true,
  async up({ queryInterface, transaction }) {
    await queryInterface.createTable('snmp_engine', { hospital: { type: DataTypes.STRING(64), primaryKey: true, allowNull: false }, engineId: { type: DataTypes.STRING(64), allowNull: false }, boots: { type: DataTypes.INTEGER, allowNull: false } }, { transaction });
  },
};
