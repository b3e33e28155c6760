export const REFUND_APPROVAL_MIGRATION = {
  name: '0037-refund-approvals',
  // Walls behind the rules: nobody approves what he proposed or approved before; what was shown does not change; one open proposal of an order.
  sql: `
CREATE TABLE refund_approval (
  seq INTEGER PRIMARY KEY, approval_no TEXT NOT NULL UNIQUE, request_key TEXT NOT NULL UNIQUE, trade_no TEXT NOT NULL, refund_fen INTEGER NOT NULL CHECK (refund_fen > 0), reason TEXT NOT NULL, operator_id TEXT, levels INTEGER NOT NULL CHECK (levels IN (1, 2)),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'firstApproved', 'approved', 'rejected', 'expired')), hash TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL, expires_at TEXT NOT NULL, first_approved_by TEXT, decided_by TEXT, decided_at TEXT, decision_reason TEXT,
  CHECK (first_approved_by IS NULL OR first_approved_by <> proposed_by),
  CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> proposed_by AND decided_by <> coalesce(first_approved_by, ''))),
  CHECK (state <> 'approved' OR levels = 1 OR first_approved_by IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX refund_approval_open ON refund_approval (trade_no) WHERE state IN ('proposed', 'firstApproved');
CREATE TRIGGER refund_approval_as_shown BEFORE UPDATE ON refund_approval
  WHEN OLD.state IN ('approved', 'rejected', 'expired') OR NEW.approval_no <> OLD.approval_no OR NEW.trade_no <> OLD.trade_no OR NEW.refund_fen <> OLD.refund_fen OR NEW.reason <> OLD.reason OR NEW.hash <> OLD.hash OR NEW.proposed_by <> OLD.proposed_by OR NEW.levels <> OLD.levels
  BEGIN SELECT RAISE(ABORT, 'what was shown or decided of a refund does not change'); END;
CREATE TRIGGER refund_approval_no_delete BEFORE DELETE ON refund_approval BEGIN SELECT RAISE(ABORT, 'refund_approval is append-only'); END;
`,
} as const;
