/**
 * What one merchant took, newest first, at once among ten million payments; and statement files for a merchant beside those for applications and the hospital (a check of a column is only changed with its table).
 */
export const MERCHANT_MIGRATION = {
  name: '0046-merchant-orders',
  rebuilds: true,
  sql: `
CREATE INDEX payment_by_merchant ON payment (merchant_no, submitted_at, payment_no);

CREATE TABLE statement_file_rebuilt (
  id INTEGER PRIMARY KEY, hospital_id TEXT NOT NULL, scope TEXT NOT NULL CHECK (scope IN ('application', 'hospital', 'merchant')), app_id TEXT NOT NULL, day TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1),
  payments INTEGER NOT NULL, payment_fen INTEGER NOT NULL, refunds INTEGER NOT NULL, refund_fen INTEGER NOT NULL, body_sha256 TEXT NOT NULL, file_name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, made_at TEXT NOT NULL,
  UNIQUE (hospital_id, scope, app_id, day, version), CHECK ((scope = 'hospital') = (app_id = ''))
) STRICT;
INSERT INTO statement_file_rebuilt (id, hospital_id, scope, app_id, day, version, payments, payment_fen, refunds, refund_fen, body_sha256, file_name, bytes, sha256, made_at)
  SELECT id, hospital_id, scope, app_id, day, version, payments, payment_fen, refunds, refund_fen, body_sha256, file_name, bytes, sha256, made_at FROM statement_file;
DROP TABLE statement_file;
ALTER TABLE statement_file_rebuilt RENAME TO statement_file;
CREATE INDEX statement_file_by_day ON statement_file (hospital_id, day);
CREATE TRIGGER statement_file_no_update BEFORE UPDATE ON statement_file BEGIN SELECT RAISE(ABORT, 'statement_file is append-only'); END;
CREATE TRIGGER statement_file_no_delete BEFORE DELETE ON statement_file BEGIN SELECT RAISE(ABORT, 'statement_file is append-only'); END;
`,
} as const;
