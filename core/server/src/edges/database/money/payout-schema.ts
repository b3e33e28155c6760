export const PAYOUT_MIGRATION = {
  name: '0032-payouts',
  // Walls behind the rules: one live payout of a debt, never beside a transfer by hand of it; approved by others than who proposed it; what was shown does not change; a line of a bank is kept once and for ever.
  sql: `
CREATE TABLE payout (
  seq INTEGER PRIMARY KEY, payout_no TEXT NOT NULL UNIQUE, hospital_id TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('prepayment', 'discharge', 'settlement')), subject TEXT NOT NULL, amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  from_account TEXT NOT NULL, payee_label TEXT NOT NULL, payee_tail TEXT NOT NULL CHECK (length(payee_tail) = 4), payee_bank TEXT NOT NULL, payee_is_personal INTEGER NOT NULL, payee_fingerprint TEXT NOT NULL, payee_sealed TEXT NOT NULL,
  purpose TEXT NOT NULL, needs_second INTEGER NOT NULL, request_key TEXT,
  state TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL, expires_at TEXT NOT NULL, first_approved_by TEXT, decided_by TEXT, decided_at TEXT,
  reservation TEXT NOT NULL CHECK (reservation IN ('none', 'pending', 'posted')), attempts INTEGER NOT NULL, asked INTEGER NOT NULL, submitted_at TEXT, absent_at TEXT, awaits_bank_approval INTEGER NOT NULL,
  bank_transfer_no TEXT, fee_fen INTEGER NOT NULL, paid_at TEXT, returned_at TEXT, last_news TEXT, is_live INTEGER NOT NULL,
  UNIQUE (hospital_id, request_key),
  CHECK (first_approved_by IS NULL OR first_approved_by <> proposed_by),
  CHECK (state IN ('proposed', 'firstApproved', 'rejected', 'expired') OR (decided_by IS NOT NULL AND decided_by <> proposed_by AND decided_by <> coalesce(first_approved_by, ''))),
  CHECK (needs_second = 0 OR state IN ('proposed', 'firstApproved', 'rejected', 'expired') OR first_approved_by IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX payout_live ON payout (kind, subject) WHERE is_live = 1 AND kind <> 'settlement';
CREATE INDEX payout_open ON payout (state) WHERE state NOT IN ('rejected', 'expired', 'succeeded', 'failed', 'returned');
CREATE TRIGGER payout_as_shown BEFORE UPDATE ON payout
  WHEN NEW.payout_no <> OLD.payout_no OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject OR NEW.amount_fen <> OLD.amount_fen OR NEW.from_account <> OLD.from_account OR NEW.payee_fingerprint <> OLD.payee_fingerprint
    OR NEW.payee_sealed <> OLD.payee_sealed OR NEW.payee_label <> OLD.payee_label OR NEW.payee_tail <> OLD.payee_tail OR NEW.payee_bank <> OLD.payee_bank OR NEW.purpose <> OLD.purpose OR NEW.needs_second <> OLD.needs_second OR NEW.proposed_by <> OLD.proposed_by
  BEGIN SELECT RAISE(ABORT, 'what was shown of a payout does not change'); END;
CREATE TRIGGER payout_no_delete BEFORE DELETE ON payout BEGIN SELECT RAISE(ABORT, 'payout is append-only'); END;
CREATE TRIGGER payout_beside_hand_transfer BEFORE INSERT ON payout
  WHEN EXISTS (SELECT 1 FROM hand_transfer h WHERE h.kind = NEW.kind AND h.subject = NEW.subject AND h.state = 'recorded')
  BEGIN SELECT RAISE(ABORT, 'a transfer by hand of this debt waits'); END;
CREATE TRIGGER hand_transfer_beside_payout BEFORE INSERT ON hand_transfer
  WHEN EXISTS (SELECT 1 FROM payout p WHERE p.kind = NEW.kind AND p.subject = NEW.subject AND p.is_live = 1)
  BEGIN SELECT RAISE(ABORT, 'a payout of this debt is under way'); END;
CREATE TABLE bank_line (
  id INTEGER PRIMARY KEY, hospital_id TEXT NOT NULL, account TEXT NOT NULL, bank_line_no TEXT NOT NULL, day TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('in', 'out')), amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  balance_fen INTEGER, at TEXT NOT NULL, counterparty_label TEXT NOT NULL, counterparty_tail TEXT NOT NULL CHECK (length(counterparty_tail) <= 4), summary TEXT NOT NULL, instruction_no TEXT, is_return INTEGER NOT NULL,
  payout_no TEXT REFERENCES payout (payout_no), meaning TEXT NOT NULL CHECK (meaning IN ('paid', 'returned', 'arrived', 'strange', 'nobodys')), file_sha256 TEXT NOT NULL, kept_at TEXT NOT NULL,
  UNIQUE (hospital_id, account, bank_line_no), CHECK ((payout_no IS NULL) = (meaning = 'nobodys'))
) STRICT;
CREATE INDEX bank_line_by_day ON bank_line (hospital_id, day, account);
CREATE INDEX bank_line_by_payout ON bank_line (payout_no) WHERE payout_no IS NOT NULL;
CREATE TRIGGER bank_line_no_update BEFORE UPDATE ON bank_line BEGIN SELECT RAISE(ABORT, 'bank_line is append-only'); END;
CREATE TRIGGER bank_line_no_delete BEFORE DELETE ON bank_line BEGIN SELECT RAISE(ABORT, 'bank_line is append-only'); END;
CREATE TABLE bank_statement (
  seq INTEGER PRIMARY KEY, hospital_id TEXT NOT NULL, account TEXT NOT NULL, day TEXT NOT NULL, outcome TEXT NOT NULL CHECK (outcome IN ('imported', 'notReady', 'unusable')), reason TEXT NOT NULL, file_sha256 TEXT,
  opening_fen INTEGER, closing_fen INTEGER, lines INTEGER NOT NULL, at TEXT NOT NULL, CHECK ((outcome = 'imported') = (opening_fen IS NOT NULL))
) STRICT;
CREATE INDEX bank_statement_by_day ON bank_statement (hospital_id, account, day, outcome);
CREATE TRIGGER bank_statement_no_update BEFORE UPDATE ON bank_statement BEGIN SELECT RAISE(ABORT, 'bank_statement is append-only'); END;
CREATE TRIGGER bank_statement_no_delete BEFORE DELETE ON bank_statement BEGIN SELECT RAISE(ABORT, 'bank_statement is append-only'); END;
`,
} as const;
