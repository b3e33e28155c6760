import { BANK_RECEIPT_MEDIA } from '@hospay/plugin-sdk';
import { RECEIPT_PATIENCE_MS, RECEIPT_STATES, type BankReceipt, type KeptDocument } from '../../../domain/bank-receipt.js';
import type { ReceiptStore } from '../../../payouts/ports.js';
import type { GroupCommit } from './group-commit.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly hospitalId: string };

/** Receipts of one hospital's payouts in the money database. */
export function sqliteBankReceiptStore({ commits, sql, hospitalId }: Parts): ReceiptStore {
  const find = (payoutNo: string): BankReceipt | undefined => {
    const row = sql.get('SELECT * FROM bank_receipt WHERE payout_no = ? AND hospital_id = ?', payoutNo, hospitalId);
    return row === undefined ? undefined : receiptFromRow(row);
  };
  return {
    find: (payoutNo) => Promise.resolve(find(payoutNo)),
    due({ accounts, now, limit }) {
      // Paid before the bank gave receipts, or before they were fetched at all: a person may still ask.
      const since = new Date(now.getTime() - RECEIPT_PATIENCE_MS).toISOString();
      const rows = sql.all(
        `SELECT p.payout_no FROM payout p LEFT JOIN bank_receipt r ON r.payout_no = p.payout_no
         WHERE p.hospital_id = ?1 AND p.paid_at IS NOT NULL AND p.from_account IN (SELECT value FROM json_each(?2)) AND ((r.payout_no IS NULL AND p.paid_at >= ?3) OR (r.state = 'awaited' AND r.due_at <= ?4))
         ORDER BY coalesce(r.due_at, p.paid_at), p.payout_no LIMIT ?5`,
        hospitalId, JSON.stringify(accounts), since, now.toISOString(), limit,
      );
      return Promise.resolve(rows.map((row) => text(row, 'payout_no')));
    },
    list(payoutNos) {
      return Promise.resolve(sql.all('SELECT * FROM bank_receipt WHERE hospital_id = ? AND payout_no IN (SELECT value FROM json_each(?))', hospitalId, JSON.stringify(payoutNos)).map(receiptFromRow));
    },
    lineOf(payoutNo) {
      const row = sql.get("SELECT bank_line_no, day FROM bank_line WHERE payout_no = ? AND hospital_id = ? AND meaning = 'paid' AND direction = 'out'", payoutNo, hospitalId);
      return Promise.resolve(row === undefined ? undefined : { bankLineNo: text(row, 'bank_line_no'), day: text(row, 'day') });
    },
    record: ({ payoutNo, account, decide }) => commits.write(() => {
      const before = find(payoutNo);
      if (before?.state === 'kept') return before;
      const isOthers = ({ receiptNo }: KeptDocument): boolean => sql.get('SELECT 1 AS n FROM bank_receipt WHERE hospital_id = ? AND account = ? AND receipt_no = ? AND payout_no <> ?', hospitalId, account, receiptNo, payoutNo) !== undefined;
      const after = decide(before, { isOthers });
      sql.run(
        `INSERT INTO bank_receipt (payout_no, hospital_id, account, state, tries, due_at, news, receipt_no, media_type, bytes, sha256, kept_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
         ON CONFLICT (payout_no) DO UPDATE SET state = excluded.state, tries = excluded.tries, due_at = excluded.due_at, news = excluded.news, receipt_no = excluded.receipt_no, media_type = excluded.media_type, bytes = excluded.bytes, sha256 = excluded.sha256, kept_at = excluded.kept_at`,
        payoutNo, hospitalId, account, after.state, after.tries, after.dueAt ?? null, after.news?.slice(0, 500) ?? null, after.document?.receiptNo ?? null, after.document?.mediaType ?? null, after.document?.bytes ?? null, after.document?.sha256 ?? null, after.keptAt ?? null,
      );
      return after;
    }),
  };
}

function receiptFromRow(row: Row): BankReceipt {
  const state = RECEIPT_STATES.find((known) => known === text(row, 'state'));
  const mediaType = BANK_RECEIPT_MEDIA.find((known) => known === optionalText(row, 'media_type'));
  if (state === undefined || (state === 'kept') !== (mediaType !== undefined)) throw new Error(`receipt of ${text(row, 'payout_no')} cannot be read`);
  const document = mediaType === undefined ? undefined : { receiptNo: text(row, 'receipt_no'), mediaType, bytes: number(row, 'bytes'), sha256: text(row, 'sha256') };
  return { payoutNo: text(row, 'payout_no'), state, document, tries: number(row, 'tries'), dueAt: optionalText(row, 'due_at'), keptAt: optionalText(row, 'kept_at'), news: optionalText(row, 'news') };
}
