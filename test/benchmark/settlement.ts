/** Three days of a large hospital drawn for a settlement batch, while payments go on: how long it takes and keeps the event loop from turning, and the same sums in one SQL statement. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { longestTurn } from './longest-turn.js';

export type SettlementResult = { readonly payments: number; readonly seconds: number; readonly longestTurnMs: number; readonly bareSeconds: number };

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'] as const;
const [TERMINALS, CHANNEL] = [60, 'wechat-1'];

export async function measureSettlement({ paymentsADay }: { readonly paymentsADay: number }): Promise<SettlementResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-settlement-'));
  const store = new SqliteMoneyStore({ file: join(folder, 'money.sqlite') });
  try {
    generate(store, paymentsADay);
    const batches = store.settlementsOf('demo');
    const request = { sources: [{ source: CHANNEL, channels: [CHANNEL], account: 'icbc-main' }], from: DAYS[0], limit: 100 };
    let grossFen = 0;
    const began = performance.now();
    const longestTurnMs = await longestTurn(1, async () => {
      const days = await batches.listArrivedDays(request);
      grossFen = days.reduce((sum, { parts }) => parts.reduce((ofDay, part) => ofDay + part.grossFen, sum), 0);
    });
    const seconds = (performance.now() - began) / 1_000;
    const bareBegan = performance.now();
    const bare = store.database.prepare("SELECT o.owner_id, e.clear_key, sum(e.amount_fen) AS fen FROM entry e JOIN journal j ON j.seq = e.journal_seq JOIN orders o ON o.trade_no = j.trade_no WHERE e.account_id = 1 AND e.clear_key >= ? GROUP BY 1, 2").all(DAYS[0]);
    const bareSeconds = (performance.now() - bareBegan) / 1_000;
    const bareFen = bare.reduce((sum, row) => sum + Number(row['fen']), 0);
    if (grossFen !== bareFen || grossFen === 0) throw new Error(`the batch has ${String(grossFen)} fen, the ledger ${String(bareFen)}`);
    return { payments: paymentsADay * DAYS.length, seconds, longestTurnMs, bareSeconds };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

/** Payments of the days, whose money has arrived, written without the machinery that is measured elsewhere. */
function generate({ database }: SqliteMoneyStore, paymentsADay: number): void {
  database.exec(`PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; INSERT INTO account (id, name, code, normal) VALUES (1, '1121/${CHANNEL}/1600000001', '1121', 'debit'), (2, '2001/demo', '2001', 'credit')`);
  for (const [number, day] of DAYS.entries()) {
    const first = number * paymentsADay;
    const seq = `WITH RECURSIVE seq (i) AS (SELECT ${String(first + 1)} UNION ALL SELECT i + 1 FROM seq WHERE i < ${String(first + paymentsADay)})`;
    database.exec(`BEGIN;
      ${seq} INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, his_day, confirm_attempts)
        SELECT 'H' || printf('%012d', i), 'demo', 'm1', 'terminal', 'kiosk-' || (i % ${String(TERMINALS)}), 'q', 'h', 'p', '测*', '[]', '门诊缴费', 100, 0, 0, 100, '', 1, 'confirmed', '${day}', 1 FROM seq;
      ${seq} INSERT INTO journal (seq, biz_type, biz_id, step, trade_no, acct_date, at, cause_kind, cause_id, n_entries, total_fen, prev_hash, hash)
        SELECT i, 'payment', 'H' || printf('%012d', i) || 'P01', 'succeeded', 'H' || printf('%012d', i), '${day}', '', 'answer', '', 2, 100 + i % 900, '', '' FROM seq;
      ${seq} INSERT INTO entry (journal_seq, line, account_id, side, amount_fen, phase, clear_key)
        SELECT i, 1, 1, 'debit', 100 + i % 900, 'final', '${day}' FROM seq UNION ALL SELECT i, 2, 2, 'credit', 100 + i % 900, 'final', 'H' || printf('%012d', i) FROM seq;
      INSERT INTO arrival (arrival_no, hospital_id, kind, source, account, lines, days, by_login, reason, at) VALUES ('DZ${String(number)}', 'demo', 'matched', '${CHANNEL}', 'icbc-main', '[]', '[{"key":"${day}"}]', '', '', '');
      COMMIT`);
  }
}
