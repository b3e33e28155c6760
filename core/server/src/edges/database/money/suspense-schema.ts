/** `posted`: what stands in the ledger for a difference, to be taken back exactly. Null: of a kind that is not posted (notes, HIS, settlement), or found before differences were. `his_day_agreed`: what of a HIS day was moved to the hospital's funds. */
export const SUSPENSE_MIGRATION = {
  name: '0030-suspense',
  sql: `
ALTER TABLE reconciliation_difference ADD COLUMN posted TEXT;
CREATE TABLE his_day_agreed (hospital_id TEXT NOT NULL, day TEXT NOT NULL, agreed_fen INTEGER NOT NULL, PRIMARY KEY (hospital_id, day)) STRICT, WITHOUT ROWID;
CREATE INDEX refund_by_refunded_day ON refund (date(refunded_at, '+8 hours')) WHERE refunded_at IS NOT NULL;
`,
} as const;
