import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const optional = (type: ModelAttributeColumnOptions['type']) => ({ type, allowNull: true });
const needed = (type: ModelAttributeColumnOptions['type']) => ({ type, allowNull: false });
const key = (length: number) => ({ type: DataTypes.STRING(length), primaryKey: true, allowNull: false });

/** Second factors (二次验证), passkeys (通行密钥), names for sessions, and what terminals prove a password by apart from the hash the console compares. */
export const secondFactor: Migration = {
  name: '0021-second-factor',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    await queryInterface.addColumn('user', 'operatorKeySealed', optional(DataTypes.TEXT), options);
    await queryInterface.addColumn('user', 'hasSecondFactor', { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false }, options);
    // Sessions of before have no name to be ended by: they end now.
    await queryInterface.bulkDelete('session', {}, options);
    await queryInterface.addColumn('session', 'id', optional(DataTypes.STRING(64)), options);
    await queryInterface.addColumn('session', 'agent', optional(DataTypes.STRING(200)), options);
    await queryInterface.addColumn('session', 'provenAt', optional(DataTypes.DATE), options);
    await queryInterface.createTable(
      'second_factor',
      {
        userId: key(64), secretSealed: optional(DataTypes.TEXT), confirmedAt: optional(DataTypes.DATE), lastStep: needed(DataTypes.INTEGER), recoveryHashes: needed(DataTypes.TEXT),
        enrolmentCodeHash: optional(DataTypes.STRING(64)), enrolmentUntil: optional(DataTypes.DATE), updatedAt: needed(DataTypes.DATE),
      },
      options,
    );
    await queryInterface.createTable(
      'passkey',
      {
        id: key(1400), userId: needed(DataTypes.STRING(64)), title: needed(DataTypes.STRING(64)), publicKey: needed(DataTypes.TEXT), counter: needed(DataTypes.BIGINT), transports: needed(DataTypes.TEXT), createdAt: needed(DataTypes.DATE),
        lastUsedAt: optional(DataTypes.DATE),
      },
      options,
    );
    await queryInterface.addIndex('passkey', { fields: ['userId'], name: 'passkey_user', transaction });
  },
};
