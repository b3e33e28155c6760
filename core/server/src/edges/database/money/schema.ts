/**
 * The money database, forward-only. Every row carries its hospital, so that a region can later share one database.
 * `fact`, `journal`, `entry` and `state_event` are append-only by trigger: a correction is a new row.
 */
import { ARRIVAL_MIGRATION } from './arrival-schema.js';
import { BANK_RECEIPT_MIGRATION } from './bank-receipt-schema.js';
import { CASE_ATTACHMENT_MIGRATION } from './case-attachment-schema.js';
import { CASE_WORK_MIGRATION } from './case-work-schema.js';
import { DATA_SYNC_MIGRATION } from './data-sync-schema.js';
import { DISCHARGE_OWNER_MIGRATION } from './discharge-owner-schema.js';
import { HAND_TRANSFER_MIGRATION } from './hand-transfer-schema.js';
import { HIS_DOUBT_MIGRATION } from './his-doubt-schema.js';
import { MERCHANT_MIGRATION } from './merchant-schema.js';
import { NUMBERED_FORM_MIGRATION } from './numbered-form-schema.js';
import { PAYOUT_MIGRATION } from './payout-schema.js';
import { PERIOD_MIGRATION } from './period-schema.js';
import { PREPAYMENT_MIGRATION } from './prepayment-schema.js';
import { SETTLEMENT_BATCH_MIGRATION } from './settlement-batch-schema.js';
import { STATEMENT_UPLOAD_MIGRATION } from './statement-upload-schema.js';
import { SUSPENSE_MIGRATION } from './suspense-schema.js';
import { ROUNDING_MIGRATION } from './rounding-schema.js';
import { REFUND_APPROVAL_MIGRATION } from './refund-approval-schema.js';
import { RECONCILIATION_MIGRATION } from './reconciliation-schema.js';
import { RUNNING_MIGRATION } from './running-schema.js';

/** `rebuilds`: makes a table anew, so foreign keys are only looked at when it is done. */
/** `expands`: the version before goes on reading and writing rightly after it (a table, a column with a default, an index more). What it says is kept in the file, where that version finds it. */
export type Migration = { readonly name: string; readonly sql: string; readonly rebuilds?: true; readonly expands?: true };

const appendOnly = (table: string) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

export const MONEY_MIGRATIONS: readonly Migration[] = [
  {
    name: '0001-money',
    sql: `
CREATE TABLE quote (
  quote_id TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL,
  patient_id TEXT NOT NULL, patient_label TEXT NOT NULL, his_quote_no TEXT NOT NULL, bill_nos TEXT NOT NULL,
  total_fen INTEGER NOT NULL, fund_fen INTEGER NOT NULL, personal_account_fen INTEGER NOT NULL, self_pay_fen INTEGER NOT NULL,
  valid_until TEXT NOT NULL, quoted_at TEXT NOT NULL,
  CHECK (total_fen = fund_fen + personal_account_fen + self_pay_fen)
) STRICT;

CREATE TABLE orders (
  trade_no TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, merchant_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL,
  quote_id TEXT NOT NULL, his_quote_no TEXT NOT NULL, patient_id TEXT NOT NULL, patient_label TEXT NOT NULL, bill_nos TEXT NOT NULL,
  description TEXT NOT NULL, total_fen INTEGER NOT NULL, fund_fen INTEGER NOT NULL, personal_account_fen INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0), created_at TEXT NOT NULL, version INTEGER NOT NULL,
  confirmation TEXT NOT NULL, settlement_no TEXT, receipt_no TEXT, pickup_window TEXT, guide TEXT, confirmed_at TEXT, his_day TEXT,
  confirm_attempts INTEGER NOT NULL, paid_at TEXT, receipt_printed_at TEXT
) STRICT;
CREATE INDEX orders_by_owner ON orders (owner_kind, owner_id, created_at);
CREATE INDEX orders_by_time ON orders (hospital_id, created_at);
CREATE INDEX orders_by_patient ON orders (hospital_id, patient_id, created_at);

CREATE TABLE bill_claim (
  hospital_id TEXT NOT NULL, bill_no TEXT NOT NULL, trade_no TEXT NOT NULL, claimed_at TEXT NOT NULL,
  PRIMARY KEY (hospital_id, bill_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX bill_claim_by_order ON bill_claim (trade_no);

CREATE TABLE payment (
  payment_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL REFERENCES orders (trade_no), leg INTEGER NOT NULL,
  channel TEXT NOT NULL, merchant_no TEXT NOT NULL, method TEXT NOT NULL, amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL, presentation TEXT, expires_at TEXT NOT NULL, submitted_at TEXT NOT NULL,
  channel_trade_no TEXT, paid_at TEXT, funding_source TEXT, attempts INTEGER NOT NULL, bill_day TEXT, last_news TEXT,
  refund_held_fen INTEGER NOT NULL DEFAULT 0,
  UNIQUE (trade_no, leg),
  CHECK (refund_held_fen >= 0 AND refund_held_fen <= amount_fen)
) STRICT;
CREATE INDEX payment_open ON payment (state) WHERE state NOT IN ('succeeded', 'closed', 'failed');
CREATE INDEX payment_by_channel_number ON payment (channel, channel_trade_no) WHERE channel_trade_no IS NOT NULL;

CREATE TABLE refund (
  refund_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL REFERENCES orders (trade_no), payment_no TEXT NOT NULL REFERENCES payment (payment_no),
  refund_fen INTEGER NOT NULL CHECK (refund_fen > 0), state TEXT NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL,
  requested_by TEXT NOT NULL, requested_at TEXT NOT NULL, needs_his_approval INTEGER NOT NULL, reserved_from TEXT NOT NULL,
  his_refund_no TEXT, his_reversed_day TEXT, channel_refund_no TEXT, submitted_at TEXT, refunded_at TEXT,
  is_posted INTEGER NOT NULL, attempts INTEGER NOT NULL, replaces TEXT UNIQUE, last_news TEXT
) STRICT;
CREATE INDEX refund_by_order ON refund (trade_no);
CREATE INDEX refund_by_time ON refund (requested_at);

CREATE TABLE fact (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, source_id TEXT NOT NULL, trade_no TEXT,
  body TEXT NOT NULL, body_hash TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (source, source_id)
) STRICT;
CREATE INDEX fact_by_order ON fact (trade_no);
${appendOnly('fact')}

CREATE TABLE state_event (
  id INTEGER PRIMARY KEY, trade_no TEXT NOT NULL, axis TEXT NOT NULL, subject TEXT NOT NULL, from_state TEXT, to_state TEXT NOT NULL,
  trigger TEXT NOT NULL, cause_kind TEXT NOT NULL, cause_id TEXT NOT NULL, order_version INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX state_event_by_order ON state_event (trade_no);
${appendOnly('state_event')}

CREATE TABLE account (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, code TEXT NOT NULL, normal TEXT NOT NULL CHECK (normal IN ('debit', 'credit'))
) STRICT;
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, biz_type TEXT NOT NULL, biz_id TEXT NOT NULL, step TEXT NOT NULL, trade_no TEXT NOT NULL, acct_date TEXT NOT NULL,
  at TEXT NOT NULL, cause_kind TEXT NOT NULL, cause_id TEXT NOT NULL, n_entries INTEGER NOT NULL CHECK (n_entries >= 2),
  total_fen INTEGER NOT NULL CHECK (total_fen > 0), prev_hash TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (biz_type, biz_id, step)
) STRICT;
CREATE INDEX journal_by_order ON journal (trade_no);
${appendOnly('journal')}
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, journal_seq INTEGER NOT NULL REFERENCES journal (seq), line INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (id), side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0), phase TEXT NOT NULL CHECK (phase IN ('pending', 'voided', 'final')), clear_key TEXT NOT NULL,
  UNIQUE (journal_seq, line)
) STRICT;
CREATE INDEX entry_by_account ON entry (account_id, clear_key);
${appendOnly('entry')}
CREATE TABLE balance (
  account_id INTEGER PRIMARY KEY REFERENCES account (id), debit_final INTEGER NOT NULL, credit_final INTEGER NOT NULL,
  debit_pending INTEGER NOT NULL CHECK (debit_pending >= 0), credit_pending INTEGER NOT NULL CHECK (credit_pending >= 0)
) STRICT;
CREATE TABLE clear_balance (
  account_id INTEGER NOT NULL REFERENCES account (id), clear_key TEXT NOT NULL, net_fen INTEGER NOT NULL, pending_fen INTEGER NOT NULL,
  opened_at TEXT NOT NULL, PRIMARY KEY (account_id, clear_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  kind TEXT NOT NULL, subject TEXT NOT NULL, trade_no TEXT NOT NULL, due_at INTEGER NOT NULL, first_due_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL, token INTEGER NOT NULL, leased_by TEXT, PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_due ON job (kind, due_at);

CREATE TABLE idempotency (
  tenant TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, trade_no TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE discrepancy_case (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, trade_no TEXT, severity INTEGER NOT NULL, detail TEXT NOT NULL,
  opened_at TEXT NOT NULL, resolved_at TEXT
) STRICT;
CREATE UNIQUE INDEX discrepancy_case_open ON discrepancy_case (kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX discrepancy_case_by_order ON discrepancy_case (trade_no);
`,
  },
  {
    name: '0002-job-token',
    // A sequence of its own, started above every token already given out.
    sql: `
CREATE TABLE job_token (last INTEGER NOT NULL) STRICT;
INSERT INTO job_token (last) SELECT coalesce(max(token), 0) FROM job;
`,
  },
  {
    name: '0003-channel-note',
    sql: 'ALTER TABLE payment ADD COLUMN channel_note TEXT;',
  },
  {
    name: '0004-mixed-tender',
    sql: 'ALTER TABLE orders ADD COLUMN tender_until TEXT; ALTER TABLE orders ADD COLUMN tender_ending_at TEXT;',
  },
  {
    name: '0005-fee-type',
    sql: 'ALTER TABLE quote ADD COLUMN fee_type TEXT;',
  },
  {
    name: '0006-job-answered',
    sql: 'ALTER TABLE job ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;',
  },
  {
    name: '0007-insurance',
    // One pre-settlement of a bill at a time: a row of presettlement_bill stands until the centre holds nothing of it any more.
    sql: `
CREATE TABLE presettlement (
  presettlement_no TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL, channel TEXT NOT NULL,
  quote_id TEXT NOT NULL, bill_nos TEXT NOT NULL, tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, details_hash TEXT NOT NULL,
  state TEXT NOT NULL, total_fen INTEGER NOT NULL CHECK (total_fen > 0), fund_fen INTEGER, account_fen INTEGER, cash_fen INTEGER,
  visit_no TEXT, trade_no TEXT, requested_at TEXT NOT NULL, expires_at TEXT NOT NULL, busy_until TEXT, abandoning_since TEXT, last_news TEXT,
  UNIQUE (tenant, idempotency_key),
  CHECK (fund_fen IS NULL OR (fund_fen >= 0 AND account_fen >= 0 AND cash_fen >= 0 AND fund_fen + account_fen + cash_fen = total_fen))
) STRICT;
CREATE INDEX presettlement_by_order ON presettlement (trade_no);
CREATE TABLE presettlement_bill (
  hospital_id TEXT NOT NULL, bill_no TEXT NOT NULL, presettlement_no TEXT NOT NULL REFERENCES presettlement (presettlement_no),
  PRIMARY KEY (hospital_id, bill_no)
) STRICT, WITHOUT ROWID;
ALTER TABLE orders ADD COLUMN presettlement_no TEXT;
ALTER TABLE payment ADD COLUMN refunds_whole_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN insurance_fund_fen INTEGER;
ALTER TABLE payment ADD COLUMN insurance_account_fen INTEGER;
`,
  },
  {
    name: '0008-close-asked',
    sql: 'ALTER TABLE payment ADD COLUMN close_asked_at TEXT;',
  },
  {
    name: '0009-orders-by-presettlement',
    sql: 'CREATE INDEX orders_by_presettlement ON orders (presettlement_no) WHERE presettlement_no IS NOT NULL;',
  },
  {
    name: '0010-insurance-settled-by-a-wallet',
    sql: `
ALTER TABLE presettlement ADD COLUMN pay_order_id TEXT;
ALTER TABLE presettlement ADD COLUMN own_order_no TEXT;
ALTER TABLE payment ADD COLUMN settled_by TEXT;
ALTER TABLE payment ADD COLUMN insurance_order TEXT;
`,
  },
  {
    name: '0011-business',
    // An order may be for other things than bills, and may cost the patient nothing: a check of a column is only changed with its table.
    rebuilds: true,
    sql: `
CREATE TABLE orders_rebuilt (
  trade_no TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, merchant_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL,
  quote_id TEXT NOT NULL, his_quote_no TEXT NOT NULL, patient_id TEXT NOT NULL, patient_label TEXT NOT NULL, bill_nos TEXT NOT NULL,
  description TEXT NOT NULL, total_fen INTEGER NOT NULL, fund_fen INTEGER NOT NULL, personal_account_fen INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0), created_at TEXT NOT NULL, version INTEGER NOT NULL,
  confirmation TEXT NOT NULL, settlement_no TEXT, receipt_no TEXT, pickup_window TEXT, guide TEXT, confirmed_at TEXT, his_day TEXT,
  confirm_attempts INTEGER NOT NULL, paid_at TEXT, receipt_printed_at TEXT, tender_until TEXT, tender_ending_at TEXT, presettlement_no TEXT,
  business TEXT NOT NULL DEFAULT 'bill', business_subject TEXT, queue_no TEXT, place TEXT
) STRICT;
INSERT INTO orders_rebuilt SELECT trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen,
  personal_account_fen, amount_fen, created_at, version, confirmation, settlement_no, receipt_no, pickup_window, guide, confirmed_at, his_day, confirm_attempts, paid_at, receipt_printed_at,
  tender_until, tender_ending_at, presettlement_no, 'bill', NULL, NULL, NULL FROM orders;
DROP TABLE orders;
ALTER TABLE orders_rebuilt RENAME TO orders;
CREATE INDEX orders_by_owner ON orders (owner_kind, owner_id, created_at);
CREATE INDEX orders_by_time ON orders (hospital_id, created_at);
CREATE INDEX orders_by_patient ON orders (hospital_id, patient_id, created_at);
CREATE INDEX orders_by_presettlement ON orders (presettlement_no) WHERE presettlement_no IS NOT NULL;
ALTER TABLE quote ADD COLUMN business TEXT NOT NULL DEFAULT 'bill';
ALTER TABLE quote ADD COLUMN business_subject TEXT;
`,
  },
  {
    name: '0012-receipt-chain',
    // A red flush (红冲重收) gives what is left of a charge a new receipt: by it the order is still found.
    sql: `
CREATE TABLE receipt_link (
  id INTEGER PRIMARY KEY, hospital_id TEXT NOT NULL, trade_no TEXT NOT NULL REFERENCES orders (trade_no), his_refund_no TEXT NOT NULL, old_receipt_no TEXT NOT NULL, new_receipt_no TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX receipt_link_by_new ON receipt_link (hospital_id, new_receipt_no);
CREATE INDEX receipt_link_by_order ON receipt_link (trade_no);
${appendOnly('receipt_link')}
CREATE INDEX orders_by_receipt ON orders (hospital_id, receipt_no) WHERE receipt_no IS NOT NULL;
CREATE INDEX orders_by_registration ON orders (hospital_id, his_quote_no) WHERE business = 'registration';
`,
  },
  {
    name: '0013-shifts',
    // What was posted before carries no till and belongs to no shift: the first shift of a till begins with this version.
    sql: `
ALTER TABLE payment ADD COLUMN till_no TEXT;
ALTER TABLE refund ADD COLUMN till_no TEXT;
ALTER TABLE refund ADD COLUMN operator_id TEXT;
ALTER TABLE journal ADD COLUMN till_no TEXT;
CREATE INDEX journal_by_till ON journal (till_no, seq) WHERE till_no IS NOT NULL;
CREATE INDEX payment_cash_by_day ON payment (bill_day) WHERE method = 'cash';
CREATE INDEX refund_by_day ON refund (date(refunded_at, '+8 hours')) WHERE refunded_at IS NOT NULL;
CREATE INDEX payment_open_by_till ON payment (till_no) WHERE till_no IS NOT NULL AND state NOT IN ('succeeded', 'closed', 'failed');
CREATE INDEX refund_open_by_till ON refund (till_no) WHERE till_no IS NOT NULL AND state NOT IN ('succeeded', 'closed', 'rejected');
CREATE TABLE change_money (
  id INTEGER PRIMARY KEY, opening_no TEXT NOT NULL UNIQUE, till_no TEXT NOT NULL, channel TEXT NOT NULL, amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0), at TEXT NOT NULL
) STRICT;
CREATE INDEX change_money_by_till ON change_money (till_no, id);
${appendOnly('change_money')}
CREATE TABLE shift (
  seq INTEGER PRIMARY KEY, shift_no TEXT NOT NULL UNIQUE, hospital_id TEXT NOT NULL, till_no TEXT NOT NULL, ordinal INTEGER NOT NULL,
  from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL CHECK (to_seq >= from_seq), from_opening INTEGER NOT NULL, to_opening INTEGER NOT NULL CHECK (to_opening >= from_opening),
  opened_at TEXT NOT NULL, closed_at TEXT NOT NULL, closed_day TEXT NOT NULL, closed_by TEXT NOT NULL, operator_id TEXT,
  figures TEXT NOT NULL, denominations TEXT NOT NULL, expected_fen INTEGER NOT NULL, counted_fen INTEGER NOT NULL CHECK (counted_fen >= 0),
  tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (till_no, ordinal), UNIQUE (tenant, idempotency_key)
) STRICT;
CREATE INDEX shift_by_day ON shift (closed_day, till_no);
${appendOnly('shift')}
CREATE TABLE cash_act (
  act_no TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('handOver', 'deposit', 'recount', 'reversal')), hospital_id TEXT NOT NULL, shift_no TEXT REFERENCES shift (shift_no), slip_no TEXT,
  amount_fen INTEGER NOT NULL, denominations TEXT, reason TEXT, reverses TEXT UNIQUE REFERENCES cash_act (act_no), by TEXT NOT NULL, at TEXT NOT NULL,
  tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL,
  UNIQUE (tenant, idempotency_key)
) STRICT;
CREATE INDEX cash_act_by_shift ON cash_act (shift_no);
CREATE INDEX cash_act_by_slip ON cash_act (slip_no);
${appendOnly('cash_act')}
`,
  },
  {
    name: '0014-discharge',
    sql: `
CREATE TABLE discharge (
  settlement_no TEXT PRIMARY KEY, hospital_id TEXT NOT NULL, owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL, quote_id TEXT NOT NULL, his_quote_no TEXT NOT NULL,
  inpatient_no TEXT NOT NULL, visit_id TEXT NOT NULL, patient_label TEXT NOT NULL, refund_fen INTEGER NOT NULL CHECK (refund_fen >= 0), state TEXT NOT NULL,
  his_settlement_no TEXT, receipt_no TEXT, shares TEXT NOT NULL, requested_at TEXT NOT NULL, settled_at TEXT, attempts INTEGER NOT NULL, last_news TEXT,
  operator_id TEXT,
  tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, UNIQUE (tenant, idempotency_key)
) STRICT;
CREATE UNIQUE INDEX discharge_of_stay ON discharge (hospital_id, inpatient_no, visit_id) WHERE state <> 'rejected';
`,
  },
  {
    name: '0015-invoices',
    // At most one of an order's invoices stands or will: the database's own wall behind the domain's rule.
    sql: `
CREATE TABLE invoice (
  invoice_request_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL REFERENCES orders (trade_no), ordinal INTEGER NOT NULL, amount_fen INTEGER NOT NULL CHECK (amount_fen > 0), state TEXT NOT NULL,
  invoice_code TEXT, invoice_no TEXT, check_code TEXT, url TEXT, issued_at TEXT, flush_no TEXT, refund_no TEXT, red_invoice_code TEXT, red_invoice_no TEXT, requested_at TEXT NOT NULL, doubt_until TEXT, last_news TEXT,
  UNIQUE (trade_no, ordinal)
) STRICT;
CREATE UNIQUE INDEX invoice_live ON invoice (trade_no) WHERE state NOT IN ('flushed', 'refused');
`,
  },
  {
    name: '0017-his-notices',
    // `window_only`: why what was paid goes back at a window only (checkedIn, paperInvoice).
    sql: `
CREATE TABLE his_notice (
  seq INTEGER PRIMARY KEY, notice_id TEXT NOT NULL UNIQUE, hospital_id TEXT NOT NULL, adapter TEXT NOT NULL, kind TEXT NOT NULL, notice_no TEXT NOT NULL, content TEXT NOT NULL, content_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('kept', 'done', 'refused')), code TEXT, news TEXT, received_at TEXT NOT NULL, ended_at TEXT, repeats INTEGER NOT NULL,
  UNIQUE (hospital_id, adapter, kind, notice_no)
) STRICT;
CREATE INDEX his_notice_open ON his_notice (seq) WHERE state = 'kept';
CREATE INDEX his_notice_by_number ON his_notice (hospital_id, kind, notice_no);
ALTER TABLE orders ADD COLUMN window_only TEXT CHECK (window_only IN ('checkedIn', 'paperInvoice'));
`,
  },
  RECONCILIATION_MIGRATION,
  { name: '0021-bill-locks', sql: 'ALTER TABLE orders ADD COLUMN lock_no TEXT;' },
  PREPAYMENT_MIGRATION,
  ROUNDING_MIGRATION,
  NUMBERED_FORM_MIGRATION,
  HAND_TRANSFER_MIGRATION,
  DISCHARGE_OWNER_MIGRATION,
  SUSPENSE_MIGRATION,
  CASE_WORK_MIGRATION,
  PAYOUT_MIGRATION,
  ARRIVAL_MIGRATION,
  PERIOD_MIGRATION,
  REFUND_APPROVAL_MIGRATION,
  SETTLEMENT_BATCH_MIGRATION,
  DATA_SYNC_MIGRATION,
  CASE_ATTACHMENT_MIGRATION,
  // The twin of refund_by_day: every refund wrote both.
  { name: '0040-one-refund-day-index', sql: 'DROP INDEX refund_by_refunded_day;' },
  STATEMENT_UPLOAD_MIGRATION,
  RUNNING_MIGRATION,
  BANK_RECEIPT_MIGRATION,
  HIS_DOUBT_MIGRATION,
  MERCHANT_MIGRATION,
  {
    // Lists of the console among ten million orders: time alone is read where only the order in time is wanted, and what is rare has an index of its own, which what is common never writes.
    name: '0049-list-indexes',
    sql: `
DROP INDEX orders_by_time;
CREATE INDEX orders_by_time ON orders (hospital_id, created_at, trade_no);
CREATE INDEX refund_open ON refund (trade_no) WHERE state NOT IN ('succeeded', 'closed', 'rejected');
CREATE INDEX payment_unpaid ON payment (trade_no) WHERE state IN ('closed', 'failed');
`,
  },
];
