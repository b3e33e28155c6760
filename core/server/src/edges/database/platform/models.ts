import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';

export type TerminalRow = { id: string; hospital: string; kind: string; title: string; status: string; keySealed: string | null; claimHash: string | null; claimExpiresAt: Date | null; lastSeenAt: Date | null; createdAt: Date; updatedAt: Date };
export type ApplicationRow = { id: string; hospital: string; title: string; status: string; secretSealed: string; notifyUrl: string | null; permissions: string; createdAt: Date; updatedAt: Date };
export type UserRow = { id: string; hospital: string; login: string; displayName: string; passwordHash: string; roles: string; status: string; failedAttempts: number; lockedUntil: Date | null; mustChangePassword: boolean; operatorId: string | null; createdAt: Date; updatedAt: Date };
export type SessionRow = { tokenHash: string; userId: string; createdAt: Date; lastUsedAt: Date; expiresAt: Date; address: string | null };
export type TaskRow = { name: string; hospital: string; rule: string; missed: string; enabled: boolean; createdAt: Date; updatedAt: Date };
export type TaskRunRow = { id: number; task: string; fireTime: Date; state: string; cause: string; startedAt: Date | null; finishedAt: Date | null; result: string | null };
export type DictionaryRow = { hospital: string; name: string; loadedAt: Date };
export type DictionaryEntryRow = { hospital: string; dictionary: string; code: string; name: string; position: number };
export type PluginInstanceRow = { id: string; hospital: string; plugin: string; kind: string; settingsSealed: string; enabled: boolean; state: string; lastError: string | null; createdAt: Date; updatedAt: Date };
export type AuditEventRow = { seq: number; at: string; who: string; what: string; object: string; before: string | null; after: string | null; reason: string | null; previousHash: string; hash: string };
export type CheckoutCodeRow = { tokenHash: string; checkoutNo: string; hospital: string; ownerKind: string; ownerId: string; terminalKind: string | null; merchantId: string; patientId: string; patientLabel: string; billNos: string; description: string; basis: string; quoteId: string | null; quotedAt: Date | null; issuedAt: Date; expiresAt: Date; revokedAt: Date | null; claimRound: number; claimBrowserHash: string | null; claimedAt: Date | null };
export type CardTerminalOperationRow = { operationNo: string; hospital: string; channel: string; terminalId: string; operation: string; state: string; code: string | null; message: string; tenant: string; askedKey: string; askedBy: string; operatorId: string | null; askedAt: Date; endedAt: Date | null };
export type TillOpeningRow = { openingNo: string; hospital: string; channel: string; tillNo: string; amountFen: number; state: string; message: string; tenant: string; askedKey: string; askedBy: string; operatorId: string | null; openedAt: Date };

export type CredentialRow = { hospital: string; owner: string; name: string; titleZh: string; titleEn: string; useZh: string; useEn: string; holder: string; kind: string; serial: string | null; subject: string | null; issuer: string | null; notBefore: Date | null; notAfter: Date | null; fingerprint: string | null; firstSeenAt: Date; lastSeenAt: Date; since: Date; isPresent: boolean };
export type CredentialEventRow = { id: number; hospital: string; owner: string; name: string; at: Date; what: string; before: string | null; after: string | null; wasRehearsed: boolean };
export type CredentialAlarmRow = { id: number; hospital: string; owner: string; name: string; kind: string; thresholdDays: number | null; severity: number; detail: string; raisedAt: Date; occasion: string; resolvedAt: Date | null; resolvedBy: string | null };
export type CredentialRotationRow = { id: number; hospital: string; instance: string; state: string; changedPaths: string; steps: string; fingerprints: string; settingsSealed: string | null; rehearsedAt: Date; rehearsedBy: string; carriedOutAt: Date | null; carriedOutBy: string | null; takenBackAt: Date | null };

export type TableOf<Row extends object, New extends object = Row> = ModelStatic<Model<Row, New>>;
export type NewTaskRunRow = Omit<TaskRunRow, 'id'>;

/** A new object each time: Sequelize writes the column's name into it. */
const key = () => ({ type: DataTypes.STRING, primaryKey: true });
const { STRING, TEXT, DATE, BOOLEAN, INTEGER } = DataTypes;

/** Tables as Sequelize models. Times are set by the repositories from the platform's clock, never by the library. */
export function defineModels(sequelize: Sequelize) {
  const options = (tableName: string) => ({ tableName, timestamps: false, freezeTableName: true });
  return {
    terminals: sequelize.define<Model<TerminalRow>>('terminal', { id: key(), hospital: STRING, kind: STRING, title: STRING, status: STRING, keySealed: TEXT, claimHash: STRING, claimExpiresAt: DATE, lastSeenAt: DATE, createdAt: DATE, updatedAt: DATE }, options('terminal')),
    applications: sequelize.define<Model<ApplicationRow>>('application', { id: key(), hospital: STRING, title: STRING, status: STRING, secretSealed: TEXT, notifyUrl: STRING, permissions: TEXT, createdAt: DATE, updatedAt: DATE }, options('application')),
    users: sequelize.define<Model<UserRow>>('user', { id: key(), hospital: STRING, login: STRING, displayName: STRING, passwordHash: STRING, roles: TEXT, status: STRING, failedAttempts: INTEGER, lockedUntil: DATE, mustChangePassword: BOOLEAN, operatorId: STRING, createdAt: DATE, updatedAt: DATE }, options('user')),
    sessions: sequelize.define<Model<SessionRow>>('session', { tokenHash: key(), userId: STRING, createdAt: DATE, lastUsedAt: DATE, expiresAt: DATE, address: STRING }, options('session')),
    tasks: sequelize.define<Model<TaskRow>>('task', { name: key(), hospital: STRING, rule: STRING, missed: STRING, enabled: BOOLEAN, createdAt: DATE, updatedAt: DATE }, options('task')),
    taskRuns: sequelize.define<Model<TaskRunRow, NewTaskRunRow>>('task_run', { id: { type: INTEGER, primaryKey: true, autoIncrement: true }, task: STRING, fireTime: DATE, state: STRING, cause: STRING, startedAt: DATE, finishedAt: DATE, result: STRING }, options('task_run')),
    dictionaries: sequelize.define<Model<DictionaryRow>>('dictionary', { hospital: key(), name: key(), loadedAt: DATE }, options('dictionary')),
    dictionaryEntries: sequelize.define<Model<DictionaryEntryRow>>('dictionary_entry', { hospital: key(), dictionary: key(), code: key(), name: STRING, position: INTEGER }, options('dictionary_entry')),
    pluginInstances: sequelize.define<Model<PluginInstanceRow>>('plugin_instance', { id: key(), hospital: STRING, plugin: STRING, kind: STRING, settingsSealed: TEXT, enabled: BOOLEAN, state: STRING, lastError: STRING, createdAt: DATE, updatedAt: DATE }, options('plugin_instance')),
    credentials: sequelize.define<Model<CredentialRow>>('credential', { hospital: key(), owner: key(), name: key(), titleZh: STRING, titleEn: STRING, useZh: STRING, useEn: STRING, holder: STRING, kind: STRING, serial: STRING, subject: STRING, issuer: STRING, notBefore: DATE, notAfter: DATE, fingerprint: STRING, firstSeenAt: DATE, lastSeenAt: DATE, since: DATE, isPresent: BOOLEAN }, options('credential')),
    credentialEvents: sequelize.define<Model<CredentialEventRow, Omit<CredentialEventRow, 'id'>>>('credential_event', { id: { type: INTEGER, primaryKey: true, autoIncrement: true }, hospital: STRING, owner: STRING, name: STRING, at: DATE, what: STRING, before: STRING, after: STRING, wasRehearsed: BOOLEAN }, options('credential_event')),
    credentialAlarms: sequelize.define<Model<CredentialAlarmRow, Omit<CredentialAlarmRow, 'id'>>>('credential_alarm', { id: { type: INTEGER, primaryKey: true, autoIncrement: true }, hospital: STRING, owner: STRING, name: STRING, kind: STRING, thresholdDays: INTEGER, severity: INTEGER, detail: STRING, raisedAt: DATE, occasion: STRING, resolvedAt: DATE, resolvedBy: STRING }, options('credential_alarm')),
    credentialRotations: sequelize.define<Model<CredentialRotationRow, Omit<CredentialRotationRow, 'id'>>>('credential_rotation', { id: { type: INTEGER, primaryKey: true, autoIncrement: true }, hospital: STRING, instance: STRING, state: STRING, changedPaths: TEXT, steps: TEXT, fingerprints: TEXT, settingsSealed: TEXT, rehearsedAt: DATE, rehearsedBy: STRING, carriedOutAt: DATE, carriedOutBy: STRING, takenBackAt: DATE }, options('credential_rotation')),
    checkoutCodes: sequelize.define<Model<CheckoutCodeRow>>('checkout_code', { tokenHash: key(), checkoutNo: STRING, hospital: STRING, ownerKind: STRING, ownerId: STRING, terminalKind: STRING, merchantId: STRING, patientId: STRING, patientLabel: STRING, billNos: TEXT, description: STRING, basis: STRING, quoteId: STRING, quotedAt: DATE, issuedAt: DATE, expiresAt: DATE, revokedAt: DATE, claimRound: INTEGER, claimBrowserHash: STRING, claimedAt: DATE }, options('checkout_code')),
    cardTerminalOperations: sequelize.define<Model<CardTerminalOperationRow>>('card_terminal_operation', { operationNo: key(), hospital: STRING, channel: STRING, terminalId: STRING, operation: STRING, state: STRING, code: STRING, message: STRING, tenant: STRING, askedKey: STRING, askedBy: STRING, operatorId: STRING, askedAt: DATE, endedAt: DATE }, options('card_terminal_operation')),
    tillOpenings: sequelize.define<Model<TillOpeningRow>>('till_opening', { openingNo: key(), hospital: STRING, channel: STRING, tillNo: STRING, amountFen: INTEGER, state: STRING, message: STRING, tenant: STRING, askedKey: STRING, askedBy: STRING, operatorId: STRING, openedAt: DATE }, options('till_opening')),
    auditEvents: sequelize.define<Model<AuditEventRow>>('audit_event', { seq: { type: INTEGER, primaryKey: true }, at: STRING, who: STRING, what: STRING, object: STRING, before: TEXT, after: TEXT, reason: STRING, previousHash: STRING, hash: STRING }, options('audit_event')),
  };
}
export type Models = ReturnType<typeof defineModels>;
