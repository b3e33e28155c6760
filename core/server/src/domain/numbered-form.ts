/**
 * Numbered forms (票据): receipts whose numbers stand in runs (号段). A hospital buys them (入库), hands a run to a cashier or a machine (领用), and every number in it ends as printed for one receipt or as
 * void (作废): there is no other gap. Where the invoice is electronic the same runs count business serials (业务流水) instead of sheets of paper.
 */
import type { BusinessKind } from '@hospay/plugin-sdk';

export const FORM_KINDS = ['outpatient', 'registration', 'deposit', 'inpatient'] as const;
export type FormKind = (typeof FORM_KINDS)[number];

/** `paper`: sheets with the number on them. `serial`: a number that is printed (业务流水). */
export const FORM_MEDIA = ['paper', 'serial'] as const;
export type FormMedium = (typeof FORM_MEDIA)[number];

/** `given`: fixed for a receipt, and whether the sheet came out is not known yet. */
export const FORM_STATES = ['given', 'printed', 'void'] as const;
export type FormState = (typeof FORM_STATES)[number];

/** A number: digits behind a prefix, of one length. `code` is the code of the kind of sheet (票据代码); a number is one sheet within its code. */
export type FormSeries = { readonly code: string; readonly prefix: string; readonly width: number };

/** What was bought at once. */
export type FormBatch = FormSeries & {
  readonly batchNo: string;
  readonly kind: FormKind;
  readonly medium: FormMedium;
  readonly first: number;
  readonly last: number;
  readonly by: string;
  readonly at: string;
  /** Not handed out. */
  readonly inStore: number;
};

/** A part of a batch in somebody's hands: `operator:<staff number>` or `terminal:<device>`, as tills are named. */
export type FormRun = FormSeries & {
  readonly runNo: string;
  readonly batchNo: string;
  readonly kind: FormKind;
  readonly medium: FormMedium;
  readonly tillNo: string;
  readonly first: number;
  /** Of what was not returned. Below `first`: all of it came back. */
  readonly last: number;
  /** The number that comes next; undefined: none is left, or the rest was returned. */
  readonly next: number | undefined;
  readonly left: number;
  readonly printed: number;
  readonly void: number;
  /** Given, and nobody has said yet whether they were printed. */
  readonly open: number;
  readonly by: string;
  readonly at: string;
  readonly returnedBy: string | undefined;
  readonly returnedAt: string | undefined;
};

export type FormNumber = {
  readonly runNo: string;
  readonly tillNo: string;
  readonly kind: FormKind;
  readonly medium: FormMedium;
  readonly code: string;
  readonly number: string;
  readonly state: FormState;
  /** Absent: a sheet that was spoiled before anything was printed on it. */
  readonly tradeNo: string | undefined;
  readonly receiptNo: string | undefined;
  readonly reason: string | undefined;
  readonly by: string;
  readonly at: string;
};

/** The kind of form a receipt of this business is printed on. */
export function formKindOf(business: BusinessKind): FormKind {
  return KIND_OF[business];
}
const KIND_OF = { bill: 'outpatient', registration: 'registration', deposit: 'deposit', discharge: 'inpatient' } as const satisfies Record<BusinessKind, FormKind>;

export function formNumber({ prefix, width }: Pick<FormSeries, 'prefix' | 'width'>, value: number): string {
  return `${prefix}${String(value).padStart(width, '0')}`;
}

/** More digits than any sheet has; every value stays an exact number. */
const MOST_DIGITS = 12;

/** A number taken apart: `MZ0000101` is prefix `MZ`, width 7, value 101. Undefined: it does not end in one to twelve digits. */
export function readFormNumber(text: string): { readonly prefix: string; readonly width: number; readonly value: number } | undefined {
  const match = /^(.*?)(\d+)$/.exec(text);
  const [, prefix = '', digits = ''] = match ?? [];
  return match === null || digits.length > MOST_DIGITS ? undefined : { prefix, width: digits.length, value: Number(digits) };
}

/** First and last number of a run as they stand on the sheets. Undefined: not one prefix and length, or the last comes before the first. */
export function readFormRange(firstNumber: string, lastNumber: string): { readonly prefix: string; readonly width: number; readonly first: number; readonly last: number } | undefined {
  const [first, last] = [readFormNumber(firstNumber), readFormNumber(lastNumber)];
  if (first === undefined || last === undefined || first.prefix !== last.prefix || first.width !== last.width || last.value < first.value) return undefined;
  return { prefix: first.prefix, width: first.width, first: first.value, last: last.value };
}
