/** Registration (挂号), deposit (住院预交金) and discharge (出院结算) by the terminal SDK, against the whole appliance and the simulated HIS as it speaks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CallResult } from '@hospay/terminal-sdk';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf, type Order } from './kiosk-under-test.js';

let appliance: ApplianceUnderTest;
let kiosk: KioskUnderTest;
before(async () => {
  appliance = await ApplianceUnderTest.start();
  kiosk = await KioskUnderTest.enrol(appliance);
});
after(async () => {
  await kiosk.powerOff();
  await appliance.stop();
});

function valueOf<Value>(result: CallResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: CallResult<unknown>) => (result.kind === 'refused' ? result.error.code : result.kind);
/** The code is shown, the patient pays, the hospital books it. */
async function pay({ quoteId, selfPayFen }: { readonly quoteId: string; readonly selfPayFen: number }): Promise<Order> {
  const paid = await kiosk.client.pay({ quoteId, amountFen: selfPayFen, method: 'nativeQr' });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  appliance.wechat.pay(paymentNoOf(paid.order));
  return eventually('the hospital has booked it', async () => {
    const order = await kiosk.ask(paid.order.tradeNo);
    return order.confirmation.state === 'confirmed' ? order : undefined;
  });
}
async function hold(key: string, slotId?: string) {
  const { hospital } = appliance.his;
  const [patient] = valueOf(await kiosk.client.call('patient.find', { cardType: 'visitCard', cardNo: 'C0000001' })).patients;
  assert.ok(patient);
  const slot = slotId === undefined ? await hospital.registration.addSlot(1) : undefined;
  const id = slot?.slotId ?? slotId ?? '';
  const request = { patientId: patient.patientId, scheduleId: id.slice(0, -3), slotId: id, when: 'later' } as const;
  return { slotId: id, department: slot?.departmentCode, day: slot?.day, request, held: await kiosk.client.holdRegistration(key, request) };
}
const statesAt = (slotId: string) => appliance.his.hospital.registration.listRegistrations().flatMap((registration) => (registration.slotId === slotId ? [registration.status] : []));
const ended = (settlementNo: string) =>
  eventually('the discharge has ended', async () => {
    const seen = valueOf(await kiosk.client.call('discharge.query', { settlementNo }));
    return seen.state === 'returned' || seen.state === 'rejected' ? seen : undefined;
  });
async function deposit(stay: { readonly inpatientNo: string; readonly visitId: string }, amountFen: number): Promise<Order> {
  const { inpatientNo, visitId } = stay;
  return pay(valueOf(await kiosk.client.call('deposit.quote', { inpatientNo, visitId, amountFen })));
}

test('registration: found by department and day, held once under its key, paid, and the patient has his place in the queue', async () => {
  const { slotId, department = '', day = '', request, held } = await hold('press-1');
  const { quote, registrationNo } = valueOf(held);
  assert.equal(valueOf(await kiosk.client.holdRegistration('press-1', request)).registrationNo, registrationNo, 'after silence the same key holds the same place');
  const { schedules } = valueOf(await kiosk.client.call('registration.schedules', { departmentCode: department, from: day, to: day }));
  assert.equal(schedules.find(({ scheduleId }) => scheduleId === request.scheduleId)?.remaining, 0);
  assert.ok(Math.abs(Date.parse(quote.validUntil) - Date.now() - 15 * 60_000) < 60_000, 'a quarter of an hour, as the hospital holds it');
  const order = await pay(quote);
  assert.deepEqual([order.business, statesAt(slotId)], ['registration', ['booked']]);
  assert.match(order.confirmation.queueNo ?? '', /^\d+$/);
  assert.ok(order.confirmation.place);
  assert.equal(codeOf(await kiosk.client.call('registration.cancel', { quoteId: quote.quoteId })), 'HIS_REJECTED', 'what is paid is refunded, not cancelled');
});

test('a place given back is free at once; one that ran out while it was paid sends the money back', async () => {
  const first = await hold('press-2');
  const { quote } = valueOf(first.held);
  valueOf(await kiosk.client.call('registration.cancel', { quoteId: quote.quoteId }));
  assert.deepEqual(statesAt(first.slotId), ['cancelled']);
  const again = await hold('press-3', first.slotId);
  const paid = await kiosk.client.pay({ quoteId: valueOf(again.held).quote.quoteId, amountFen: valueOf(again.held).quote.selfPayFen, method: 'nativeQr' });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  await appliance.his.hospital.registration.expireHolds(first.slotId);
  assert.equal((await hold('press-4', first.slotId)).held.kind, 'ok', 'the next one has it now');
  assert.equal(codeOf((await hold('press-5', first.slotId)).held), 'HIS_REJECTED', 'and there was one place');
  appliance.wechat.pay(paymentNoOf(paid.order));
  const back = await eventually('the money is back', async () => {
    const order = await kiosk.ask(paid.order.tradeNo);
    return order.refunds.at(-1)?.state === 'succeeded' ? order : undefined;
  });
  assert.deepEqual([back.confirmation.state, back.refunds.length, appliance.his.hospital.registration.countPayments(back.tradeNo)], ['rejected', 1, 0]);
});

test('a deposit is booked once for the right stay; a stay that is over takes none', async () => {
  const stay = await appliance.his.hospital.inpatients.admit({ costFen: 10_000 });
  const { inpatients } = valueOf(await kiosk.client.call('inpatient.find', { cardType: 'inpatientNo', cardNo: stay.inpatientNo }));
  assert.deepEqual(inpatients.map(({ name, state }) => [name, state]), [['谢*韫', 'admitted'], ['谢*韫', 'settled']]);
  const order = await deposit(stay, 50_000);
  assert.equal(appliance.his.hospital.inpatients.countDeposits(order.tradeNo), 1);
  const [booked] = valueOf(await kiosk.client.call('inpatient.deposits', { inpatientNo: stay.inpatientNo, visitId: stay.visitId })).deposits;
  assert.deepEqual([booked?.tradeNo, booked?.amountFen], [order.tradeNo, 50_000]);
  assert.equal(codeOf(await kiosk.client.call('deposit.quote', { inpatientNo: stay.inpatientNo, visitId: '1', amountFen: 50_000 })), 'DEPOSIT_NOT_TAKEN');
});

test('a discharge that collects: hindered while the ward has not finished, then paid like bills, which settles the stay once', async () => {
  const { inpatients } = appliance.his.hospital;
  const stay = await inpatients.admit({ costFen: 80_000 });
  const { inpatientNo, visitId } = stay;
  await inpatients.depositAtWindow(stay, 30_000);
  await inpatients.orderDischarge(stay);
  await inpatients.hinder(stay);
  const hindered = await kiosk.client.call('discharge.quote', { inpatientNo, visitId });
  assert.deepEqual(hindered.kind === 'refused' ? [hindered.error.code, hindered.error.detail] : [], ['DISCHARGE_HINDERED', '有未退药品']);
  await inpatients.clearHindrances(stay);
  const { quote, collectFen, refundFen } = valueOf(await kiosk.client.call('discharge.quote', { inpatientNo, visitId }));
  assert.deepEqual([collectFen, refundFen, quote.selfPayFen], [50_000, 0, 50_000]);
  assert.equal(codeOf(await kiosk.client.settleDischarge('leave-collect', { quoteId: quote.quoteId })), 'AMOUNT_MISMATCH', 'what is missing is paid first');
  const order = await pay(quote);
  assert.deepEqual([order.business, inpatients.countSettlements(stay), inpatients.findSettlement(stay)?.tradeNo], ['discharge', 1, order.tradeNo]);
  assert.equal(codeOf(await kiosk.client.call('discharge.quote', { inpatientNo, visitId })), 'DISCHARGE_HINDERED');
});

test('a discharge that returns: settled once under its key though the HIS commits without an answer, the rest goes back along its orders, what a window took is said', async () => {
  const { inpatients } = appliance.his.hospital;
  const stay = await inpatients.admit({ costFen: 60_000 });
  const { inpatientNo, visitId } = stay;
  await inpatients.depositAtWindow(stay, 90_000);
  const older = await deposit(stay, 20_000);
  await inpatients.orderDischarge(stay);
  const { quote, refundFen } = valueOf(await kiosk.client.call('discharge.quote', { inpatientNo, visitId }));
  assert.equal(refundFen, 50_000);
  appliance.his.faults.add({ procedure: 'usp_hospay_discharge_settle', fault: { kind: 'commit-then-drop' } });
  const begun = valueOf(await kiosk.client.settleDischarge('leave-return', { quoteId: quote.quoteId }));
  assert.equal(valueOf(await kiosk.client.settleDischarge('leave-return', { quoteId: quote.quoteId })).settlementNo, begun.settlementNo);
  assert.equal(codeOf(await kiosk.client.settleDischarge('leave-again', { quoteId: quote.quoteId })), 'DISCHARGE_UNDERWAY');
  const end = await ended(begun.settlementNo);
  assert.deepEqual([end.state, end.returns, end.transferFen, inpatients.countSettlements(stay)], ['returned', [{ tradeNo: older.tradeNo, refundFen: 20_000 }], 30_000, 1]);
  const back = await eventually('the deposit is back', async () => {
    const order = await kiosk.ask(older.tradeNo);
    return order.refunds.at(-1)?.state === 'succeeded' ? order : undefined;
  });
  assert.deepEqual(back.refunds.map((refund) => refund.refundFen), [20_000]);
  const cases = appliance.read<{ kind: string }>('SELECT kind FROM discrepancy_case WHERE subject = ? AND resolved_at IS NULL', begun.settlementNo).map(({ kind }) => kind);
  assert.deepEqual(cases, ['dischargeTransfer']);
});

test('the books agree after all of it', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
});
