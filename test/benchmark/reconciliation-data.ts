/** What both sides of the day are made of. Run by itself, `reconciliation-data.js <money file> <rows>`, it writes our side and says how long the plain join took: what making a day holds is not held by the process that is measured. */
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';

export const DAY = '2026-11-20';
export const MISSING = 7;
export const MERCHANT = '1600000001';
export const CHANNELS = ['wechat-1', 'wechat-2', 'insurance'] as const;

export const tradeNo = (channel: (typeof CHANNELS)[number], index: number): string => `H2026112010000${String(CHANNELS.indexOf(channel))}${String(index).padStart(9, '0')}`;
export const paymentNo = (channel: (typeof CHANNELS)[number], index: number): string => `${tradeNo(channel, index)}P01`;
export const fenOf = (index: number): number => 100 + (index % 5_000);

/** Orders of one day, each paid once and booked, written without the machinery that is measured elsewhere. */
async function generate(moneyFile: string, rows: number): Promise<void> {
  const store = new SqliteMoneyStore({ file: moneyFile });
  const { database } = store;
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA foreign_keys = OFF');
  for (const [number, channel] of CHANNELS.entries()) {
    const trade = `'H2026112010000${String(number)}' || printf('%09d', i)`;
    const seq = `WITH RECURSIVE seq (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM seq WHERE i < ${String(rows - 1)})`;
    // Only the first channel's orders are in the HIS's list.
    const hospital = number === 0 ? 'demo' : 'other';
    database.exec(`BEGIN;
      ${seq} INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, his_day, confirm_attempts, paid_at)
        SELECT ${trade}, '${hospital}', 'm1', 'terminal', 'kiosk-1', 'q', 'h', 'p', '测*', '[]', '门诊缴费', 100 + i % 5000, 0, 0, 100 + i % 5000, '${DAY}T02:00:00.000Z', 1, 'confirmed', '${DAY}', 1, '${DAY}T02:00:00.000Z' FROM seq;
      ${seq} INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, channel_trade_no, paid_at, attempts, bill_day)
        SELECT ${trade} || 'P01', ${trade}, 1, '${channel}', '${MERCHANT}', 'nativeQr', 100 + i % 5000, 'succeeded', '${DAY}T02:10:00.000Z', '${DAY}T02:00:00.000Z', '42000000' || printf('%020d', i), '${DAY}T02:00:00.000Z', 1, '${DAY}' FROM seq;
      COMMIT`);
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  await store.close();
}

/** Two lists of numbers and amounts loaded, indexed and joined by SQLite. */
function bareJoin(rows: number): number {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE ours (key TEXT, fen INTEGER) STRICT; CREATE TABLE theirs (key TEXT, fen INTEGER) STRICT; BEGIN');
  const began = performance.now();
  for (const [table, count] of [['ours', rows], ['theirs', rows - MISSING]] as const) {
    const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?)`);
    for (let index = 0; index < count; index += 1) insert.run(paymentNo('wechat-1', index), fenOf(index));
    database.exec(`CREATE INDEX ${table}_by_key ON ${table} (key)`);
  }
  const found = database.prepare('SELECT (SELECT count(*) FROM ours o LEFT JOIN theirs t ON t.key = o.key WHERE t.key IS NULL OR t.fen <> o.fen) + (SELECT count(*) FROM theirs t WHERE NOT EXISTS (SELECT 1 FROM ours o WHERE o.key = t.key)) AS n').get();
  database.exec('COMMIT');
  database.close();
  if (found?.['n'] !== MISSING) throw new Error('the plain join found something else');
  return (performance.now() - began) / 1_000;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , moneyFile = '', rows = ''] = process.argv;
  await generate(moneyFile, Number(rows));
  process.stdout.write(JSON.stringify({ bareSeconds: bareJoin(Number(rows)) }));
}
