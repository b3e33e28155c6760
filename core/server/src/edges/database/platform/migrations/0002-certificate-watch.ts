import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const key = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), primaryKey: true, allowNull: false });
const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const text = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), allowNull: true });
const long = { type: DataTypes.TEXT, allowNull: false };
const optionalLong = { type: DataTypes.TEXT, allowNull: true };
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };
const flag = { type: DataTypes.BOOLEAN, allowNull: false };
const whole = { type: DataTypes.INTEGER, allowNull: false };
const optionalWhole = { type: DataTypes.INTEGER, allowNull: true };

/** Keys and certificates as they were last seen, what became of them, their alarms, and rehearsed rotations. */
export const certificateWatch: Migration = {
  name: '0002-certificate-watch',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    await queryInterface.createTable('credential', {
      hospital: key(64), owner: key(64), name: key(120), titleZh: text(80), titleEn: text(80), useZh: text(160), useEn: text(160), holder: text(8), kind: text(16), serial: optionalText(80),
      subject: optionalText(200), issuer: optionalText(200), notBefore: optionalTime, notAfter: optionalTime, fingerprint: optionalText(64), firstSeenAt: time, lastSeenAt: time, since: time, isPresent: flag,
    }, options);
    await queryInterface.createTable('credential_event', {
      id: serial, hospital: text(64), owner: text(64), name: text(120), at: time, what: text(16), before: optionalText(64), after: optionalText(64), wasRehearsed: flag,
    }, options);
    await queryInterface.addIndex('credential_event', ['hospital', 'owner', 'name'], { ...options, name: 'credential_event_of' });
    await queryInterface.createTable('credential_alarm', {
      id: serial, hospital: text(64), owner: text(64), name: text(120), kind: text(16), thresholdDays: optionalWhole, severity: whole, detail: text(500), raisedAt: time, occasion: text(120),
      resolvedAt: optionalTime, resolvedBy: optionalText(64),
    }, options);
    // One occasion, one alarm: whatever was restarted in between.
    await queryInterface.addIndex('credential_alarm', ['hospital', 'owner', 'name', 'kind', 'occasion'], { ...options, unique: true, name: 'credential_alarm_once' });
    await queryInterface.createTable('credential_rotation', {
      id: serial, hospital: text(64), instance: text(64), state: text(16), changedPaths: long, steps: long, fingerprints: long, settingsSealed: optionalLong, rehearsedAt: time, rehearsedBy: text(64),
      carriedOutAt: optionalTime, carriedOutBy: optionalText(64), takenBackAt: optionalTime,
    }, options);
    await queryInterface.addIndex('credential_rotation', ['hospital', 'instance'], { ...options, name: 'credential_rotation_of' });
  },
};
