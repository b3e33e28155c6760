/** Fund and personal account, in fen. */
export type Split = { readonly fundFen: number; readonly accountFen: number };

/** What an insurance centre's own books say, whatever anybody was told of them. */
export type InsuranceTruth = {
  /** What it pays and has not taken back. */
  keptSplit(paymentNo: string): Split;
  /** What was settled, undone since or not. */
  settledSplit(paymentNo: string): Split;
  /** Every number anything was registered under. */
  presettlementNos(): Iterable<string>;
  /** What it holds under the number of a pre-settlement: how many settlements stand, and whether there is anything at all to take back. */
  heldBy(presettlementNo: string): { readonly standing: number; readonly isAnything: boolean; readonly description: string };
  settlementOf(settlementNo: string): (Split & { readonly cashFen: number; readonly visitNo: string }) | undefined;
};
