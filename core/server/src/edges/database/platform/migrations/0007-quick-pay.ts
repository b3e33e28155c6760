import { DataTypes } from 'sequelize';
import type { Migration } from './migration.js';

const key = (length: number) => ({ type: DataTypes.STRING(length), primaryKey: true, allowNull: false });
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true });
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };
const integer = { type: DataTypes.INTEGER, allowNull: false };

/** 快捷支付: cards bound by agreement (token sealed, of the card its last four digits), every change of their state with its cause, checks of holders, payment passwords, and what was paid without one. */
export const quickPay: Migration = {
  name: '0007-quick-pay',
  async up({ queryInterface, transaction, sql }) {
    const options = { transaction };
    await queryInterface.createTable('agreement', {
      agreementNo: key(32), hospital: text(64), appId: text(64), userId: text(64), channel: text(64), state: text(16), askedKey: text(64), tokenSealed: { type: DataTypes.TEXT, allowNull: true }, tokenHash: optionalText(64),
      bankName: optionalText(60), cardKind: optionalText(16), lastFour: optionalText(4), requestedAt: time, codeExpiresAt: optionalTime, codesEntered: integer, boundAt: optionalTime, lastNews: optionalText(120),
    }, options);
    await queryInterface.addIndex('agreement', ['hospital', 'appId', 'askedKey'], { ...options, unique: true, name: 'agreement_asked_key' });
    await queryInterface.addIndex('agreement', ['hospital', 'appId', 'userId'], { ...options, name: 'agreement_holder' });
    // The same token twice would be one card under two numbers: unbound under one, charged under the other.
    await sql("CREATE UNIQUE INDEX agreement_live_token ON agreement (hospital, tokenHash) WHERE state IN ('active', 'ending')");
    await queryInterface.createTable('agreement_event', {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false }, agreementNo: text(32), fromState: optionalText(16), toState: text(16), trigger: text(16), cause: text(200), at: time,
    }, options);
    await queryInterface.addIndex('agreement_event', ['agreementNo'], { ...options, name: 'agreement_event_of' });
    await queryInterface.createTable('holder_check', {
      checkNo: key(32), hospital: text(64), appId: text(64), userId: text(64), agreementNo: text(32), channel: text(64), state: text(16), tries: integer, requestedAt: time, expiresAt: time,
    }, options);
    await queryInterface.createTable('quick_payment', {
      hospital: key(64), tenant: key(100), askedKey: key(64), appId: text(64), userId: text(64), agreementNo: text(32), amountFen: integer, day: text(10), withPassword: { type: DataTypes.BOOLEAN, allowNull: false }, at: time,
    }, options);
    await queryInterface.addIndex('quick_payment', ['hospital', 'appId', 'userId', 'day'], { ...options, name: 'quick_payment_day' });
    await queryInterface.addIndex('quick_payment', ['agreementNo'], { ...options, name: 'quick_payment_agreement' });
    await queryInterface.createTable('payment_password', {
      hospital: key(64), appId: key(64), userId: key(64), passwordHash: text(200), failures: integer, lockedUntil: optionalTime, setAt: time,
    }, options);
  },
};
