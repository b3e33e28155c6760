/** 附件: what was filed with a case, for ever. The file itself lies encrypted beside the database, under its hash. */
export const CASE_ATTACHMENT_MIGRATION = {
  name: '0039-case-attachments',
  sql: `
CREATE TABLE case_attachment (
  seq INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES discrepancy_case (id), name TEXT NOT NULL, media_type TEXT NOT NULL, bytes INTEGER NOT NULL CHECK (bytes > 0), sha256 TEXT NOT NULL CHECK (length(sha256) = 64), by_login TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (case_id, sha256)
) STRICT;
CREATE TRIGGER case_attachment_no_update BEFORE UPDATE ON case_attachment BEGIN SELECT RAISE(ABORT, 'case_attachment is append-only'); END;
CREATE TRIGGER case_attachment_no_delete BEFORE DELETE ON case_attachment BEGIN SELECT RAISE(ABORT, 'case_attachment is append-only'); END;
`,
} as const;
