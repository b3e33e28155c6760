import { BANK_RECEIPT_MEDIA } from '@hospay/plugin-sdk';
import { lineOfSubject, RECEIPT_PATIENCE_MS, RECEIPT_STATES, type BankReceipt, type KeptDocument } from '../../../domain/bank-receipt.js';
import type { ReceiptStore } from '../../../payouts/ports.js';
import type { GroupCommit } from './group-commit.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly hospitalId: string };

/** Receipts of one hospital's payouts and bank lines in the money database. */
export function sqliteBankReceiptStore({ commits, sql, hospitalId }: Parts): ReceiptStore {
  const find = (subject: string): BankReceipt | undefined => {
    const row = sql.get('SELECT * FROM bank_receipt WHERE subject = ? AND hospital_id = ?', subject, hospitalId);
    return row === undefined ? undefined : receiptFromRow(row);
  };
  return {
    find: (subject) => Promise.resolve(find(subject)),
    due({ accounts, now, limit }) {
      // Paid before the bank gave receipts, or before they were fetched at all: a person may still ask.
      const since = new Date(now.getTime() - RECEIPT_PATIENCE_MS).toISOString();
      const rows = sql.all(
        `SELECT p.payout_no AS subject, coalesce(r.due_at, p.paid_at) AS since FROM payout p LEFT JOIN bank_receipt r ON r.payout_no = p.payout_no
         WHERE p.hospital_id = ?1 AND p.paid_at IS NOT NULL AND p.from_account IN (SELECT value FROM json_each(?2)) AND ((r.payout_no IS NULL AND p.paid_at >= ?3) OR (r.state = 'awaited' AND r.due_at <= ?4))
         UNION ALL SELECT subject, due_at FROM bank_receipt WHERE hospital_id = ?1 AND payout_no IS NULL AND state = 'awaited' AND due_at <= ?4 AND account IN (SELECT value FROM json_each(?2))
         ORDER BY since, subject LIMIT ?5`,
        hospitalId, JSON.stringify(accounts), since, now.toISOString(), limit,
      );
      return Promise.resolve(rows.map((row) => text(row, 'subject')));
    },
    list(subjects) {
      return Promise.resolve(sql.all('SELECT * FROM bank_receipt WHERE hospital_id = ? AND subject IN (SELECT value FROM json_each(?))', hospitalId, JSON.stringify(subjects)).map(receiptFromRow));
    },
    lineOf(payoutNo) {
      const row = sql.get("SELECT bank_line_no, day FROM bank_line WHERE payout_no = ? AND hospital_id = ? AND meaning = 'paid' AND direction = 'out'", payoutNo, hospitalId);
      return Promise.resolve(row === undefined ? undefined : { bankLineNo: text(row, 'bank_line_no'), day: text(row, 'day') });
    },
    arrivedLine({ account, bankLineNo }) {
      const row = sql.get("SELECT day, amount_fen, at FROM bank_line WHERE hospital_id = ? AND account = ? AND bank_line_no = ? AND direction = 'in'", hospitalId, account, bankLineNo);
      return Promise.resolve(row === undefined ? undefined : { day: text(row, 'day'), amountFen: number(row, 'amount_fen'), at: text(row, 'at') });
    },
    record: ({ subject, account, decide }) => commits.write(() => {
      const before = find(subject);
      if (before?.state === 'kept') return before;
      const isOthers = ({ receiptNo }: KeptDocument): boolean => sql.get('SELECT 1 AS n FROM bank_receipt WHERE hospital_id = ? AND account = ? AND receipt_no = ? AND subject <> ?', hospitalId, account, receiptNo, subject) !== undefined;
      const after = decide(before, { isOthers });
      sql.run(
        `INSERT INTO bank_receipt (subject, payout_no, hospital_id, account, state, tries, due_at, news, receipt_no, media_type, bytes, sha256, kept_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
         ON CONFLICT (subject) DO UPDATE SET state = excluded.state, tries = excluded.tries, due_at = excluded.due_at, news = excluded.news, receipt_no = excluded.receipt_no, media_type = excluded.media_type, bytes = excluded.bytes, sha256 = excluded.sha256, kept_at = excluded.kept_at`,
        subject, lineOfSubject(subject) === undefined ? subject : null, hospitalId, account, after.state, after.tries, after.dueAt ?? null, after.news?.slice(0, 500) ?? null, after.document?.receiptNo ?? null, after.document?.mediaType ?? null, after.document?.bytes ?? null, after.document?.sha256 ?? null, after.keptAt ?? null,
      );
      return after;
    }),
  };
}

function receiptFromRow(row: Row): BankReceipt {
  const state = RECEIPT_STATES.find((known) => known === text(row, 'state'));
  const mediaType = BANK_RECEIPT_MEDIA.find((known) => known === optionalText(row, 'media_type'));
  if (state === undefined || (state === 'kept') !== (mediaType !== undefined)) throw new Error(`receipt of ${text(row, 'subject')} cannot be read`);
  const document = mediaType === undefined ? undefined : { receiptNo: text(row, 'receipt_no'), mediaType, bytes: number(row, 'bytes'), sha256: text(row, 'sha256') };
  return { subject: text(row, 'subject'), state, document, tries: number(row, 'tries'), dueAt: optionalText(row, 'due_at'), keptAt: optionalText(row, 'kept_at'), news: optionalText(row, 'news') };
}
