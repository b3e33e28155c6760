/** A HIS that rounds what the patient pays (货币误差, 四舍五入): its figure is the only one that is charged, and the difference is kept, shown and told in the cashier's report. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { fen, type HisCallContext } from '@hospay/plugin-sdk';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { roundSelfPay } from '../simulators/his/round-self-pay.js';
import { makeSqlServerSubject } from './hospital-adapter-sqlserver-subject.js';
import { startStand } from './payment-api-stand.js';
import { startWindowDeskStand } from './window-desk-stand.js';

const call = (): HisCallContext => ({ deadline: new Date(Date.now() + 5_000).toISOString(), signal: new AbortController().signal });

/** The demo HIS whose vendor rounds to 角: the same procedure with another line in it. */
async function roundingHis(context: TestContext, roundingFen?: number) {
  const subject = await makeSqlServerSubject({ changeMapping: ({ operations: { presettle } }) => { if (presettle !== undefined && roundingFen !== undefined) presettle['roundingFen'] = roundingFen; } });
  context.after(() => subject.stop?.());
  await roundSelfPay(subject.his.hospital);
  return subject;
}

test('failure mode 17: the HIS rounds to 角 over TDS; its figure is charged and booked, and what it rounded by is in the quote and the order', async (context) => {
  const { adapter, control } = await roundingHis(context, 9);
  const stand = await startStand(context);
  Object.assign(stand.hospital, {
    presettle: (request: Parameters<typeof adapter.presettle>[0]) => adapter.presettle(request, call()),
    confirm: (request: Parameters<typeof adapter.confirm>[0]) => adapter.confirm(request, call()),
    queryConfirmation: (request: Parameters<typeof adapter.queryConfirmation>[0]) => adapter.queryConfirmation(request, call()),
  });
  stand.clock.set(new Date().toISOString());
  const bill = await control.makeBill();
  const app = stand.client();
  const quoted = await app.quoteBills({ patientId: bill.patientId, billNos: [bill.billNo] });
  assert.ok(quoted.kind === 'ok', JSON.stringify(quoted));
  const { quoteId, totalFen, fundFen, personalAccountFen, selfPayFen, roundingFen = 0 } = quoted.value;
  assert.deepEqual([totalFen, selfPayFen % 10, totalFen + roundingFen, Math.abs(roundingFen) > 0 && Math.abs(roundingFen) <= 5], [bill.amountFen, 0, fundFen + personalAccountFen + selfPayFen, true]);
  const exact = await app.createPayment({ quoteId, amountFen: selfPayFen - roundingFen, method: 'nativeQr' }, { idempotencyKey: 'the-exact-amount' });
  assert.equal(exact.kind === 'refused' ? exact.error.code : exact.kind, 'AMOUNT_MISMATCH', 'the exact amount is not what the HIS wants');
  const order = await app.createPayment({ quoteId, amountFen: selfPayFen, method: 'nativeQr' }, { idempotencyKey: 'the-rounded-amount' });
  assert.ok(order.kind === 'ok', JSON.stringify(order));
  assert.deepEqual([order.value.amountFen, order.value.roundingFen], [selfPayFen, roundingFen]);
  stand.channel.pay(`${order.value.tradeNo}P01`);
  await app.findPayment(order.value.tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  const booked = await app.findPayment(order.value.tradeNo);
  assert.ok(booked.kind === 'ok');
  assert.deepEqual([booked.value.confirmation.state, await control.countBookings(order.value.tradeNo)], ['confirmed', 1]);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('failure mode 17: parts that do not make the total by more than the mapping says this HIS rounds, or of a HIS that is not said to round, are no quote', async (context) => {
  for (const roundingFen of [undefined, 1]) {
    const { adapter, control } = await roundingHis(context, roundingFen);
    await control.makeBill();
    await control.makeBill();
    const { patientId, billNo } = await control.makeBill();
    const quoted = await adapter.presettle({ patientId, billNos: [billNo] }, call());
    assert.deepEqual([quoted.kind, 'reason' in quoted ? /do not make the total/.test(quoted.reason) : false], ['unknown', true], JSON.stringify(quoted));
  }
});

test('failure mode 17: an adapter that states no rounding, or another one, is not believed', async (context) => {
  const stand = await startStand(context);
  const quote = { quoteNo: 'HQ1', totalFen: 1_234, fundFen: 0, personalAccountFen: 0, selfPayFen: 1_230, validUntil: new Date(stand.clock.now().getTime() + 900_000).toISOString() };
  for (const [stated, code] of [[undefined, 'HIS_UNAVAILABLE'], [4, 'HIS_UNAVAILABLE'], [-4, 'ok']] as const) {
    Object.assign(stand.hospital, { presettle: () => Promise.resolve({ kind: 'ok', value: { ...quote, ...(stated === undefined ? {} : { roundingFen: stated }) } }) });
    const quoted = await stand.client().quoteBills({ patientId: 'P1', billNos: ['B1'] });
    assert.equal(quoted.kind === 'refused' ? quoted.error.code : quoted.kind, code);
  }
});

test('failure mode 17: the cashier’s report names the rounding in both forms, and takes none of it for insurance', async () => {
  const stand = await startWindowDeskStand();
  try {
    const tillNo = 'operator:0101';
    await stand.paysCash(12_300, '0101', undefined, { totalFen: fen(12_345), roundingFen: -45 });
    await stand.paysCash(5_000, '0101', undefined, { totalFen: fen(4_998), roundingFen: 2 });
    const caller = { by: 'terminal/window-1', operatorId: '0101', ownTill: tillNo };
    const closed = await stand.shifts.closeShift({ tillNo, denominations: [{ faceFen: 100, pieces: 173 }], expectedFen: 17_300, caller, asked: { tenant: 't', key: 'close-1' } });
    assert.ok(closed.kind === 'ok', JSON.stringify(closed));
    const report = await stand.shifts.readShiftReport({ wanted: { shiftNo: closed.value.shift.shiftNo }, caller });
    assert.ok(report.kind === 'ok', JSON.stringify(report));
    const { layoutA, layoutB } = report.value;
    const inA = (wanted: string) => layoutA.find(({ name }) => name === wanted)?.amountFen;
    assert.deepEqual(['划价合计', '现金', '医疗保险', '货币误差'].map(inA), [17_343, 17_300, 0, -43]);
    assert.equal(layoutB.find(({ name }) => name === '四舍五入')?.amountFen, -43);
  } finally {
    await stand.stop();
  }
});
