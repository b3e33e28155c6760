/** What is rare among very many orders is found in steps, each of them short, and none is passed over between two. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { IS_UNPAID } from '@hospay/server/edges/database/money-reader/list-orders.js';
import { openMoneyReader } from '@hospay/server/edges/database/money-reader/open-money-reader.js';
import { IS_REFUND_OPEN } from '@hospay/server/edges/database/money-reader/read-money-overview.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';

/** As many as one question looks at, and some. */
const STEP = 30_000;
const ORDERS = STEP * 2 + 500;

/** Orders a second apart, the newest last; those named failed, the others succeeded. */
async function manyOrders(context: TestContext, failed: readonly number[]) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-orders-'));
  context.after(() => { rmSync(folder, { recursive: true }); });
  const file = join(folder, 'money.sqlite');
  const store = new SqliteMoneyStore({ file });
  store.database.exec(`
    PRAGMA foreign_keys = OFF;
    CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(ORDERS)}) SELECT i, printf('H%012d', i) AS trade_no, strftime('%Y-%m-%dT%H:%M:%fZ', '2026-11-20', '+' || i || ' seconds') AS at FROM n;
    INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, confirm_attempts)
      SELECT trade_no, 'main', 'm', 'terminal', 'k', 'Q', 'h', 'P', '*', '[]', '', 100, 0, 0, 100, at, 1, 'confirmed', 1 FROM numbers;
    INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, attempts)
      SELECT trade_no || 'P01', trade_no, 1, 'c', 'm', 'nativeQr', 100, CASE WHEN i IN (${failed.join()}) THEN 'failed' ELSE 'succeeded' END, '', at, 1 FROM numbers;
  `);
  const { reader, close } = openMoneyReader({ file, hospitalId: 'main' });
  context.after(async () => {
    await close();
    await store.close();
  });
  return reader;
}

test('a question that finds less than a page says how far back it looked, and the next goes on exactly there', async (context) => {
  // The last one of the first step, the first of the second, and the very oldest.
  const wanted = [ORDERS - STEP + 1, ORDERS - STEP, 1];
  const reader = await manyOrders(context, wanted);
  const found: string[] = [];
  const steps: (string | undefined)[] = [];
  let after: string | undefined;
  do {
    const page = await reader.listOrders({ paymentState: 'failed', limit: 20, ...(after === undefined ? {} : { after }) });
    assert.ok(page !== undefined);
    found.push(...page.orders.map(({ tradeNo }) => tradeNo));
    steps.push(page.searchedTo);
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(found, wanted.map((index) => `H${String(index).padStart(12, '0')}`));
  assert.deepEqual([steps.length, steps.map((searchedTo) => searchedTo !== undefined)], [3, [true, true, false]]);
});

test('a full page has no more to say than where the next begins', async (context) => {
  const reader = await manyOrders(context, [ORDERS, ORDERS - 1, ORDERS - 2]);
  const page = await reader.listOrders({ paymentState: 'failed', limit: 2 });
  assert.deepEqual([page?.orders.length, page?.searchedTo, page?.next?.split('/')[1]], [2, undefined, `H${String(ORDERS - 1).padStart(12, '0')}`]);
  const plain = await reader.listOrders({ limit: 2 });
  assert.deepEqual([plain?.orders.length, plain?.searchedTo], [2, undefined]);
});

test('what is looked at to find something rare stands in an index: time alone, payments that failed, refunds under way', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-orders-'));
  const store = new SqliteMoneyStore({ file: join(folder, 'money.sqlite') });
  context.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const plan = (sql: string) => store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row['detail']));
  assert.deepEqual(plan("SELECT o.created_at, o.trade_no FROM orders o WHERE o.hospital_id = 'main' AND o.created_at >= '2026' ORDER BY o.created_at DESC, o.trade_no DESC LIMIT 1 OFFSET 9"), ['SEARCH o USING COVERING INDEX orders_by_time (hospital_id=? AND created_at>?)']);
  assert.ok(plan(`SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM payment p WHERE p.trade_no = o.trade_no AND p.state = 'failed' AND ${IS_UNPAID})`).some((line) => line.includes('payment_unpaid (trade_no=?)')));
  assert.deepEqual(plan(`SELECT sum(refund_fen) FROM refund WHERE +requested_at >= '2026' AND ${IS_REFUND_OPEN}`), ['SCAN refund USING INDEX refund_open']);
});

test('payments that were closed are found as those that failed are, and no other', async (context) => {
  const reader = await manyOrders(context, [57_000]);
  assert.deepEqual((await reader.listOrders({ paymentState: 'failed', toDay: '2026-11-20' }))?.orders.map(({ tradeNo }) => tradeNo), ['H000000057000']);
  assert.deepEqual((await reader.listOrders({ paymentState: 'closed', toDay: '2026-11-20' }))?.orders, []);
  assert.equal((await reader.listOrders({ paymentState: 'succeeded', toDay: '2026-11-20' }))?.orders.length, 20);
});
