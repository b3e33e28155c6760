import type { OperationName } from '../../his-mapping/canonical-operations.js';
import type { CardType, HospitalAdapter } from '../../hospital-adapter.js';
import type { NoticeControl } from './notice-control.js';
import type { RegistrationControl } from './registration-control.js';
import type { OfficeControl, WardControl } from './ward-control.js';

/** What can be made to happen to the next call of an operation. What the HIS did before the fault, it has really done. */
export const HOSPITAL_FAULTS = [
  'dropBeforeExecution',
  'silenceBeforeExecution',
  'dropAfterCommit',
  'silenceAfterCommit',
  /** The HIS's own error after it did the work. */
  'serverErrorAfterCommit',
  /** An answer in the right frame with values that are not what they should be. */
  'garbageValues',
  /** Bytes that are not the protocol. */
  'garbageBytes',
] as const;
export type HospitalFault = (typeof HOSPITAL_FAULTS)[number];

export type FaultableHisOperation = 'findPatient' | 'listOpenBills' | 'presettle' | 'confirm' | 'queryConfirmation' | 'approveRefund' | 'queryRefundApproval' | 'listDay';

export type OpenBill = { readonly patientId: string; readonly billNo: string; readonly amountFen: number };

/** The HIS in the hands of the suite: the doctor, the cashier at the window, and the network. */
export type HospitalControl = {
  /** A new open bill, another one each time. Its amount is above 1 yuan and has odd fen. */
  makeBill(): Promise<OpenBill>;
  /** Changes the amount of an open bill, as a doctor does after the quote. */
  changeBill(bill: OpenBill): Promise<void>;
  /** A cashier settles the bill at a window, under a number that is not ours. */
  payAtWindow(bill: OpenBill): Promise<void>;
  /** How many bookings the HIS holds under a trade number, seen behind the adapter's back. */
  countBookings(tradeNo: string): Promise<number>;
  countRefunds(refundNo: string): Promise<number>;
  /** The faults `failNext` knows. */
  readonly faults: readonly HospitalFault[];
  failNext(operation: FaultableHisOperation, fault: HospitalFault): Promise<void>;
  /** The HIS refuses to reverse this booking (dispensed, executed). */
  refuseRefund?(tradeNo: string): Promise<void>;
  /** For a HIS that books what it was handed by a job of its own: resolves when the job has been through what lies before it. */
  letHisWork?(): Promise<void>;
  /** From now on nobody can connect to the HIS. */
  makeUnreachable?(): Promise<void>;
  /** Like `failNext`, for every operation by its canonical name. The rules of the facets below need it. */
  failNextOperation?(operation: OperationName, fault: HospitalFault): Promise<void>;
  /** The registration desk, for adapters that register. */
  readonly registration?: RegistrationControl;
  /** The wards, for adapters with inpatients. */
  readonly wards?: WardControl;
  /** Invoices, accounts, files, bill locks, guide sheets, for adapters with these. */
  readonly offices?: OfficeControl;
  /** The line by which the HIS tells something by itself, for adapters that receive it. */
  readonly notices?: NoticeControl;
  /** A bill whose insurance pays everything: its self-pay is zero. */
  makeFreeBill?(): Promise<OpenBill>;
  /** Drugs of the booking are handed out: it can no longer be undone. */
  dispense?(tradeNo: string): Promise<void>;
  /** For a HIS that books in two steps: how many arrivals it holds under a trade number. A booking without its arrival is half, and absent. */
  countArrivals?(tradeNo: string): Promise<number>;
  /** The HIS's next version calls a value this operation's answer needs by another name. */
  renameColumn?(operation: 'presettle' | 'queryConfirmation' | 'listOpenBills'): Promise<void>;
  /** From now on each call takes the HIS so long. */
  slowDown?(delayMs: number): Promise<void>;
  /** The most connections the HIS has seen at once, and how many the settings allow. */
  connections?(): Promise<{ readonly most: number; readonly allowed: number }>;
};

export type HospitalSubject = {
  readonly adapter: HospitalAdapter;
  /** A patient the HIS knows. */
  readonly patient: { readonly cardType: CardType; readonly cardNo: string; readonly patientId: string };
  /** A card number with a character the HIS's columns cannot hold; left out when they hold every character. */
  readonly lossyCardNo?: string;
  readonly control: HospitalControl;
  stop?(): Promise<void>;
};
