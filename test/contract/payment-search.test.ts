/** "Was it paid?" at a window: any number of a slip, a phone or a statement leads to the order, of this hospital only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openMoneyReader } from '@hospay/server/edges/database/money-reader/open-money-reader.js';
import { startWindowDeskStand, type WindowDeskStand } from './window-desk-stand.js';

let stand: WindowDeskStand;
before(async () => { stand = await startWindowDeskStand(); });
after(() => stand.stop());

test('an order is found by its number, its payment\'s, the receipt\'s, and by day, amount and the end of the channel\'s number; another hospital finds nothing', async () => {
  const order = await stand.paysCash(4_321);
  await stand.paysCash(1_000);
  const file = stand.store.database.prepare('PRAGMA database_list').all().map((row) => String(row['file'])).find((path) => path !== '') ?? assert.fail('no file');
  const stored = stand.store.database.prepare('SELECT o.receipt_no AS receipt, p.payment_no AS payment, p.channel_trade_no AS channel FROM orders o JOIN payment p USING (trade_no) WHERE o.trade_no = ?').get(order.tradeNo);
  const receipt = String(stored?.['receipt']);
  const channel = String(stored?.['channel']);
  const { reader, close } = openMoneyReader({ file, hospitalId: 'demo' });
  const other = openMoneyReader({ file, hospitalId: 'other' });
  try {
    for (const number of [order.tradeNo, String(stored?.['payment']), channel, receipt]) {
      const found = await reader.searchOrders({ number });
      assert.ok(found.some(({ tradeNo }) => tradeNo === order.tradeNo), number);
      assert.deepEqual(await other.reader.searchOrders({ number }), []);
    }
    const byAmount = await reader.searchOrders({ day: '2026-03-02', amountFen: 4_321 });
    assert.deepEqual(byAmount.map(({ tradeNo, amountFen, takenBy, payments }) => [tradeNo, amountFen, takenBy, payments[0]?.state]), [[order.tradeNo, 4_321, 'window-1', 'succeeded']]);
    assert.equal((await reader.searchOrders({ day: '2026-03-02', amountFen: 4_321, ending: channel.slice(-6) })).length, 1);
    assert.deepEqual(await reader.searchOrders({ day: '2026-03-02', amountFen: 4_321, ending: 'ZZZZ' }), []);
    assert.deepEqual(await reader.searchOrders({ day: '2026-03-03', amountFen: 4_321 }), []);
    assert.deepEqual(await reader.searchOrders({ number: 'nothing-at-all' }), []);
  } finally {
    await close();
    await other.close();
  }
});

test('what a cashier is shown of an order names nobody and carries no code', async () => {
  const order = await stand.paysCash(7_777);
  const file = stand.store.database.prepare('PRAGMA database_list').all().map((row) => String(row['file'])).find((path) => path !== '') ?? assert.fail('no file');
  const { reader, close } = openMoneyReader({ file, hospitalId: 'demo' });
  const [found] = await reader.searchOrders({ number: order.tradeNo });
  await close();
  assert.ok(found !== undefined && !('patientId' in found) && !JSON.stringify(found).includes('presentation'));
});
