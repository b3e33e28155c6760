import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true });
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };

/** Aggregated codes (聚合码) that were given out. Their tokens are not among the columns. */
export const checkoutCodes: Migration = {
  name: '0003-checkout-codes',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    await queryInterface.createTable('checkout_code', {
      tokenHash: { type: DataTypes.STRING(64), primaryKey: true, allowNull: false }, checkoutNo: text(32), hospital: text(64), ownerKind: text(16), ownerId: text(64), terminalKind: optionalText(32),
      merchantId: text(64), patientId: text(64), patientLabel: text(100), billNos: { type: DataTypes.TEXT, allowNull: false }, description: text(120), basis: text(16), quoteId: optionalText(64),
      quotedAt: optionalTime, issuedAt: time, expiresAt: time, revokedAt: optionalTime, claimRound: { type: DataTypes.INTEGER, allowNull: false }, claimBrowserHash: optionalText(64), claimedAt: optionalTime,
    }, options);
    await queryInterface.addIndex('checkout_code', ['checkoutNo'], { ...options, unique: true, name: 'checkout_code_no' });
    await queryInterface.addIndex('checkout_code', ['expiresAt'], { ...options, name: 'checkout_code_expiry' });
  },
};
