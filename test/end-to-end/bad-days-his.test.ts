/** Bad days with the HIS, through the whole appliance: down all night, restored from yesterday's backup. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf } from './kiosk-under-test.js';

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

const confirmed = (tradeNo: string) =>
  eventually('the hospital has confirmed', async () => {
    const order = await kiosk.ask(tradeNo);
    return order.confirmation.state === 'confirmed' ? order : undefined;
  });
/** At another kiosk: the quote, and then the payment, until one of them is refused. */
async function codeOfPayingAgain(at: KioskUnderTest, cardNo: string, billNos: readonly string[]): Promise<string> {
  const found = await at.client.call('patient.find', { cardType: 'visitCard', cardNo });
  assert.equal(found.kind, 'ok');
  const quoted = await at.client.call('bill.quote', { patientId: found.value.patients[0]?.patientId ?? '', billNos: [...billNos] });
  if (quoted.kind !== 'ok') return quoted.kind === 'refused' ? quoted.error.code : quoted.kind;
  const paid = await at.client.pay({ quoteId: quoted.value.quoteId, amountFen: quoted.value.selfPayFen, method: 'nativeQr' });
  return paid.kind === 'refused' ? paid.error.code : paid.kind;
}
const settlementsOf = (tradeNo: string) => appliance.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo);
const openCases = () => appliance.read<{ kind: string }>('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').map(({ kind }) => kind);

test('down all night: who comes is told before any money is taken; who has paid is told that it is paid; in the morning it is booked once', async () => {
  const order = await kiosk.showCode('C0000001');
  await appliance.his.down();
  appliance.wechat.pay(paymentNoOf(order));
  const paid = await eventually('the money is in', async () => {
    const asked = await kiosk.ask(order.tradeNo);
    return asked.payments[0]?.state === 'succeeded' ? asked : undefined;
  });
  assert.notEqual(paid.confirmation.state, 'confirmed');
  assert.deepEqual(paid.refunds, [], 'a HIS without an answer sends nothing back');
  const newcomer = await kiosk.client.call('patient.find', { cardType: 'visitCard', cardNo: 'C0000002' });
  assert.equal(newcomer.kind === 'refused' && newcomer.error.code, 'HIS_UNAVAILABLE');
  const orders = appliance.read<{ n: number }>('SELECT count(*) AS n FROM orders')[0]?.n;
  await appliance.his.up();
  const done = await confirmed(order.tradeNo);
  assert.equal(settlementsOf(order.tradeNo).length, 1);
  assert.equal(done.confirmation.receiptNo, settlementsOf(order.tradeNo)[0]?.receiptNo);
  assert.equal(appliance.read<{ n: number }>('SELECT count(*) AS n FROM orders')[0]?.n, orders);
  assert.deepEqual(openCases(), []);
});

test('restored from yesterday’s backup: the bill stands open again, and nobody pays it twice; the booking is put back under its number, and no money moves', async () => {
  const backup = appliance.his.hospital.backUp();
  const order = await kiosk.showCode('C0000003');
  appliance.wechat.pay(paymentNoOf(order));
  const atFirst = await confirmed(order.tradeNo);
  await appliance.his.hospital.restore(backup);
  assert.deepEqual(settlementsOf(order.tradeNo), []);
  assert.ok(order.billNos.every((billNo) => appliance.his.hospital.findBill(billNo)?.status === 'unpaid'));
  const other = await KioskUnderTest.enrol(appliance, 'kiosk-2');
  try {
    assert.equal(await codeOfPayingAgain(other, 'C0000003', order.billNos), 'BILL_IN_PAYMENT');
    await eventually('the booking is back', () => (settlementsOf(order.tradeNo).length === 1 ? true : undefined));
    const asked = await eventually('the platform knows', async () => {
      const found = await kiosk.ask(order.tradeNo);
      return openCases().length === 0 ? found : undefined;
    });
    assert.deepEqual([asked.confirmation.state, asked.refunds, asked.confirmation.receiptNo], ['confirmed', [], atFirst.confirmation.receiptNo]);
    assert.equal(settlementsOf(order.tradeNo)[0]?.amountFen, order.amountFen);
    assert.equal(await codeOfPayingAgain(other, 'C0000003', order.billNos), 'BILL_NOT_FOUND', 'the HIS knows again that it is paid');
  } finally {
    await other.powerOff();
  }
});

test('it answers for another patient: nothing of it is shown, nothing is quoted or charged, and the right answer is taken when it comes', async () => {
  appliance.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'other-patient' } });
  const stranger = await kiosk.client.call('patient.find', { cardType: 'visitCard', cardNo: 'C0000004' });
  assert.equal(stranger.kind === 'refused' && stranger.error.code, 'HIS_UNAVAILABLE');
  assert.ok(!JSON.stringify(stranger).includes('9999999'), 'nobody else’s number is told');
  const found = await kiosk.client.call('patient.find', { cardType: 'visitCard', cardNo: 'C0000004' });
  assert.equal(found.kind, 'ok');
  const patientId = found.value.patients[0]?.patientId ?? '';
  appliance.his.faults.add({ procedure: 'usp_hospay_list_open_bills', fault: { kind: 'other-patient' } });
  const bills = await kiosk.client.call('bill.list', { patientId });
  assert.equal(bills.kind === 'refused' && bills.error.code, 'HIS_UNAVAILABLE');
  assert.equal((await kiosk.client.call('bill.list', { patientId })).kind, 'ok');
});

test('after these days the ledger is whole', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
});
