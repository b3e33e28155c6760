/** 日间对账. The final run of a day ends the provisional one in its own transaction, whoever writes it. */
export const RUNNING_MIGRATION = {
  name: '0042-running-reconciliation',
  // The bill day of a refund is written where a channel's day does not end at midnight.
  sql: `
ALTER TABLE refund ADD COLUMN bill_day TEXT;
CREATE INDEX refund_by_bill_day ON refund (bill_day) WHERE bill_day IS NOT NULL;
CREATE TABLE ended_cursor (id INTEGER PRIMARY KEY CHECK (id = 1), event_id INTEGER NOT NULL) STRICT;
INSERT INTO ended_cursor (id, event_id) SELECT 1, coalesce(max(id), 0) FROM state_event;
CREATE TABLE asked_later (
  kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund')), number TEXT NOT NULL, ended_at TEXT NOT NULL, tries INTEGER NOT NULL, is_denied INTEGER NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_later_due ON asked_later (due_at);
CREATE TABLE confirmed_sum (
  channel TEXT NOT NULL, day TEXT NOT NULL, payments INTEGER NOT NULL, payment_fen INTEGER NOT NULL, refunds INTEGER NOT NULL, refund_fen INTEGER NOT NULL, PRIMARY KEY (channel, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE running_check (
  comparison TEXT NOT NULL CHECK (comparison IN ('channel', 'hospital')), source TEXT NOT NULL, day TEXT NOT NULL, at TEXT NOT NULL, figures TEXT NOT NULL, found INTEGER NOT NULL, standing INTEGER NOT NULL, differences TEXT NOT NULL,
  PRIMARY KEY (comparison, source, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER running_check_superseded AFTER INSERT ON reconciliation_run WHEN NEW.outcome = 'compared'
  BEGIN DELETE FROM running_check WHERE comparison = NEW.comparison AND source = NEW.source AND day = NEW.day; END;
`,
};
