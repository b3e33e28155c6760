/** A patient in hospital for the second time; his first stay is settled. */
export type OpenStay = { readonly cardType: string; readonly cardNo: string; readonly patientId: string; readonly inpatientNo: string; readonly visitId: string; readonly earlierVisitId: string };

/** The wards in the hands of the suite. */
export type WardControl = {
  /** A new stay that costs so much so far, without a deposit. The patient pays all of it himself. */
  makeStay(costFen: number): Promise<OpenStay>;
  /** The doctor writes the discharge: the stay may be settled. */
  orderDischarge(stay: OpenStay): Promise<void>;
  /** The patient has left the ward unsettled: no deposit is taken any more. */
  discharge(stay: OpenStay): Promise<void>;
  /** Drugs are not handed back yet. */
  hinder(stay: OpenStay): Promise<void>;
  /** The ward charges something more. */
  addFee(stay: OpenStay, amountFen: number): Promise<void>;
  countDeposits(tradeNo: string): Promise<number>;
  countDepositRefunds(refundNo: string): Promise<number>;
  /** How many settlements the stay has. */
  countSettlements(stay: OpenStay): Promise<number>;
};

/** The hospital's offices in the hands of the suite. */
export type OfficeControl = {
  countInvoices(invoiceRequestNo: string): Promise<number>;
  countFlushes(flushNo: string): Promise<number>;
  /** 换开纸质 */
  putInvoiceOnPaper(invoiceNo: string): Promise<void>;
  /** A patient who still has so much on a prepayment account. */
  openAccount(balanceFen: number): Promise<{ readonly patientId: string }>;
  countReturns(returnNo: string): Promise<number>;
  countFiles(idNo: string): Promise<number>;
  /** How many undoings of a booking the HIS holds. */
  countReversals(tradeNo: string): Promise<number>;
  /** As if their time had passed: the locks on the bill have run out. */
  expireBillLocks(billNo: string): Promise<void>;
  /** A guide sheet for a patient, and one whose code has run out. */
  printGuideSheet(patientId: string, state: 'valid' | 'expired'): Promise<{ readonly code: string }>;
};
