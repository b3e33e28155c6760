/** 住院: who lies where, deposits (预交金), fees by day, and the settlement at discharge. Money is confirmed by `confirm` with `business` `deposit` or `discharge`. */
import { Type, type Static } from 'typebox';
import { closedObject, FenSchema, Id, Instant, Text, type HisCallContext, type HisQueryResult, type HisResult } from './his-result.js';

export const INPATIENT_STATES = ['admitted', 'leaving', 'discharged', 'settled'] as const;
/** One stay. `visitId` is the number of the stay (住院次数): a deposit for an earlier one is refused. */
export const InpatientSchema = Type.Object(
  {
    inpatientNo: Id(32), visitId: Id(32), patientId: Id(32), name: Text(100), state: Type.Enum(INPATIENT_STATES), ward: Text(100), bed: Text(40), departmentName: Text(100), admittedAt: Instant,
    dischargedAt: Type.Optional(Instant), depositFen: FenSchema, costFen: FenSchema, selfCostFen: FenSchema, arrearsFen: FenSchema, feeCategory: Type.Optional(Text(40)),
  },
  closedObject,
);
export type Inpatient = Static<typeof InpatientSchema>;

export const DepositSchema = Type.Object(
  { receiptNo: Id(64), tradeNo: Type.Optional(Text(64)), amountFen: FenSchema, at: Instant, method: Type.Optional(Text(40)), state: Type.Enum(['paid', 'voided', 'refunded', 'settled']) },
  closedObject,
);
export type Deposit = Static<typeof DepositSchema>;
/** A line of the daily list (一日清单). `ownShare`: 自付比例 as the HIS writes it. */
export const DailyFeeSchema = Type.Object(
  { feeNo: Id(64), itemCode: Text(64), itemName: Text(200), feeClass: Text(40), spec: Type.Optional(Text(100)), unit: Type.Optional(Text(40)), quantity: Text(20), amountFen: FenSchema, ownShare: Type.Optional(Text(20)), at: Instant },
  closedObject,
);
export type DailyFee = Static<typeof DailyFeeSchema>;
export const FeeSumSchema = Type.Object({ feeClass: Text(40), amountFen: FenSchema }, closedObject);
export type FeeSum = Static<typeof FeeSumSchema>;

/** Whether the stay can be settled without a window: open orders, drugs not returned and an open insurance registration forbid it. */
export const DischargeCheckSchema = Type.Object({ mayBeSettled: Type.Enum(['yes', 'no']), hindrance: Text(500) }, closedObject);
/** 出院预结算. total = fund + personalAccount + selfPay; the deposits go against self-pay: either `collectFen` or `refundFen` is left. */
export const DischargeQuoteSchema = Type.Object(
  { settlementQuoteNo: Id(64), totalFen: FenSchema, fundFen: FenSchema, personalAccountFen: FenSchema, selfPayFen: FenSchema, depositFen: FenSchema, collectFen: FenSchema, refundFen: FenSchema, validUntil: Instant },
  closedObject,
);
export type DischargeQuote = Static<typeof DischargeQuoteSchema>;
/** 出院结算. `collectFen` was paid under `tradeNo` (absent: nothing to collect); `refundFen` goes back to the deposits named by the platform. */
export const DischargeSettlementRequestSchema = Type.Object(
  { settlementNo: Id(32), inpatientNo: Id(32), visitId: Id(32), settlementQuoteNo: Id(64), collectFen: FenSchema, refundFen: FenSchema, tradeNo: Type.Optional(Text(64)), paidAt: Type.Optional(Instant) },
  closedObject,
);
export const DischargeSettlementSchema = Type.Object({ hisSettlementNo: Id(64), receiptNo: Text(64), collectFen: FenSchema, refundFen: FenSchema }, closedObject);
export type DischargeSettlement = Static<typeof DischargeSettlementSchema>;

type Stay = { readonly inpatientNo: string; readonly visitId: string };
export type Inpatients = {
  findInpatient(request: { readonly cardType: string; readonly cardNo: string }, context: HisCallContext): Promise<HisResult<Inpatient[]>>;
  listDeposits(request: Stay, context: HisCallContext): Promise<HisResult<Deposit[]>>;
};
export type InpatientFees = {
  listDailyFees(request: Stay & { readonly day: string }, context: HisCallContext): Promise<HisResult<DailyFee[]>>;
  sumFees(request: Stay, context: HisCallContext): Promise<HisResult<FeeSum[]>>;
};
export type Discharging = {
  checkDischarge(request: Stay, context: HisCallContext): Promise<HisResult<Static<typeof DischargeCheckSchema>>>;
  presettleDischarge(request: Stay, context: HisCallContext): Promise<HisResult<DischargeQuote>>;
  /** Idempotent by `settlementNo`, which is ours. */
  settleDischarge(request: Static<typeof DischargeSettlementRequestSchema>, context: HisCallContext): Promise<HisResult<DischargeSettlement>>;
  queryDischarge(request: Stay & { readonly settlementNo: string }, context: HisCallContext): Promise<HisQueryResult<DischargeSettlement>>;
};
