import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const key = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), primaryKey: true, allowNull: false });
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true });
const long = { type: DataTypes.TEXT, allowNull: false };
const optionalLong = { type: DataTypes.TEXT, allowNull: true };
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };
const whole = { type: DataTypes.INTEGER, allowNull: false };
const optionalWhole = { type: DataTypes.INTEGER, allowNull: true };

/** Terminals have places, keys that are rotated and certificates; what they report, what is wrong with them and what they are told. */
export const terminalFleet: Migration = {
  name: '0006-terminal-fleet',
  async up({ queryInterface, transaction }) {
    const options = { transaction };
    const added: readonly (readonly [string, ModelAttributeColumnOptions])[] = [
      ['campus', optionalText(64)], ['groupId', optionalText(64)], ['keySince', optionalTime], ['nextKeySealed', optionalLong], ['nextDeviceKey', optionalText(100)], ['nextCoreKey', optionalText(100)],
      ['previousKeySealed', optionalLong], ['previousKeyUntil', optionalTime], ['rotationAskedAt', optionalTime],
    ];
    for (const [name, column] of added) await queryInterface.addColumn('terminal', name, column, options);
    await queryInterface.createTable('terminal_group', { hospital: key(64), id: key(64), title: text(100), createdAt: time }, options);
    await queryInterface.createTable('terminal_state', {
      hospital: key(64), terminal: key(64), software: optionalText(100), machine: optionalText(64), clockSkewMs: optionalWhole, reportedAt: optionalTime, configurationVersion: optionalWhole,
      configurationHash: optionalText(64), configurationError: optionalText(200), configurationAt: optionalTime, placedRevision: optionalWhole,
    }, options);
    await queryInterface.createTable('terminal_fault', {
      id: serial, hospital: text(64), terminal: text(64), component: text(32), code: text(64), level: text(16), detail: optionalText(200), raisedAt: time, clearedAt: optionalTime,
    }, options);
    await queryInterface.addIndex('terminal_fault', ['hospital', 'terminal', 'clearedAt'], { ...options, name: 'terminal_fault_of' });
    await queryInterface.createTable('terminal_alarm', {
      id: serial, hospital: text(64), terminal: text(64), kind: text(32), severity: whole, detail: text(500), sightings: long, raisedAt: time, lastSeenAt: time, resolvedAt: optionalTime, resolvedBy: optionalText(80),
    }, options);
    await queryInterface.addIndex('terminal_alarm', ['hospital', 'resolvedAt'], { ...options, name: 'terminal_alarm_open' });
    await queryInterface.createTable('terminal_configuration', { hospital: key(64), scope: key(16), scopeId: key(64), revision: whole, document: long, changedAt: time, changedBy: text(64) }, options);
    await queryInterface.createTable('terminal_notice', {
      noticeId: key(40), hospital: text(64), audience: text(64), severity: text(16), zh: text(500), en: optionalText(500), validFrom: time, validUntil: time, createdAt: time, createdBy: text(64),
      withdrawnAt: optionalTime, withdrawnBy: optionalText(64),
    }, options);
    await queryInterface.addIndex('terminal_notice', ['hospital', 'validUntil'], { ...options, name: 'terminal_notice_end' });
    await queryInterface.createTable('terminal_certificate', {
      serial: key(64), hospital: text(64), terminal: text(64), notBefore: time, notAfter: time, fingerprint: text(64), revokedAt: optionalTime,
    }, options);
    await queryInterface.addIndex('terminal_certificate', ['hospital', 'terminal'], { ...options, name: 'terminal_certificate_of' });
    await queryInterface.createTable('platform_key', { hospital: key(64), name: key(64), keySealed: long, certificate: optionalLong, createdAt: time }, options);
  },
};
