export const HAND_TRANSFER_MIGRATION = {
  name: '0027-hand-transfers',
  // What is owed is paid once, in whole, by one slip, and confirmed by another person than who recorded it: walls behind the rules.
  sql: `
CREATE TABLE hand_transfer (
  seq INTEGER PRIMARY KEY, transfer_no TEXT NOT NULL UNIQUE, hospital_id TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('prepayment', 'discharge')), subject TEXT NOT NULL, amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL CHECK (state IN ('recorded', 'confirmed', 'rejected')), paid_on TEXT NOT NULL, bank_name TEXT NOT NULL, account_label TEXT NOT NULL, account_tail TEXT NOT NULL CHECK (length(account_tail) = 4), slip_no TEXT NOT NULL,
  recorded_by TEXT NOT NULL, recorded_at TEXT NOT NULL, decided_by TEXT, decided_at TEXT, reason TEXT,
  CHECK (state <> 'confirmed' OR (decided_by IS NOT NULL AND decided_by <> recorded_by)), CHECK ((state = 'recorded') = (decided_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX hand_transfer_live ON hand_transfer (kind, subject) WHERE state <> 'rejected';
CREATE UNIQUE INDEX hand_transfer_slip ON hand_transfer (hospital_id, bank_name, slip_no) WHERE state <> 'rejected';
CREATE TRIGGER hand_transfer_forward BEFORE UPDATE ON hand_transfer
  WHEN OLD.state <> 'recorded' OR NEW.transfer_no <> OLD.transfer_no OR NEW.subject <> OLD.subject OR NEW.amount_fen <> OLD.amount_fen OR NEW.slip_no <> OLD.slip_no OR NEW.recorded_by <> OLD.recorded_by
  BEGIN SELECT RAISE(ABORT, 'a decided transfer does not change'); END;
CREATE TRIGGER hand_transfer_no_delete BEFORE DELETE ON hand_transfer BEGIN SELECT RAISE(ABORT, 'hand_transfer is append-only'); END;
`,
} as const;
