/** 结算批次. A bill day of a source is settled in one approved batch. */
export const SETTLEMENT_BATCH_MIGRATION = {
  name: '0038-settlement-batches',
  sql: `
CREATE TABLE settlement_batch (
  seq INTEGER PRIMARY KEY, batch_no TEXT NOT NULL UNIQUE, hospital_id TEXT NOT NULL, sheet TEXT NOT NULL, hash TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected', 'expired')),
  proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL, expires_at TEXT NOT NULL, decided_by TEXT, decided_at TEXT, reason TEXT, CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> proposed_by))
) STRICT;
CREATE UNIQUE INDEX settlement_batch_open ON settlement_batch (hospital_id) WHERE state = 'proposed';
CREATE TRIGGER settlement_batch_as_shown BEFORE UPDATE ON settlement_batch
  WHEN OLD.state <> 'proposed' OR NEW.batch_no <> OLD.batch_no OR NEW.sheet <> OLD.sheet OR NEW.hash <> OLD.hash OR NEW.proposed_by <> OLD.proposed_by
  BEGIN SELECT RAISE(ABORT, 'a decided batch does not change'); END;
CREATE TRIGGER settlement_batch_no_delete BEFORE DELETE ON settlement_batch BEGIN SELECT RAISE(ABORT, 'settlement_batch is append-only'); END;
CREATE TABLE settled_day (source TEXT NOT NULL, day TEXT NOT NULL, batch_no TEXT NOT NULL REFERENCES settlement_batch (batch_no), PRIMARY KEY (source, day)) STRICT, WITHOUT ROWID;
CREATE TRIGGER settled_day_no_update BEFORE UPDATE ON settled_day BEGIN SELECT RAISE(ABORT, 'settled_day is append-only'); END;
CREATE TRIGGER settled_day_no_delete BEFORE DELETE ON settled_day BEGIN SELECT RAISE(ABORT, 'settled_day is append-only'); END;
`,
} as const;
