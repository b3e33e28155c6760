/** What shifts (班次) and counted cash need from outside, and what terminals and console ask of them. */
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { CashAct, Denomination, OpenShift, ShiftRecord } from '../domain/shift.js';
import type { CashPosition, ShiftPage, ShiftStore } from '../domain/shift-store.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { Wallet } from '../checkout/ports.js';
import type { WindowDeskRows } from '../window-desk/ports.js';
import type { ShiftReport } from './shift-report-view.js';

export type { ShiftReport } from './shift-report-view.js';

/** Who asks. `ownTill`: only this till's shifts exist for him; absent: he sees all. `operatorId`: the staff number of the person at a window, or of a console account. */
export type ShiftCaller = { readonly by: string; readonly operatorId?: string; readonly ownTill?: string };
export type AskedOnce = { readonly tenant: string; readonly key: string };

/** An open shift with what only other parts know of it. */
export type RunningShift = OpenShift & {
  /** Change money whose counting has no certain end: it is not in the figures. */
  readonly unclearOpenings: readonly { readonly openingNo: string; readonly amountFen: number }[];
};

export type ReportWanted = { readonly shiftNo: string } | { readonly tillNo: string; readonly day: string };

/** What terminals and the console call. */
export type ShiftDesk = {
  readRunningShift(request: { readonly tillNo: string; readonly caller: ShiftCaller }): Promise<Outcome<RunningShift>>;
  listRunningShifts(caller: ShiftCaller): Promise<readonly RunningShift[]>;
  closeShift(request: { readonly tillNo: string; readonly denominations: readonly Denomination[]; readonly expectedFen: number; readonly caller: ShiftCaller; readonly asked: AskedOnce }): Promise<Outcome<ShiftRecord>>;
  findShift(request: { readonly shiftNo: string; readonly caller: ShiftCaller }): Promise<Outcome<ShiftRecord>>;
  listShifts(request: { readonly tillNo?: string; readonly day?: string; readonly before?: number; readonly caller: ShiftCaller }): Promise<ShiftPage>;
  readCash(): Promise<CashPosition>;
  takeOverCash(request: { readonly shiftNo: string; readonly amountFen: number; readonly caller: ShiftCaller; readonly asked: AskedOnce }): Promise<Outcome<CashAct>>;
  recountShift(request: { readonly shiftNo: string; readonly denominations: readonly Denomination[]; readonly reason: string; readonly caller: ShiftCaller; readonly asked: AskedOnce }): Promise<Outcome<CashAct>>;
  depositCash(request: { readonly slipNo: string; readonly amountFen: number; readonly caller: ShiftCaller; readonly asked: AskedOnce }): Promise<Outcome<CashAct>>;
  reverseCashAct(request: { readonly actNo: string; readonly reason: string; readonly caller: ShiftCaller; readonly asked: AskedOnce }): Promise<Outcome<CashAct>>;
  /** 缴款日报: of one shift, or of all shifts of a till that were closed on a Beijing day. */
  readShiftReport(request: { readonly wanted: ReportWanted; readonly caller: ShiftCaller }): Promise<Outcome<ShiftReport>>;
};

export type ShiftPorts = {
  readonly store: ShiftStore;
  readonly openings: Pick<WindowDeskRows, 'listOpenings'>;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly hospitalName: string;
  /** Which wallet a channel instance serves; undefined where it serves none, or nobody said which. */
  readonly walletOf: (channel: string) => Wallet | undefined;
};
