import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const id = (length = 64): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), primaryKey: true, allowNull: false });
const text = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), allowNull: true });
const long = { type: DataTypes.TEXT, allowNull: false };
const optionalLong = { type: DataTypes.TEXT, allowNull: true };
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };
const flag = { type: DataTypes.BOOLEAN, allowNull: false };
const whole = { type: DataTypes.INTEGER, allowNull: false };

/** Hospital is a key of every business row from the first day: several hospitals on one store is a later step, not a rewrite. */
const hospital = text(64);

/** The first tables of the platform's own, non-money database. */
export const firstTables: Migration = {
  name: '0001-first-tables',
  async up({ queryInterface, transaction, sql }) {
    const options = { transaction };
    await queryInterface.createTable('terminal', {
      id: id(), hospital, kind: text(32), title: text(100), status: text(16), keySealed: optionalLong, claimHash: optionalText(64),
      claimExpiresAt: optionalTime, lastSeenAt: optionalTime, createdAt: time, updatedAt: time,
    }, options);
    await queryInterface.addIndex('terminal', ['claimHash'], { ...options, unique: true, name: 'terminal_claim_hash' });
    await queryInterface.createTable('application', {
      id: id(), hospital, title: text(100), status: text(16), secretSealed: long, notifyUrl: optionalText(2048), permissions: long, createdAt: time, updatedAt: time,
    }, options);
    await queryInterface.createTable('user', {
      id: id(), hospital, login: text(64), displayName: text(100), passwordHash: text(256), roles: long, status: text(16), failedAttempts: whole,
      lockedUntil: optionalTime, mustChangePassword: flag, createdAt: time, updatedAt: time,
    }, options);
    await queryInterface.addIndex('user', ['hospital', 'login'], { ...options, unique: true, name: 'user_hospital_login' });
    await queryInterface.createTable('session', { tokenHash: id(), userId: text(64), createdAt: time, lastUsedAt: time, expiresAt: time, address: optionalText(64) }, options);
    await queryInterface.addIndex('session', ['userId'], { ...options, name: 'session_user' });
    await queryInterface.addIndex('session', ['expiresAt'], { ...options, name: 'session_expiry' });
    await queryInterface.createTable('task', { name: id(), hospital, rule: text(100), missed: text(16), enabled: flag, createdAt: time, updatedAt: time }, options);
    await queryInterface.createTable('task_run', {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false }, task: text(64), fireTime: time, state: text(16), cause: text(16),
      startedAt: optionalTime, finishedAt: optionalTime, result: optionalText(2000),
    }, options);
    // One firing is one row: two processes, or a restart in the same minute, cannot run it twice.
    await queryInterface.addIndex('task_run', ['task', 'fireTime'], { ...options, unique: true, name: 'task_run_once' });
    await queryInterface.createTable('dictionary', { hospital: id(), name: id(), loadedAt: time }, options);
    await queryInterface.createTable('dictionary_entry', { hospital: id(), dictionary: id(), code: id(), name: text(200), position: whole }, options);
    await queryInterface.createTable('plugin_instance', {
      id: id(), hospital, plugin: text(64), kind: text(32), settingsSealed: long, enabled: flag, state: text(16), lastError: optionalText(2000), createdAt: time, updatedAt: time,
    }, options);
    await queryInterface.createTable('audit_event', {
      seq: { type: DataTypes.INTEGER, primaryKey: true, allowNull: false }, at: text(32), who: text(128), what: text(64), object: text(256), before: optionalLong,
      after: optionalLong, reason: optionalText(500), previousHash: text(64), hash: text(64),
    }, options);
    for (const act of ['UPDATE', 'DELETE']) {
      await sql(`CREATE TRIGGER audit_event_no_${act.toLowerCase()} BEFORE ${act} ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`);
    }
  },
};
