/** The whole appliance in a hospital whose HIS speaks HL7 v2 in GBK: paid, told, refused, given back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPaymentClient } from '@hospay/payment-sdk';
import { startHl7Hospital, type Hl7Hospital } from '../simulators/his/hl7/hl7-hospital.js';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf } from './kiosk-under-test.js';

let appliance: ApplianceUnderTest;
let hospital: Hl7Hospital;
let kiosk: KioskUnderTest;
before(async () => {
  appliance = await ApplianceUnderTest.prepare();
  hospital = await startHl7Hospital({ his: appliance.his, characterSet: 'gbk', isSilentAboutCharacterSet: true });
  appliance.change((profile) => ({
    ...profile,
    his: { id: 'his', plugin: 'hospital-adapter-hl7', settings: { host: hospital.host, port: hospital.port, characterSet: 'cp936', mapping: { fromFile: 'hospitals/lakeside/hl7-mapping.json' } } },
  }));
  await appliance.startCore();
  kiosk = await KioskUnderTest.enrol(appliance);
});
after(async () => {
  await kiosk.powerOff();
  await appliance.stop();
  await hospital.stop();
});

test('an app pays, the answer of the HIS is lost, and it is booked once; part of it goes back through the HIS', async () => {
  const client = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const must = <Value>(result: { kind: string; value?: Value }): Value => {
    assert.equal(result.kind, 'ok', JSON.stringify(result));
    return result.value as Value;
  };
  const [patient] = must(await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000001' }));
  assert.equal(patient?.patientId, 'P0000001');
  const bills = must(await client.searchBills({ patientId: patient.patientId }));
  const quote = must(await client.quoteBills({ patientId: patient.patientId, billNos: bills.map(({ billNo }) => billNo) }));
  appliance.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'commit-then-drop' } });
  const { tradeNo, payments } = must(await client.createPayment({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: 'order-hl7-1' }));
  appliance.wechat.pay(payments[0]?.paymentNo ?? '');
  await eventually('the hospital has confirmed', async () => (must(await client.findPayment(tradeNo)).confirmation.state === 'confirmed' ? true : undefined));
  assert.equal(appliance.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo).length, 1);
  assert.ok(hospital.received.some((text) => text.includes('|DFT^P03^DFT_P03|') && text.includes(`|${tradeNo}|`)));
  must(await client.requestRefund(tradeNo, { refundFen: 1, reason: '退一分|^~\\&' }, { idempotencyKey: 'refund-hl7-1' }));
  await eventually('the money is back', async () => (must(await client.findPayment(tradeNo)).refunds.at(-1)?.state === 'succeeded' ? true : undefined));
  assert.deepEqual(appliance.his.hospital.listRefunds().filter((refund) => refund.tradeNo === tradeNo).map(({ amountFen }) => amountFen), [1]);
  assert.deepEqual(appliance.ledgerProblems(), []);
});

test('the hospital rejects after the money is in: the whole amount goes back by itself', async () => {
  const order = await kiosk.showCode('C0000002');
  for (const billNo of order.billNos) await appliance.his.hospital.lockBill(billNo);
  appliance.wechat.pay(paymentNoOf(order));
  const back = await eventually('the money is back', async () => {
    const asked = await kiosk.ask(order.tradeNo);
    return asked.refunds.at(-1)?.state === 'succeeded' ? asked : undefined;
  });
  assert.equal(back.refunds[0]?.refundFen, order.amountFen);
  assert.deepEqual(appliance.his.hospital.listSettlements().filter(({ tradeNo }) => tradeNo === order.tradeNo), []);
});
