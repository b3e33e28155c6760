/** 建档与就诊卡: files and cards of patients, and what is left on abolished prepayment accounts (院内账户). */
import { Type, type Static } from 'typebox';
import { closedObject, Day, DoneSchema, FenSchema, Id, Instant, Text, type HisCallContext, type HisResult } from './his-result.js';

export const NewPatientSchema = Type.Object(
  {
    name: Id(100), sex: Type.Enum(['male', 'female', 'unknown']), birthday: Day, idType: Id(16), idNo: Id(32), phone: Text(20),
    address: Type.Optional(Text(200)), nation: Type.Optional(Text(40)), guardianName: Type.Optional(Text(100)), guardianIdNo: Type.Optional(Text(32)),
  },
  closedObject,
);
export type NewPatient = Static<typeof NewPatientSchema>;
/** `cardNo` is the number inside the card, `cardFaceNo` the one printed on it. */
export const PatientFileSchema = Type.Object({ patientId: Id(32), cardNo: Type.Optional(Text(32)), cardFaceNo: Type.Optional(Text(32)) }, closedObject);
export type PatientFile = Static<typeof PatientFileSchema>;

export const CARD_STATES = ['valid', 'lost', 'cancelled'] as const;
export const CardCheckSchema = Type.Object({ patientId: Id(32), state: Type.Enum(CARD_STATES) }, closedObject);
export type CardCheck = Static<typeof CardCheckSchema>;
export const PatientChangeSchema = Type.Object({ patientId: Id(32), phone: Text(20), address: Type.Optional(Text(200)) }, closedObject);

export const AccountBalanceSchema = Type.Object({ balanceFen: FenSchema, frozenFen: FenSchema }, closedObject);
export type AccountBalance = Static<typeof AccountBalanceSchema>;
/** A movement on a prepayment account. `tradeNo`: ours, where the top-up came through us; the way back leads along it. */
export const AccountMovementSchema = Type.Object(
  { movementNo: Id(64), kind: Type.Enum(['topUp', 'use', 'return']), amountFen: FenSchema, at: Instant, tradeNo: Type.Optional(Text(64)), method: Type.Optional(Text(40)) },
  closedObject,
);
export type AccountMovement = Static<typeof AccountMovementSchema>;
export const AccountReturnSchema = Type.Object({ patientId: Id(32), returnNo: Id(64), amountFen: FenSchema, reason: Text(80) }, closedObject);
export const AccountReturnedSchema = Type.Object({ hisReturnNo: Id(64), balanceFen: FenSchema }, closedObject);

export type PatientFiles = {
  /** Idempotent by `idNo` and `name`: a second call finds the file the first one made. Children are named by their guardian. */
  createPatient(request: NewPatient, context: HisCallContext): Promise<HisResult<PatientFile>>;
  updatePatient(request: Static<typeof PatientChangeSchema>, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
};
export type Cards = {
  checkCard(request: { readonly cardType: string; readonly cardNo: string }, context: HisCallContext): Promise<HisResult<CardCheck>>;
  reportCardLost(request: { readonly patientId: string; readonly cardNo: string }, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
  reissueCard(request: { readonly patientId: string; readonly cardNo: string }, context: HisCallContext): Promise<HisResult<PatientFile>>;
};
/** Outpatient prepayment is abolished: an account is read and returned (清退), never filled. */
export type PrepaymentAccounts = {
  accountBalance(request: { readonly patientId: string }, context: HisCallContext): Promise<HisResult<AccountBalance>>;
  listAccountMovements(request: { readonly patientId: string }, context: HisCallContext): Promise<HisResult<AccountMovement[]>>;
  /** Takes the money off the account before it is paid out. Idempotent by `returnNo`. */
  returnAccountBalance(request: Static<typeof AccountReturnSchema>, context: HisCallContext): Promise<HisResult<Static<typeof AccountReturnedSchema>>>;
};
