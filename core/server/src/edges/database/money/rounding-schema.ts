export const ROUNDING_MIGRATION = {
  name: '0025-rounding',
  // A HIS may round what the patient pays: the parts still make the total, together with what it says it rounded by. A check is only changed with its table.
  rebuilds: true,
  sql: `
CREATE TABLE quote_rebuilt (
  quote_id TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL,
  patient_id TEXT NOT NULL, patient_label TEXT NOT NULL, his_quote_no TEXT NOT NULL, bill_nos TEXT NOT NULL,
  total_fen INTEGER NOT NULL, fund_fen INTEGER NOT NULL, personal_account_fen INTEGER NOT NULL, self_pay_fen INTEGER NOT NULL,
  valid_until TEXT NOT NULL, quoted_at TEXT NOT NULL, fee_type TEXT, business TEXT NOT NULL DEFAULT 'bill', business_subject TEXT,
  rounding_fen INTEGER NOT NULL DEFAULT 0 CHECK (rounding_fen BETWEEN -99 AND 99),
  CHECK (total_fen + rounding_fen = fund_fen + personal_account_fen + self_pay_fen)
) STRICT;
INSERT INTO quote_rebuilt SELECT quote_id, hospital_id, owner_kind, owner_id, patient_id, patient_label, his_quote_no, bill_nos, total_fen, fund_fen, personal_account_fen, self_pay_fen,
  valid_until, quoted_at, fee_type, business, business_subject, 0 FROM quote;
DROP TABLE quote;
ALTER TABLE quote_rebuilt RENAME TO quote;
`,
} as const;
