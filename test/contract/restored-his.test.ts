/** The HIS was restored from yesterday's backup: bills that were paid stand open again. Nobody pays twice, no money moves, and the bookings are put back under their numbers. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import type { Confirmation, ConfirmRequest, HisResult } from '@hospay/plugin-sdk';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { startStand } from './payment-api-stand.js';

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

async function start(context: TestContext) {
  const stand = await startStand(context);
  const { hospital } = stand;
  const told: ConfirmRequest[] = [];
  const answers: HisResult<Confirmation>[] = [];
  const confirm = hospital.confirm.bind(hospital);
  let times = 0;
  Object.assign(hospital, {
    async confirm(request: ConfirmRequest) {
      told.push(request);
      times += 1;
      const scripted = answers.shift();
      if (scripted !== undefined) return scripted;
      const booked = await confirm(request);
      // A HIS that books anew gives new numbers.
      const value = booked.kind === 'ok' ? { ...booked.value, settlementNo: `S${String(times)}`, receiptNo: `R${String(times)}` } : undefined;
      if (value !== undefined) hospital.confirmed.set(request.tradeNo, value);
      return value === undefined ? booked : { kind: 'ok', value };
    },
  });
  const app = stand.client();
  const payAgain = async (billNo: string, idempotencyKey = 'second-time-1') => {
    const quote = valueOf(await app.quoteBills({ patientId: 'P1', patientLabel: '赵*试', billNos: [billNo] }));
    return app.createPayment({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' }, { idempotencyKey });
  };
  const open = () => stand.store.database.prepare('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => row['kind']);
  const refunds = () => stand.store.database.prepare('SELECT count(*) AS n FROM refund').get()?.['n'];
  return { stand, hospital, told, answers, app, payAgain, open, refunds };
}

test('a bill that stands open again is not paid twice, and its booking is put back under the same number: found by the old receipt and the new', async (context) => {
  const { stand, hospital, told, app, payAgain, open, refunds } = await start(context);
  const { tradeNo } = await stand.takePaid();
  hospital.confirmed.clear();
  assert.equal(codeOf(await payAgain('B1')), 'BILL_IN_PAYMENT');
  await stand.work();
  assert.deepEqual(told.map((request) => request.tradeNo), [tradeNo, tradeNo]);
  assert.deepEqual({ ...told[1], terminalId: '' }, { ...told[0], terminalId: '' }, 'told in the same words');
  const order = valueOf(await app.findPayment(tradeNo));
  assert.deepEqual([order.confirmation.state, order.confirmation.settlementNo, order.confirmation.receiptNo], ['confirmed', 'S2', 'R1'], 'the slip and the shift keep the first receipt');
  for (const receiptNo of ['R1', 'R2']) assert.equal((await stand.store.findOrderByReceipt('demo', receiptNo))?.order.tradeNo, tradeNo);
  assert.deepEqual([open(), refunds(), verifyLedger(stand.store.database).problems], [[], 0, []]);
});

test('a bill that is merely listed twice: the HIS is asked and nothing is told', async (context) => {
  const { stand, told, payAgain, open } = await start(context);
  await stand.takePaid();
  assert.equal(codeOf(await payAgain('B1')), 'BILL_IN_PAYMENT');
  await stand.work();
  assert.deepEqual([told.length, open()], [1, []]);
});

test('the quote was lost with the booking: the bills are priced anew and told of when they cost what was paid; when they do not, a person decides and nothing goes back', async (context) => {
  const { stand, hospital, told, answers, payAgain, open, refunds } = await start(context);
  const { tradeNo } = await stand.takePaid();
  hospital.confirmed.clear();
  answers.push({ kind: 'rejected', code: 'NO_QUOTE', message: '预结算不存在' });
  await payAgain('B1');
  await stand.work();
  assert.deepEqual([told.length, hospital.confirmed.has(tradeNo), open()], [3, true, []]);
  hospital.confirmed.clear();
  hospital.bills.set('B1', 12_345);
  answers.push({ kind: 'rejected', code: 'NO_QUOTE', message: '预结算不存在' });
  await payAgain('B1', 'third-time-11');
  await stand.work();
  assert.deepEqual([told.length, open(), refunds()], [4, ['bookingLost'], 0]);
});

test('an answer that is lost while it is put back is asked about: booked once', async (context) => {
  const { stand, hospital, told, answers, payAgain, open } = await start(context);
  const { tradeNo } = await stand.takePaid();
  hospital.confirmed.clear();
  answers.push({ kind: 'unknown', reason: 'timeout' });
  await payAgain('B1');
  await stand.work();
  assert.deepEqual(open(), ['bookingLost'], 'on record before the HIS is told');
  hospital.confirmed.set(tradeNo, { settlementNo: 'S9', receiptNo: 'R9', amountFen: 10_000 });
  stand.clock.advance(10_000);
  await stand.work();
  assert.deepEqual([told.length, open(), (await stand.store.findOrder(tradeNo))?.order.settlementNo], [2, [], 'S9']);
});

test('an order of which a part was refunded since is not told again: a person puts it in order', async (context) => {
  const { stand, hospital, told, app, payAgain, open } = await start(context);
  const { tradeNo } = await stand.takePaid();
  valueOf(await app.requestRefund(tradeNo, { refundFen: 1_000, reason: '退药' }, { idempotencyKey: 'refund-part-9' }));
  await stand.work();
  hospital.confirmed.clear();
  await payAgain('B1');
  await stand.work();
  assert.deepEqual([told.length, open()], [1, ['bookingLost']]);
});

test('a refund that is refused because the HIS lost the booking has the booking put back', async (context) => {
  const { stand, hospital, told, app } = await start(context);
  const { tradeNo } = await stand.takePaid();
  hospital.confirmed.clear();
  Object.assign(hospital, { approveRefund: () => Promise.resolve({ kind: 'rejected', code: 'NO_BOOKING', message: '无此结算' }) });
  valueOf(await app.requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-lost-1' }));
  await stand.work();
  const order = valueOf(await app.findPayment(tradeNo));
  assert.deepEqual([told.length, hospital.confirmed.has(tradeNo), order.confirmation.state, order.refunds[0]?.state], [2, true, 'confirmed', 'rejected']);
});

for (const [what, refundFen] of [['all of it', undefined], ['a part', 1_000]] as const) {
  test(`a refund of ${what} that is taken while the HIS is asked whether it still has the booking: nothing is decided over the order as it was before`, async (context) => {
    const { stand, hospital, told, app, payAgain, open } = await start(context);
    const { tradeNo } = await stand.takePaid();
    hospital.confirmed.clear();
    const approve = hospital.approveRefund.bind(hospital);
    let [isRefused, asked] = [refundFen === undefined, 0];
    Object.assign(hospital, {
      async queryConfirmation() {
        asked += 1;
        if (asked === 1) valueOf(await app.requestRefund(tradeNo, { ...(refundFen === undefined ? {} : { refundFen }), reason: '退费' }, { idempotencyKey: 'refund-meanwhile' }));
        const kept = hospital.confirmed.get(tradeNo);
        return kept === undefined ? { kind: 'absent' } : { kind: 'ok', value: kept };
      },
      approveRefund(request: Parameters<typeof approve>[0]) {
        const refused = isRefused;
        isRefused = false;
        return refused ? Promise.resolve({ kind: 'rejected', code: 'NO_BOOKING', message: '无此结算' }) : approve(request);
      },
    });
    await payAgain('B1');
    for (let round = 0; round < 3; round += 1) {
      await stand.work();
      stand.clock.advance(60_000);
    }
    const found = await stand.store.findOrder(tradeNo);
    if (refundFen === undefined) assert.deepEqual([told.length, found?.refunds.map(({ state }) => state), found?.order.confirmation, open()], [2, ['rejected'], 'confirmed', ['refundRefusedByHis']], 'refused first, then booked again');
    else assert.deepEqual([told.length, open()], [1, ['bookingLost']], 'for a person');
    assert.deepEqual(verifyLedger(stand.store.database).problems, []);
  });
}

test('after a restore every booking of a time is asked about at once', async (context) => {
  const { stand, hospital, told } = await start(context);
  for (let index = 0; index < 3; index += 1) await stand.takePaid();
  stand.clock.advance(3_600_000);
  await stand.takePaid();
  hospital.confirmed.clear();
  const now = stand.clock.now();
  assert.equal(await stand.store.scheduleBookingChecks({ hospitalId: 'demo', from: new Date(now.getTime() - 1_800_000), to: new Date(now.getTime() + 1), now }), 1);
  assert.equal(await stand.store.scheduleBookingChecks({ hospitalId: 'demo', from: new Date(now.getTime() - 7_200_000), to: new Date(now.getTime() + 1), now }), 4);
  await stand.work();
  assert.deepEqual([told.length, hospital.confirmed.size], [8, 4]);
});
