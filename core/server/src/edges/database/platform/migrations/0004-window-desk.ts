import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true });
const time = { type: DataTypes.DATE, allowNull: false };

/** What was asked of card terminals, and change money put into tills: written before the plugin hears of it. */
export const windowDesk: Migration = {
  name: '0004-window-desk',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    const asked = { tenant: text(100), askedKey: text(200), askedBy: text(100), operatorId: optionalText(64) };
    await queryInterface.createTable('card_terminal_operation', {
      operationNo: { type: DataTypes.STRING(40), primaryKey: true, allowNull: false }, hospital: text(64), channel: text(64), terminalId: text(64), operation: text(16), state: text(16), code: optionalText(64),
      message: text(500), ...asked, askedAt: time, endedAt: { type: DataTypes.DATE, allowNull: true },
    }, options);
    await queryInterface.addIndex('card_terminal_operation', ['tenant', 'askedKey'], { ...options, unique: true, name: 'card_terminal_operation_key' });
    await queryInterface.addIndex('card_terminal_operation', ['askedAt'], { ...options, name: 'card_terminal_operation_time' });
    await queryInterface.createTable('till_opening', {
      openingNo: { type: DataTypes.STRING(40), primaryKey: true, allowNull: false }, hospital: text(64), channel: text(64), tillNo: text(80), amountFen: { type: DataTypes.INTEGER, allowNull: false }, state: text(16),
      message: text(500), ...asked, openedAt: time,
    }, options);
    await queryInterface.addIndex('till_opening', ['tenant', 'askedKey'], { ...options, unique: true, name: 'till_opening_key' });
    await queryInterface.addIndex('till_opening', ['openedAt'], { ...options, name: 'till_opening_time' });
  },
};
