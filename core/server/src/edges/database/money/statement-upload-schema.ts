/** 手工上传的对账单: which file was brought for which day, by whom and why, for ever. The file itself lies in the archive of statements, under its hash. */
export const STATEMENT_UPLOAD_MIGRATION = {
  name: '0041-statement-uploads',
  sql: `
CREATE TABLE statement_upload (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, day TEXT NOT NULL CHECK (length(day) = 10), file_name TEXT NOT NULL, file_sha256 TEXT NOT NULL CHECK (length(file_sha256) = 64), bytes INTEGER NOT NULL CHECK (bytes > 0),
  rows INTEGER NOT NULL CHECK (rows > 0), payment_fen INTEGER NOT NULL, refund_fen INTEGER NOT NULL, reason TEXT NOT NULL, by_login TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX statement_upload_of_day ON statement_upload (source, day);
CREATE TRIGGER statement_upload_no_update BEFORE UPDATE ON statement_upload BEGIN SELECT RAISE(ABORT, 'statement_upload is append-only'); END;
CREATE TRIGGER statement_upload_no_delete BEFORE DELETE ON statement_upload BEGIN SELECT RAISE(ABORT, 'statement_upload is append-only'); END;
`,
} as const;
