/** Append-only: what people did about cases, in its order. A decision of one's own proposal is walled off here too. */
export const CASE_WORK_MIGRATION = {
  name: '0031-case-work',
  sql: `
CREATE TABLE case_act (
  seq INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES discrepancy_case (id), kind TEXT NOT NULL CHECK (kind IN ('taken', 'noted', 'contacted', 'proposed', 'approved', 'rejected')), by_login TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL,
  way TEXT CHECK (way IN ('writeOff', 'explain')), amount_fen INTEGER, proposal_hash TEXT, proposed_by TEXT,
  CHECK (kind <> 'proposed' OR (way IS NOT NULL AND amount_fen IS NOT NULL AND proposal_hash IS NOT NULL)), CHECK (kind <> 'approved' OR (proposed_by IS NOT NULL AND proposed_by <> by_login))
) STRICT;
CREATE INDEX case_act_by_case ON case_act (case_id, seq);
CREATE TRIGGER case_act_no_update BEFORE UPDATE ON case_act BEGIN SELECT RAISE(ABORT, 'case_act is append-only'); END;
CREATE TRIGGER case_act_no_delete BEFORE DELETE ON case_act BEGIN SELECT RAISE(ABORT, 'case_act is append-only'); END;
CREATE INDEX reconciliation_difference_by_case ON reconciliation_difference (case_kind, case_subject) WHERE case_kind IS NOT NULL AND settled_at IS NULL;
`,
} as const;
