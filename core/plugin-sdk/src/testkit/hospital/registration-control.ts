/** A free slot of a clinic after today. */
export type OpenSlot = { readonly scheduleId: string; readonly slotId: string; readonly departmentCode: string; /** yyyy-MM-dd */ readonly day: string };

/** The registration desk in the hands of the suite. */
export type RegistrationControl = {
  /** A new slot with so many places, in a clinic of its own. The price has odd fen. */
  makeSlot(places: number): Promise<OpenSlot>;
  /** Somebody else books every place that is left. */
  fillSlot(slot: OpenSlot): Promise<void>;
  /** 停诊 */
  stopClinic(slot: OpenSlot): Promise<void>;
  /** As if their time had passed: locks and unpaid holds of the slot have run out. */
  expireHolds(slot: OpenSlot): Promise<void>;
  /** The patient takes his number at the counter (取号). */
  checkIn(tradeNo: string): Promise<void>;
  /** What the HIS has under our numbers, seen behind the adapter's back: valid locks, holds that were not ended, payments, refunds. */
  countLocks(lockNo: string): Promise<number>;
  countHolds(registrationNo: string): Promise<number>;
  countBookings(tradeNo: string): Promise<number>;
  countRefunds(refundNo: string): Promise<number>;
};
