/** 电子回单 of payouts and of what was paid in: what is known of each, for ever once it is kept. The document itself lies encrypted beside the database, under its hash. */
export const BANK_RECEIPT_MIGRATION = {
  name: '0044-bank-receipts',
  // Walls: one document is the receipt of one movement; what is kept does not change.
  sql: `
CREATE TABLE bank_receipt (
  subject TEXT PRIMARY KEY, payout_no TEXT REFERENCES payout (payout_no), hospital_id TEXT NOT NULL, account TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('awaited', 'kept', 'none', 'givenUp')), tries INTEGER NOT NULL CHECK (tries > 0), due_at TEXT, news TEXT,
  receipt_no TEXT, media_type TEXT CHECK (media_type IN ('application/pdf', 'application/ofd', 'application/xml')), bytes INTEGER CHECK (bytes > 0), sha256 TEXT CHECK (length(sha256) = 64), kept_at TEXT,
  UNIQUE (hospital_id, account, receipt_no), CHECK ((state = 'awaited') = (due_at IS NOT NULL)), CHECK ((payout_no IS NULL) = (subject LIKE 'line/%')), CHECK (coalesce(payout_no, subject) = subject),
  CHECK ((state = 'kept') = (receipt_no IS NOT NULL AND media_type IS NOT NULL AND bytes IS NOT NULL AND sha256 IS NOT NULL AND kept_at IS NOT NULL))
) STRICT;
CREATE INDEX bank_receipt_due ON bank_receipt (due_at) WHERE state = 'awaited';
CREATE INDEX payout_by_paid ON payout (paid_at) WHERE paid_at IS NOT NULL;
CREATE TRIGGER bank_receipt_kept BEFORE UPDATE ON bank_receipt WHEN OLD.state = 'kept' BEGIN SELECT RAISE(ABORT, 'a receipt that is kept does not change'); END;
CREATE TRIGGER bank_receipt_no_delete BEFORE DELETE ON bank_receipt BEGIN SELECT RAISE(ABORT, 'bank_receipt is not deleted'); END;
`,
} as const;
