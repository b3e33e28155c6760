import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize';
import type { Migration } from './migration.js';

const serial: ModelAttributeColumnOptions = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false };
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const optionalText = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true });
const long = { type: DataTypes.TEXT, allowNull: false };
const optionalLong = { type: DataTypes.TEXT, allowNull: true };
const time = { type: DataTypes.DATE, allowNull: false };
const optionalTime = { type: DataTypes.DATE, allowNull: true };
const whole = { type: DataTypes.INTEGER, allowNull: false };

/** People who can approve a change. A column that says otherwise than `writeTextList` counts as nobody. */
const APPROVERS = `SELECT count(*) FROM user WHERE hospital = %.hospital AND status = 'active' AND "mustChangePassword" = 0 AND (roles LIKE '%"administrator"%' OR roles LIKE '%"finance"%')`;

/** 变更申请: proposals, their decisions, since when two persons are needed, and the part of the configuration that was approved. The rules of approval are walls here, too. */
export const changeProposals: Migration = {
  name: '0009-change-proposals',
  async up({ queryInterface, transaction, sql }) {
    const options = { transaction };
    await queryInterface.createTable('change_proposal', {
      id: serial, hospital: text(64), changeNo: text(16), kind: text(24), subject: text(120), contentSealed: optionalLong, contentHash: text(64), stateHash: text(64), lines: long, levels: whole, hash: text(64), reason: text(200),
      proposedBy: text(64), proposedAt: time, expiresAt: time, state: text(16), firstApprovedBy: optionalText(64), decidedBy: optionalText(64), decidedAt: optionalTime, endedAt: optionalTime, error: optionalText(500),
    }, options);
    await queryInterface.addIndex('change_proposal', ['hospital', 'changeNo'], { ...options, unique: true, name: 'change_proposal_no' });
    await sql(`CREATE UNIQUE INDEX change_proposal_open ON change_proposal (hospital, subject) WHERE state IN ('proposed', 'firstApproved', 'approved')`);
    await queryInterface.createTable('change_decision', { id: serial, hospital: text(64), changeNo: text(16), what: text(16), by: text(64), at: time, hash: text(64), reason: text(200) }, options);
    await queryInterface.createTable('change_control', { hospital: { ...text(64), primaryKey: true }, since: time }, options);
    await queryInterface.createTable('approved_configuration', { hospital: { ...text(64), primaryKey: true }, partsSealed: long, hash: text(64), changeNo: optionalText(16), approvedAt: time }, options);

    const wall = (name: string, when: string, why: string) => sql(`CREATE TRIGGER ${name} ${when} BEGIN SELECT RAISE(ABORT, '${why}'); END`);
    await wall('change_proposal_shown', `BEFORE UPDATE OF "changeNo", kind, subject, "contentHash", "stateHash", lines, levels, hash, reason, "proposedBy", "proposedAt", "expiresAt" ON change_proposal`, 'what was proposed stays as it was shown');
    await wall('change_proposal_kept', 'BEFORE DELETE ON change_proposal', 'change_proposal is kept');
    await wall('change_proposal_begins', `BEFORE INSERT ON change_proposal WHEN NOT (NEW.state = 'proposed' AND NEW.levels IN (1, 2)) AND NOT (NEW.state = 'approved' AND NEW.levels = 0 AND NOT EXISTS (SELECT 1 FROM change_control WHERE hospital = NEW.hospital))`, 'a change is proposed first');
    await wall('change_proposal_moves', `BEFORE UPDATE OF state ON change_proposal WHEN NOT (
      (OLD.state = 'proposed' AND NEW.state IN ('firstApproved', 'approved', 'refused', 'expired', 'superseded')) OR (OLD.state = 'firstApproved' AND NEW.state IN ('approved', 'refused', 'expired', 'superseded')) OR (OLD.state = 'approved' AND NEW.state IN ('applied', 'failed')))`, 'a change does not move this way');
    await wall('change_proposal_levels', `BEFORE UPDATE OF state ON change_proposal WHEN NEW.state = 'approved' AND OLD.levels = 2 AND OLD.state <> 'firstApproved'`, 'two approvals are needed');
    await wall('change_proposal_persons', `BEFORE UPDATE OF state ON change_proposal WHEN NEW.state IN ('firstApproved', 'approved') AND (NEW."firstApprovedBy" = NEW."proposedBy" OR NEW."decidedBy" = NEW."proposedBy" OR NEW."decidedBy" = NEW."firstApprovedBy" OR (NEW.state = 'approved' AND NEW."decidedBy" IS NULL) OR (NEW.state = 'firstApproved' AND NEW."firstApprovedBy" IS NULL))`, 'nobody approves what he proposed, or twice');
    await wall('change_decision_no_update', 'BEFORE UPDATE ON change_decision', 'change_decision is append-only');
    await wall('change_decision_no_delete', 'BEFORE DELETE ON change_decision', 'change_decision is append-only');
    await wall('change_control_no_update', 'BEFORE UPDATE ON change_control', 'two persons stay needed');
    await wall('change_control_no_delete', 'BEFORE DELETE ON change_control', 'two persons stay needed');

    // From the moment two could approve, whoever made them so, and for ever: taking one away again changes nothing.
    const begins = (row: string) => `INSERT INTO change_control (hospital, since) SELECT ${row}.hospital, ${row}."updatedAt" WHERE (${APPROVERS.replace('%.', `${row}.`)}) >= 2 AND NOT EXISTS (SELECT 1 FROM change_control WHERE hospital = ${row}.hospital)`;
    await sql(`CREATE TRIGGER change_control_on_insert AFTER INSERT ON user BEGIN ${begins('NEW')}; END`);
    await sql(`CREATE TRIGGER change_control_on_update AFTER UPDATE ON user BEGIN ${begins('NEW')}; END`);
    await sql(`INSERT INTO change_control (hospital, since) SELECT hospital, max("updatedAt") FROM user WHERE status = 'active' AND "mustChangePassword" = 0 AND (roles LIKE '%"administrator"%' OR roles LIKE '%"finance"%') GROUP BY hospital HAVING count(*) >= 2`);
  },
};
