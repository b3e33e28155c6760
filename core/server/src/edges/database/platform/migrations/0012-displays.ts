import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optional = (type: ModelAttributeColumnOptions['type']) => ({ type, allowNull: true });

/** Screens that show the wallboard (监控大屏) with a token of their own; the token is kept as its hash. */
export const displays: Migration = {
  name: '0012-displays',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    await queryInterface.createTable(
      'display',
      {
        id: serial, hospital: text(64), title: text(64), tokenHash: { ...text(64), unique: true }, address: optional(DataTypes.STRING(64)), createdAt: { type: DataTypes.DATE, allowNull: false }, createdBy: text(64),
        withdrawnAt: optional(DataTypes.DATE), lastSeenAt: optional(DataTypes.DATE), lastAddress: optional(DataTypes.STRING(64)),
      },
      options,
    );
  },
};
