import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const time = { type: DataTypes.DATE, allowNull: false };

/** What users narrow lists by, each for himself (保存的视图): a name once in a list, and one default of each list at most. */
export const savedViews: Migration = {
  name: '0019-saved-views',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    await queryInterface.createTable('saved_view', { id: serial, hospital: text(64), userId: text(64), list: text(32), name: text(64), filters: { type: DataTypes.TEXT, allowNull: false }, isDefault: { type: DataTypes.BOOLEAN, allowNull: false }, createdAt: time, changedAt: time }, options);
    await queryInterface.addIndex('saved_view', { name: 'saved_view_name', fields: ['hospital', 'userId', 'list', 'name'], unique: true, ...options });
    await queryInterface.addIndex('saved_view', { name: 'saved_view_default', fields: ['hospital', 'userId', 'list'], unique: true, where: { isDefault: true }, ...options });
  },
};
