import { DataTypes, type Model, type Sequelize } from 'sequelize';

export type AgreementRow = { agreementNo: string; hospital: string; appId: string; userId: string; channel: string; state: string; askedKey: string; tokenSealed: string | null; tokenHash: string | null; bankName: string | null; cardKind: string | null; lastFour: string | null; requestedAt: Date; codeExpiresAt: Date | null; codesEntered: number; boundAt: Date | null; lastNews: string | null };
export type AgreementEventRow = { id: number; agreementNo: string; fromState: string | null; toState: string; trigger: string; cause: string; at: Date };
export type HolderCheckRow = { checkNo: string; hospital: string; appId: string; userId: string; agreementNo: string; channel: string; state: string; tries: number; requestedAt: Date; expiresAt: Date };
export type QuickPaymentRow = { hospital: string; tenant: string; askedKey: string; appId: string; userId: string; agreementNo: string; amountFen: number; day: string; withPassword: boolean; at: Date };
export type PaymentPasswordColumns = { hospital: string; appId: string; userId: string; passwordHash: string; failures: number; lockedUntil: Date | null; setAt: Date };

/** A new object each time: Sequelize writes the column's name into it. */
const key = () => ({ type: DataTypes.STRING, primaryKey: true });
const { STRING, TEXT, DATE, BOOLEAN, INTEGER } = DataTypes;

/** The tables of quick pay as Sequelize models. */
export function defineQuickPayModels(sequelize: Sequelize) {
  const options = (tableName: string) => ({ tableName, timestamps: false, freezeTableName: true });
  return {
    agreements: sequelize.define<Model<AgreementRow>>('agreement', { agreementNo: key(), hospital: STRING, appId: STRING, userId: STRING, channel: STRING, state: STRING, askedKey: STRING, tokenSealed: TEXT, tokenHash: STRING, bankName: STRING, cardKind: STRING, lastFour: STRING, requestedAt: DATE, codeExpiresAt: DATE, codesEntered: INTEGER, boundAt: DATE, lastNews: STRING }, options('agreement')),
    agreementEvents: sequelize.define<Model<AgreementEventRow, Omit<AgreementEventRow, 'id'>>>('agreement_event', { id: { type: INTEGER, primaryKey: true, autoIncrement: true }, agreementNo: STRING, fromState: STRING, toState: STRING, trigger: STRING, cause: STRING, at: DATE }, options('agreement_event')),
    holderChecks: sequelize.define<Model<HolderCheckRow>>('holder_check', { checkNo: key(), hospital: STRING, appId: STRING, userId: STRING, agreementNo: STRING, channel: STRING, state: STRING, tries: INTEGER, requestedAt: DATE, expiresAt: DATE }, options('holder_check')),
    quickPayments: sequelize.define<Model<QuickPaymentRow>>('quick_payment', { hospital: key(), tenant: key(), askedKey: key(), appId: STRING, userId: STRING, agreementNo: STRING, amountFen: INTEGER, day: STRING, withPassword: BOOLEAN, at: DATE }, options('quick_payment')),
    paymentPasswords: sequelize.define<Model<PaymentPasswordColumns>>('payment_password', { hospital: key(), appId: key(), userId: key(), passwordHash: STRING, failures: INTEGER, lockedUntil: DATE, setAt: DATE }, options('payment_password')),
  };
}
export type QuickPayModels = ReturnType<typeof defineQuickPayModels>;
