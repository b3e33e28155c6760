/** 收费加锁: while a patient stands before a terminal no doctor changes the bills and no cashier takes them. Most HIS do not have it. */
import { Type, type Static } from 'typebox';
import { closedObject, DoneSchema, Id, type HisCallContext, type HisResult } from './his-result.js';

export const BillLockRequestSchema = Type.Object({ lockNo: Id(32), patientId: Id(32), billNos: Type.Array(Id(32), { minItems: 1, maxItems: 50 }) }, closedObject);
export type BillLocks = {
  /** Both idempotent by `lockNo`. A lock that is not given back falls free by itself. */
  lockBills(request: Static<typeof BillLockRequestSchema>, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
  unlockBills(request: Static<typeof BillLockRequestSchema>, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
};
/** 冲正: undoes a booking of ours that must not stand, before drugs are handed out or the day is closed. Idempotent by `tradeNo`. */
export const BookingReversalRequestSchema = Type.Object({ tradeNo: Id(32), settlementNo: Id(64), amountFen: Type.Integer({ minimum: 0, description: 'integer fen' }), reason: Type.String({ maxLength: 80 }) }, closedObject);
export type BookingReversal = {
  reverseConfirmation(request: Static<typeof BookingReversalRequestSchema>, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
};
