/**
 * The shift (班次) of a till: from the close before it, or the till's first act, to its own close (交班, 日结; at a kiosk 清钱箱). What is in it follows from the journals that carry
 * its till and stand between the two closes; nothing of it is ever typed in but the count.
 */
import type { BusinessKind, PaymentMethod } from '@hospay/plugin-sdk';
import type { AccountName } from './ledger.js';
import type { FormKind } from './numbered-form.js';

export type Sum = { readonly count: number; readonly amountFen: number };

/** What one channel took and gave back in one way. Digital yuan is a way of its own, whichever channel carried it. */
export type ShiftTender = {
  readonly channel: string;
  readonly method: PaymentMethod;
  readonly isECny: boolean;
  readonly taken: Sum;
  readonly refunded: Sum;
  /** The part of `refunded` whose payment does not stand in this shift. */
  readonly refundedOfEarlier: Sum;
  /** Of insured payments, refunds taken off: who of the insurance owes it. */
  readonly fundFen: number;
  readonly accountFen: number;
};

/** What the HIS booked, by the kind of business and, of bills, by the word it has for them. */
export type FeeTypeSum = { readonly business: BusinessKind; readonly feeType: string; readonly count: number; readonly totalFen: number };

/** A payment or refund without an end: no part of this shift, and of whichever is open when its end is known. */
export type OpenItem = { readonly kind: 'payment' | 'refund'; readonly number: string; readonly tradeNo: string; readonly channel: string; readonly method: PaymentMethod; readonly amountFen: number; readonly state: string };

export type UsedForm = { readonly runNo: string; readonly kind: FormKind; readonly number: string };

export type ShiftFigures = {
  readonly tenders: readonly ShiftTender[];
  /** `roundingFen` (四舍五入, signed): what the HIS rounded by. Absent in shifts that were closed before it was kept. */
  readonly bills: { readonly count: number; readonly totalFen: number; readonly fundFen: number; readonly personalAccountFen: number; readonly paidFen: number; readonly roundingFen?: number; readonly feeTypes: readonly FeeTypeSum[] };
  /** Money of inpatient deposits (住院预交金) that went back. */
  readonly depositsRefunded: Sum;
  readonly receipts: {
    /** Receipt numbers the HIS gave for what it booked in this shift. A booking without a number is in `bills.count` alone. */
    readonly receiptNos: readonly string[];
    /** Of orders something of which was sent back in this shift. */
    readonly refundedReceiptNos: readonly string[];
  };
  /** Numbered forms (票据) printed and made void in this shift, in the order of their numbers. Absent where the till never had any. */
  readonly forms?: { readonly fromEvent: number; readonly toEvent: number; readonly printed: readonly UsedForm[]; readonly voided: readonly UsedForm[] };
  readonly changeMoney: Sum;
  /** Account 1001 of the till, by channel: patients' money, refunds taken off. Below zero where refunds were paid out of change money. */
  readonly tillCash: readonly { readonly account: AccountName; readonly amountFen: number }[];
  /** 应缴现金: the sum of `tillCash`. */
  readonly cashFen: number;
  /** What must lie in the till: that, and the change money. */
  readonly expectedFen: number;
  readonly open: readonly OpenItem[];
};

/** Cash refunds that are being paid out: their notes may or may not have left the till. One that waits (the till is short, the HIS is asked) is not among them. */
export function payingOut({ open }: Pick<ShiftFigures, 'open'>): readonly OpenItem[] {
  return open.filter(({ kind, method, state }) => kind === 'refund' && method === 'cash' && (state === 'submitted' || state === 'unknown' || state === 'processing'));
}

export type Denomination = { readonly faceFen: number; readonly pieces: number };

/** Notes and coins in use (人民币第五套 and the small ones still about), largest first. */
export const FACES_FEN = [10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1] as const;

/** What a till holds that no shift has closed over. */
export type OpenShift = { readonly tillNo: string; readonly ordinal: number; readonly fromSeq: number; readonly fromOpening: number; readonly openedAt: string; readonly figures: ShiftFigures };

export type Shift = {
  readonly shiftNo: string;
  readonly hospitalId: string;
  readonly tillNo: string;
  /** Counts the shifts of a till from 1. */
  readonly ordinal: number;
  /** Journals of the till after `fromSeq`, up to and with `toSeq`; change money by the same rule. */
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly fromOpening: number;
  readonly toOpening: number;
  readonly openedAt: string;
  readonly closedAt: string;
  /** `terminal/window-1`, or the login at the console. */
  readonly closedBy: string;
  readonly operatorId: string | undefined;
  readonly figures: ShiftFigures;
  readonly denominations: readonly Denomination[];
  readonly countedFen: number;
  /** Of the shift closed before it in this hospital, whichever till: a chain. */
  readonly prevHash: string;
  readonly hash: string;
};

/** Counted − expected: above zero 长款, below 短款. */
export function differenceFen({ countedFen, figures }: Pick<Shift, 'countedFen' | 'figures'>): number {
  return countedFen - figures.expectedFen;
}

/** What is handed over of a count: without the change money, which was never patients' money. */
export function handedFen(countedFen: number, { changeMoney }: Pick<ShiftFigures, 'changeMoney'>): number {
  return countedFen - changeMoney.amountFen;
}

export function sumOfDenominations(denominations: readonly Denomination[]): number {
  return denominations.reduce((sum, { faceFen, pieces }) => sum + faceFen * pieces, 0);
}

/** What is done with counted cash after the close. Each is irrevocable; a wrong one is answered by an opposite new one with its reason. */
export const CASH_ACT_KINDS = ['handOver', 'deposit', 'recount', 'reversal'] as const;
export type CashActKind = (typeof CASH_ACT_KINDS)[number];

export type CashAct = {
  readonly actNo: string;
  readonly kind: CashActKind;
  readonly hospitalId: string;
  /** Of `handOver`, `recount` and what reverses them. */
  readonly shiftNo: string | undefined;
  /** The bank's deposit slip (现金缴款单). */
  readonly slipNo: string | undefined;
  /** `handOver`, `deposit`: what moved. `recount`: the new count of the whole till. `reversal`: as the act it reverses. */
  readonly amountFen: number;
  readonly denominations: readonly Denomination[] | undefined;
  readonly reason: string | undefined;
  readonly reverses: string | undefined;
  readonly by: string;
  readonly at: string;
};

/** A closed shift with everything that was done about it since, oldest first. */
export type ShiftRecord = { readonly shift: Shift; readonly acts: readonly CashAct[] };

/** The count that stands: the last recount, else that of the close. */
export function standingCountFen({ shift, acts }: ShiftRecord): number {
  return acts.findLast(({ kind }) => kind === 'recount')?.amountFen ?? shift.countedFen;
}

/** The hand-over that stands, if one does. */
export function standingHandOver({ acts }: Pick<ShiftRecord, 'acts'>): CashAct | undefined {
  return acts.findLast(({ kind, actNo }) => kind === 'handOver' && !acts.some(({ reverses }) => reverses === actNo));
}
