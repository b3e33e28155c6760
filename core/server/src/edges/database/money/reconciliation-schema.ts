/** Runs are kept for ever; of rows only those that are not simply equal. */
export const RECONCILIATION_MIGRATION = {
  name: '0020-reconciliation',
  sql: `
CREATE TABLE reconciliation_run (
  id INTEGER PRIMARY KEY, comparison TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL, outcome TEXT NOT NULL CHECK (outcome IN ('postponed', 'stopped', 'compared')),
  reason TEXT NOT NULL, file_sha256 TEXT, totals TEXT NOT NULL, journal_seq INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX reconciliation_run_by_day ON reconciliation_run (day, comparison, source, id);
CREATE TRIGGER reconciliation_run_no_update BEFORE UPDATE ON reconciliation_run BEGIN SELECT RAISE(ABORT, 'reconciliation_run is append-only'); END;
CREATE TRIGGER reconciliation_run_no_delete BEFORE DELETE ON reconciliation_run BEGIN SELECT RAISE(ABORT, 'reconciliation_run is append-only'); END;
CREATE TABLE reconciliation_difference (
  id INTEGER PRIMARY KEY, comparison TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL, class TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, ordinal INTEGER NOT NULL,
  trade_no TEXT, our_fen INTEGER, their_fen INTEGER, our_state TEXT, their_state TEXT, our_at TEXT, their_at TEXT, case_kind TEXT, case_subject TEXT,
  found_at TEXT NOT NULL, settled_at TEXT, settled_how TEXT, settled_by_day TEXT,
  UNIQUE (comparison, source, day, class, kind, key, ordinal)
) STRICT;
CREATE INDEX reconciliation_difference_by_key ON reconciliation_difference (comparison, source, key);
CREATE INDEX reconciliation_difference_unsettled ON reconciliation_difference (comparison, source, class) WHERE settled_at IS NULL;
CREATE INDEX payment_by_bill_day ON payment (bill_day, channel) WHERE bill_day IS NOT NULL;
CREATE INDEX orders_by_his_day ON orders (hospital_id, his_day) WHERE his_day IS NOT NULL;
CREATE INDEX refund_by_reversed_day ON refund (his_reversed_day) WHERE his_reversed_day IS NOT NULL;
CREATE INDEX refund_by_his_number ON refund (his_refund_no) WHERE his_refund_no IS NOT NULL;
`,
};
