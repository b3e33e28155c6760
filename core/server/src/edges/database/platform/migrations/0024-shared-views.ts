import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

/** With whom the owner of a view shares it: a role, or everybody who may open its list. None: nobody. */
export const sharedViews: Migration = {
  name: '0024-shared-views',
  async up({ queryInterface, transaction }) {
    await queryInterface.addColumn('saved_view', 'sharedWith', { type: DataTypes.STRING(32), allowNull: true }, { transaction });
    await queryInterface.addIndex('saved_view', { name: 'saved_view_shared', fields: ['hospital', 'sharedWith'], transaction });
  },
};
