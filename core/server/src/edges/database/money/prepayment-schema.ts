export const PREPAYMENT_MIGRATION = {
  name: '0024-prepayment',
  // One account is in one run at a time: the database's own wall behind the rule.
  sql: `
CREATE TABLE prepayment_run (
  run_no TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL, expires_at TEXT NOT NULL,
  decided_by TEXT CHECK (decided_by IS NULL OR decided_by <> proposed_by), decided_at TEXT, left_out TEXT NOT NULL
) STRICT;
CREATE INDEX prepayment_run_by_time ON prepayment_run (hospital_id, proposed_at);
CREATE TABLE prepayment_return (
  return_no TEXT PRIMARY KEY, run_no TEXT NOT NULL REFERENCES prepayment_run (run_no), hospital_id TEXT NOT NULL, patient_id TEXT NOT NULL, amount_fen INTEGER NOT NULL CHECK (amount_fen > 0), frozen_fen INTEGER NOT NULL,
  shares TEXT NOT NULL, state TEXT NOT NULL, his_return_no TEXT, attempts INTEGER NOT NULL, doubt_since TEXT, last_news TEXT, is_live INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX prepayment_return_by_run ON prepayment_return (run_no);
CREATE UNIQUE INDEX prepayment_return_live ON prepayment_return (hospital_id, patient_id) WHERE is_live = 1;
`,
} as const;
