import { DataTypes, type Model, type Sequelize } from 'sequelize';

export type ChangeProposalRow = { id: number; hospital: string; changeNo: string; kind: string; subject: string; contentSealed: string | null; contentHash: string; stateHash: string; lines: string; levels: number; hash: string; reason: string; proposedBy: string; proposedAt: Date; expiresAt: Date; state: string; firstApprovedBy: string | null; decidedBy: string | null; decidedAt: Date | null; endedAt: Date | null; error: string | null };
export type ChangeDecisionRow = { id: number; hospital: string; changeNo: string; what: string; by: string; at: Date; hash: string; reason: string };
export type ChangeControlRow = { hospital: string; since: Date };
export type ApprovedConfigurationRow = { hospital: string; partsSealed: string; hash: string; changeNo: string | null; approvedAt: Date };

const { STRING, TEXT, DATE, INTEGER } = DataTypes;
const serial = () => ({ type: INTEGER, primaryKey: true, autoIncrement: true });

/** Tables of changes (变更申请). */
export function defineChangeModels(sequelize: Sequelize) {
  const options = (tableName: string) => ({ tableName, timestamps: false, freezeTableName: true });
  return {
    proposals: sequelize.define<Model<ChangeProposalRow, Omit<ChangeProposalRow, 'id'>>>('change_proposal', { id: serial(), hospital: STRING, changeNo: STRING, kind: STRING, subject: STRING, contentSealed: TEXT, contentHash: STRING, stateHash: STRING, lines: TEXT, levels: INTEGER, hash: STRING, reason: STRING, proposedBy: STRING, proposedAt: DATE, expiresAt: DATE, state: STRING, firstApprovedBy: STRING, decidedBy: STRING, decidedAt: DATE, endedAt: DATE, error: STRING }, options('change_proposal')),
    decisions: sequelize.define<Model<ChangeDecisionRow, Omit<ChangeDecisionRow, 'id'>>>('change_decision', { id: serial(), hospital: STRING, changeNo: STRING, what: STRING, by: STRING, at: DATE, hash: STRING, reason: STRING }, options('change_decision')),
    control: sequelize.define<Model<ChangeControlRow>>('change_control', { hospital: { type: STRING, primaryKey: true }, since: DATE }, options('change_control')),
    configuration: sequelize.define<Model<ApprovedConfigurationRow>>('approved_configuration', { hospital: { type: STRING, primaryKey: true }, partsSealed: TEXT, hash: STRING, changeNo: STRING, approvedAt: DATE }, options('approved_configuration')),
  };
}
export type ChangeModels = ReturnType<typeof defineChangeModels>;
