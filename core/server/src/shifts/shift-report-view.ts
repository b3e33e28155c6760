/** The cashier's daily report (收费员缴款日报) as people are shown it: names in Chinese as hospitals print them, in the order of the form. */

/** One named value. An amount is fen and shown as yuan; a text is shown as it is. Neither: the platform does not know it, the HIS does. */
export type ReportField = { readonly name: string; readonly text?: string; readonly amountFen?: number };

export type ShiftReport = {
  readonly hospitalName: string;
  readonly tillNo: string;
  /** 收费员: the staff number, or the machine. */
  readonly cashier: string;
  readonly from: string;
  readonly until: string;
  readonly shiftNos: readonly string[];
  /** Of each shift, in that order: what proves its content. */
  readonly hashes: readonly string[];
  /** By what the HIS calls a fee (费用类别); it tells the platform no finer classes. */
  readonly items: readonly { readonly name: string; readonly amountFen: number }[];
  /** 版式一: fee classes, then ways of payment. */
  readonly layoutA: readonly ReportField[];
  /** 版式二: receipts, then what is handed over (上缴). */
  readonly layoutB: readonly ReportField[];
  /** 人民币 by face, as it was counted. */
  readonly denominations: readonly { readonly faceFen: number; readonly pieces: number }[];
  /** Payments and refunds that had no end at the close: they are in a later report. */
  readonly open: readonly { readonly kind: 'payment' | 'refund'; readonly number: string; readonly method: string; readonly amountFen: number }[];
};
