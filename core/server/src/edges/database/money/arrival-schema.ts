/** 到账: what was posted for lines of the bank's statement and for what was expected of a channel. A line is money on the account once; `arrival_foreign` is what of a day was other systems' money and has been expected. */
export const ARRIVAL_MIGRATION = {
  name: '0033-arrivals',
  sql: `
CREATE TABLE arrival (
  seq INTEGER PRIMARY KEY, arrival_no TEXT NOT NULL UNIQUE, hospital_id TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('matched', 'assigned', 'overdue', 'unexpected')), source TEXT NOT NULL, account TEXT NOT NULL,
  lines TEXT NOT NULL, days TEXT NOT NULL, by_login TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, CHECK ((kind = 'assigned') = (by_login <> ''))
) STRICT;
CREATE TRIGGER arrival_no_update BEFORE UPDATE ON arrival BEGIN SELECT RAISE(ABORT, 'arrival is append-only'); END;
CREATE TRIGGER arrival_no_delete BEFORE DELETE ON arrival BEGIN SELECT RAISE(ABORT, 'arrival is append-only'); END;
CREATE TABLE arrival_line (
  hospital_id TEXT NOT NULL, account TEXT NOT NULL, bank_line_no TEXT NOT NULL, arrival_no TEXT NOT NULL REFERENCES arrival (arrival_no), source TEXT NOT NULL, PRIMARY KEY (hospital_id, account, bank_line_no)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER arrival_line_no_update BEFORE UPDATE ON arrival_line BEGIN SELECT RAISE(ABORT, 'arrival_line is append-only'); END;
CREATE TRIGGER arrival_line_no_delete BEFORE DELETE ON arrival_line BEGIN SELECT RAISE(ABORT, 'arrival_line is append-only'); END;
CREATE TABLE arrival_foreign (arrival_no TEXT NOT NULL REFERENCES arrival (arrival_no), source TEXT NOT NULL, day TEXT NOT NULL, amount_fen INTEGER NOT NULL, PRIMARY KEY (source, day, arrival_no)) STRICT, WITHOUT ROWID;
CREATE TRIGGER arrival_foreign_no_update BEFORE UPDATE ON arrival_foreign BEGIN SELECT RAISE(ABORT, 'arrival_foreign is append-only'); END;
CREATE TRIGGER arrival_foreign_no_delete BEFORE DELETE ON arrival_foreign BEGIN SELECT RAISE(ABORT, 'arrival_foreign is append-only'); END;
CREATE INDEX bank_line_unexplained ON bank_line (hospital_id, account, day) WHERE meaning = 'nobodys' AND direction = 'in';
`,
} as const;
