export const NUMBERED_FORM_MIGRATION = {
  name: '0026-numbered-forms',
  // Each rule of the desk has its wall here: no number is bought, handed out or used twice, none is left out, none comes back from void, nothing is forgotten.
  sql: `
CREATE TABLE form_batch (
  batch_no TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, kind TEXT NOT NULL, medium TEXT NOT NULL CHECK (medium IN ('paper', 'serial')),
  code TEXT NOT NULL, prefix TEXT NOT NULL, width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 12), first INTEGER NOT NULL CHECK (first >= 0), last INTEGER NOT NULL CHECK (last >= first),
  by TEXT NOT NULL, at TEXT NOT NULL, tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, UNIQUE (tenant, idempotency_key)
) STRICT;
CREATE TRIGGER form_batch_overlaps BEFORE INSERT ON form_batch
  WHEN EXISTS (SELECT 1 FROM form_batch b WHERE b.hospital_id = NEW.hospital_id AND b.code = NEW.code AND b.prefix = NEW.prefix AND b.width = NEW.width AND NEW.first <= b.last AND NEW.last >= b.first)
  BEGIN SELECT RAISE(ABORT, 'these numbers were bought before'); END;
CREATE TRIGGER form_batch_no_update BEFORE UPDATE ON form_batch BEGIN SELECT RAISE(ABORT, 'form_batch is append-only'); END;
CREATE TRIGGER form_batch_no_delete BEFORE DELETE ON form_batch BEGIN SELECT RAISE(ABORT, 'form_batch is append-only'); END;

CREATE TABLE form_run (
  seq INTEGER PRIMARY KEY, run_no TEXT NOT NULL UNIQUE, batch_no TEXT NOT NULL REFERENCES form_batch (batch_no), till_no TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL CHECK (last >= first),
  returned_from INTEGER CHECK (returned_from BETWEEN first AND last), returned_by TEXT, returned_at TEXT,
  by TEXT NOT NULL, at TEXT NOT NULL, tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, UNIQUE (tenant, idempotency_key)
) STRICT;
CREATE INDEX form_run_by_batch ON form_run (batch_no, first);
CREATE INDEX form_run_by_till ON form_run (till_no, seq);
CREATE TRIGGER form_run_overlaps BEFORE INSERT ON form_run
  WHEN NEW.returned_from IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM form_batch b WHERE b.batch_no = NEW.batch_no AND NEW.first >= b.first AND NEW.last <= b.last)
    OR EXISTS (SELECT 1 FROM form_run r WHERE r.batch_no = NEW.batch_no AND NEW.first <= coalesce(r.returned_from - 1, r.last) AND NEW.last >= r.first)
  BEGIN SELECT RAISE(ABORT, 'these numbers are in other hands'); END;
CREATE TRIGGER form_run_only_returned BEFORE UPDATE ON form_run
  WHEN OLD.returned_from IS NOT NULL OR NEW.returned_from IS NULL OR NEW.returned_by IS NULL OR NEW.returned_at IS NULL
    OR NEW.run_no <> OLD.run_no OR NEW.batch_no <> OLD.batch_no OR NEW.till_no <> OLD.till_no OR NEW.first <> OLD.first OR NEW.last <> OLD.last
    OR EXISTS (SELECT 1 FROM form_number n WHERE n.run_no = OLD.run_no AND n.value >= NEW.returned_from)
  BEGIN SELECT RAISE(ABORT, 'of a run only what was not used is returned, once'); END;
CREATE TRIGGER form_run_no_delete BEFORE DELETE ON form_run BEGIN SELECT RAISE(ABORT, 'form_run is append-only'); END;

CREATE TABLE form_number (
  run_no TEXT NOT NULL REFERENCES form_run (run_no), value INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('given', 'printed', 'void')), trade_no TEXT REFERENCES orders (trade_no), receipt_no TEXT, reason TEXT,
  by TEXT NOT NULL, at TEXT NOT NULL, tenant TEXT, idempotency_key TEXT, request_hash TEXT,
  PRIMARY KEY (run_no, value), UNIQUE (tenant, idempotency_key), CHECK (state <> 'void' OR reason IS NOT NULL), CHECK (state = 'void' OR (trade_no IS NOT NULL AND receipt_no IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX form_of_receipt ON form_number (trade_no, receipt_no) WHERE state <> 'void';
CREATE INDEX form_open ON form_number (run_no) WHERE state = 'given';
CREATE INDEX form_by_order ON form_number (trade_no) WHERE trade_no IS NOT NULL;
CREATE TRIGGER form_number_in_turn BEFORE INSERT ON form_number
  WHEN NEW.value <> coalesce((SELECT max(n.value) + 1 FROM form_number n WHERE n.run_no = NEW.run_no), (SELECT r.first FROM form_run r WHERE r.run_no = NEW.run_no))
    OR NOT EXISTS (SELECT 1 FROM form_run r WHERE r.run_no = NEW.run_no AND r.returned_from IS NULL AND NEW.value <= r.last)
  BEGIN SELECT RAISE(ABORT, 'numbers are used in their turn, within their run'); END;
CREATE TRIGGER form_number_forward BEFORE UPDATE ON form_number
  WHEN OLD.state = 'void' OR NOT (NEW.state = 'void' OR (OLD.state = 'given' AND NEW.state = 'printed'))
    OR NEW.run_no <> OLD.run_no OR NEW.value <> OLD.value OR NEW.trade_no IS NOT OLD.trade_no OR NEW.receipt_no IS NOT OLD.receipt_no
  BEGIN SELECT RAISE(ABORT, 'a number only goes on to printed, or to void for ever'); END;
CREATE TRIGGER form_number_no_delete BEFORE DELETE ON form_number BEGIN SELECT RAISE(ABORT, 'form_number is append-only'); END;

CREATE TABLE form_event (
  id INTEGER PRIMARY KEY, till_no TEXT NOT NULL, run_no TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL, trade_no TEXT, reason TEXT, by TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX form_event_by_till ON form_event (till_no, id);
CREATE TRIGGER form_event_no_update BEFORE UPDATE ON form_event BEGIN SELECT RAISE(ABORT, 'form_event is append-only'); END;
CREATE TRIGGER form_event_no_delete BEFORE DELETE ON form_event BEGIN SELECT RAISE(ABORT, 'form_event is append-only'); END;
`,
} as const;
