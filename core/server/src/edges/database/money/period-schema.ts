/** 月结. `period_act` is what people did; `period_close` is what is closed for ever: no journal is written into it any more. */
export const PERIOD_MIGRATION = {
  name: '0036-period-close',
  sql: `
CREATE TABLE period_act (
  seq INTEGER PRIMARY KEY, month TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('proposed', 'approved', 'rejected')), by_login TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL, sheet TEXT, reason TEXT NOT NULL, proposed_by TEXT,
  CHECK ((kind = 'proposed') = (sheet IS NOT NULL)), CHECK (kind <> 'approved' OR (proposed_by IS NOT NULL AND proposed_by <> by_login))
) STRICT;
CREATE INDEX period_act_by_month ON period_act (month, seq);
CREATE TRIGGER period_act_no_update BEFORE UPDATE ON period_act BEGIN SELECT RAISE(ABORT, 'period_act is append-only'); END;
CREATE TRIGGER period_act_no_delete BEFORE DELETE ON period_act BEGIN SELECT RAISE(ABORT, 'period_act is append-only'); END;
CREATE TABLE period_close (
  month TEXT PRIMARY KEY, sheet TEXT NOT NULL, hash TEXT NOT NULL, last_seq INTEGER NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL, closed_by TEXT NOT NULL, closed_at TEXT NOT NULL, CHECK (proposed_by <> closed_by)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close BEGIN SELECT RAISE(ABORT, 'period_close is append-only'); END;
CREATE TRIGGER period_close_no_delete BEFORE DELETE ON period_close BEGIN SELECT RAISE(ABORT, 'period_close is append-only'); END;
CREATE INDEX journal_by_acct_date ON journal (acct_date, seq);
CREATE TRIGGER journal_not_in_closed_period BEFORE INSERT ON journal
  WHEN substr(NEW.acct_date, 1, 7) <= (SELECT max(month) FROM period_close)
  BEGIN SELECT RAISE(ABORT, 'the month is closed'); END;
`,
} as const;
