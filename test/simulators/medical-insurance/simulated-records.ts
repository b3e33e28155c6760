/** What the simulated centre remembers. Amounts are fen; people, numbers and names are invented. */
export type Person = { readonly personNo: string; readonly name: string; readonly idNo: string; readonly cardNo: string; readonly insuranceType: '310' | '390'; readonly place: string; readonly balanceFen: number };

export type Visit = { readonly visitNo: string; readonly personNo: string; readonly insuranceType: string; readonly hospitalVisitNo: string; readonly msgid: string; readonly isTaken: boolean; readonly diagnosesBy?: string };

export type Fee = { readonly feeNo: string; readonly visitNo: string; readonly batchNo: string; readonly amountFen: number; readonly ownPayFen: number; readonly msgid: string };

export type SettlementRecord = {
  readonly settlementId: string;
  readonly visitNo: string;
  readonly personNo: string;
  readonly insuranceType: string;
  readonly medicalType: string;
  readonly msgid: string;
  readonly at: string;
  readonly totalFen: number;
  readonly fundFen: number;
  readonly accountFen: number;
  readonly cashFen: number;
  readonly ownPayFen: number;
  /** Of an undoing (2208). */
  readonly undoes?: string;
  /** Had no effect: reversed by 2601. */
  readonly isReversed?: boolean;
};

export type Message = { readonly msgid: string; readonly infno: string; readonly personNo: string; readonly state: 'received' | 'executed' | 'reversed' };

/** `order`: the only one it is good for, once it was used. */
export type MobileVoucher = { readonly number: string; readonly kind: 'payAuthNo' | 'ecToken'; readonly personNo: string; readonly until: string; readonly order?: string };

export type MobileOrder = {
  readonly orderId: string;
  readonly token: string;
  readonly ownOrderNo: string;
  readonly content: string;
  readonly personNo: string;
  readonly visitNo: string;
  /** ordStas */
  readonly state: string;
  readonly at: string;
  readonly settledAt?: string;
  readonly totalFen: number;
  readonly fundFen: number;
  readonly accountFen: number;
  readonly cashFen: number;
  readonly vouchers: readonly string[];
  readonly refundNo?: string;
};
