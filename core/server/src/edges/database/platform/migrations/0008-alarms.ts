import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const key = (length: number): ModelAttributeColumnOptions => ({ type: DataTypes.STRING(length), primaryKey: true, allowNull: false });
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true });
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };
const whole = { type: DataTypes.INTEGER, allowNull: false };
const real = { type: DataTypes.DOUBLE, allowNull: false };
const optionalReal = { type: DataTypes.DOUBLE, allowNull: true };

/** Alarms of monitoring (监控), what became of them, mutes, what is told to whom, and hours of what was measured. */
export const alarms: Migration = {
  name: '0008-alarms',
  async up({ queryInterface, transaction, sql }) {
    const options = { transaction };
    await queryInterface.createTable('alarm', {
      id: serial, hospital: text(64), rule: text(64), subject: text(120), severity: whole, value: real, raisedAt: time, acknowledgedAt: optionalTime, acknowledgedBy: optionalText(64), clearedAt: optionalTime,
    }, options);
    // One open alarm of a rule and subject, whatever is restarted in between.
    await sql('CREATE UNIQUE INDEX alarm_open ON alarm (hospital, rule, subject) WHERE "clearedAt" IS NULL');
    await queryInterface.addIndex('alarm', ['hospital', 'clearedAt'], { ...options, name: 'alarm_cleared' });
    await queryInterface.createTable('alarm_act', { id: serial, alarm: whole, what: text(16), at: time, who: text(80), note: text(500), value: optionalReal }, options);
    await queryInterface.addIndex('alarm_act', ['alarm'], { ...options, name: 'alarm_act_of' });
    await sql("CREATE TRIGGER alarm_act_no_update BEFORE UPDATE ON alarm_act BEGIN SELECT RAISE(ABORT, 'alarm_act is append-only'); END");
    // Retention removes acts with their alarm, once it is cleared, and in no other way.
    await sql(`CREATE TRIGGER alarm_act_no_delete BEFORE DELETE ON alarm_act WHEN EXISTS (SELECT 1 FROM alarm WHERE id = OLD.alarm AND "clearedAt" IS NULL) BEGIN SELECT RAISE(ABORT, 'an open alarm keeps its acts'); END`);
    await queryInterface.createTable('alarm_mute', { id: serial, hospital: text(64), rule: text(64), since: time, until: time, by: text(64), reason: text(500) }, options);
    await queryInterface.createTable('alarm_delivery', {
      id: serial, alarm: whole, channel: text(64), what: text(16), state: text(16), attempts: whole, since: time, dueAt: time, endedAt: optionalTime, problem: optionalText(300),
    }, options);
    await queryInterface.addIndex('alarm_delivery', ['alarm', 'channel', 'what'], { ...options, unique: true, name: 'alarm_delivery_once' });
    await queryInterface.addIndex('alarm_delivery', ['channel', 'state'], { ...options, name: 'alarm_delivery_waiting' });
    await queryInterface.createTable('reading_hour', { hospital: key(64), measure: key(64), subject: key(120), hour: { ...time, primaryKey: true }, least: real, most: real, average: real, samples: whole }, options);
    await queryInterface.addIndex('reading_hour', ['hospital', 'hour'], { ...options, name: 'reading_hour_by_hour' });
  },
};
