/**
 * What others keep a copy by. `order_change` has one row per order with the number of its newest change: given by triggers, so that no way of writing an order can forget it, and never given twice
 * (AUTOINCREMENT), so that a reader behind a number misses nothing. Statement files are kept for ever as rows; the files themselves for a time.
 */
export const DATA_SYNC_MIGRATION = {
  name: '0035-data-sync',
  sql: `
CREATE TABLE order_change (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, trade_no TEXT NOT NULL UNIQUE REFERENCES orders (trade_no), hospital_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL
) STRICT;
CREATE INDEX order_change_by_owner ON order_change (owner_kind, owner_id, seq);
INSERT INTO order_change (trade_no, hospital_id, owner_kind, owner_id) SELECT trade_no, hospital_id, owner_kind, owner_id FROM orders ORDER BY created_at, trade_no;
CREATE TRIGGER order_made AFTER INSERT ON orders BEGIN
  INSERT INTO order_change (trade_no, hospital_id, owner_kind, owner_id) VALUES (NEW.trade_no, NEW.hospital_id, NEW.owner_kind, NEW.owner_id);
END;
CREATE TRIGGER order_changed AFTER UPDATE OF version ON orders BEGIN
  DELETE FROM order_change WHERE trade_no = NEW.trade_no;
  INSERT INTO order_change (trade_no, hospital_id, owner_kind, owner_id) VALUES (NEW.trade_no, NEW.hospital_id, NEW.owner_kind, NEW.owner_id);
END;

CREATE INDEX payment_by_day_number ON payment (bill_day, payment_no) WHERE state = 'succeeded';
CREATE INDEX refund_by_request_day ON refund (date(coalesce(submitted_at, refunded_at, requested_at), '+8 hours')) WHERE state = 'succeeded';
CREATE INDEX idempotency_by_order ON idempotency (trade_no);

CREATE TABLE statement_file (
  id INTEGER PRIMARY KEY, hospital_id TEXT NOT NULL, scope TEXT NOT NULL CHECK (scope IN ('application', 'hospital')), app_id TEXT NOT NULL, day TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1),
  payments INTEGER NOT NULL, payment_fen INTEGER NOT NULL, refunds INTEGER NOT NULL, refund_fen INTEGER NOT NULL, body_sha256 TEXT NOT NULL, file_name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, made_at TEXT NOT NULL,
  UNIQUE (hospital_id, scope, app_id, day, version), CHECK ((scope = 'hospital') = (app_id = ''))
) STRICT;
CREATE INDEX statement_file_by_day ON statement_file (hospital_id, day);
CREATE TRIGGER statement_file_no_update BEFORE UPDATE ON statement_file BEGIN SELECT RAISE(ABORT, 'statement_file is append-only'); END;
CREATE TRIGGER statement_file_no_delete BEFORE DELETE ON statement_file BEGIN SELECT RAISE(ABORT, 'statement_file is append-only'); END;
CREATE TABLE statement_delivery (
  file_id INTEGER PRIMARY KEY REFERENCES statement_file (id), app_id TEXT NOT NULL, what TEXT NOT NULL CHECK (what IN ('notice', 'file')), attempts INTEGER NOT NULL, last_problem TEXT, delivered_at TEXT
) STRICT;
CREATE TABLE statement_mark (hospital_id TEXT PRIMARY KEY, event_id INTEGER NOT NULL, made_at TEXT NOT NULL) STRICT;

CREATE TABLE sink_cursor (name TEXT PRIMARY KEY, event_id INTEGER NOT NULL, published_at TEXT) STRICT;
`,
} as const;
