/** A payment and its refund through the whole appliance in each hospital the demo can stand in, with the very configuration `npm start -- --hospital NAME` runs. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEMO_HOSPITAL, HOSPITALS, type DemoHospital } from '@hospay/appliance/demo/hospitals.js';
import { createPaymentClient } from '@hospay/payment-sdk';
import { parse } from 'yaml';
import { defaultLogin } from '../simulators/his/his-simulator.js';
import { secretOfWire, startWire, type Wire } from '../simulators/his/wires.js';
import { APP, ApplianceUnderTest, eventually, ROOT } from './appliance-under-test.js';

/** Where the confirmation of a payment is spoiled in a HIS that is called otherwise. */
const BOOKING_CALLS: ReadonlyMap<string, string> = new Map([['router', 'usp_gateway/Settle'], ['basket', 'usp_sf_submit/2'], ['middle-tables', 'insert mid_payment']]);
/** Secrets of the demo by the names its profiles give them. */
const HIS_PASSWORD = 'demo/his-password';
const WIRE_SECRET = 'demo/his-wire-secret';

for (const [name, hospital] of HOSPITALS) {
  if (name === DEMO_HOSPITAL) continue;
  test(`${name}: a payment whose confirmation was lost is booked once, and a refund is approved before the money goes back`, async (context) => {
    const appliance = await ApplianceUnderTest.prepare({ his: { personality: hospital.personality } });
    context.after(() => appliance.stop());
    const wire = hospital.wire === undefined ? undefined : await startWire(appliance.his, hospital.wire);
    context.after(() => wire?.down());
    const secret = writeSecrets(appliance, hospital);
    appliance.change((profile) => ({ ...profile, his: hisOfDemo(name, portOf(appliance, wire)) }));
    await appliance.startCore();
    const client = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
    const must = <Value>(result: { kind: string; value?: Value }): Value => {
      assert.equal(result.kind, 'ok', JSON.stringify(result));
      return result.value as Value;
    };

    const [patient] = must(await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000005' }));
    assert.equal(patient?.patientId, 'P0000005');
    const [bill] = must(await client.searchBills({ patientId: patient.patientId }));
    assert.ok(bill);
    const quote = must(await client.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
    const { tradeNo, payments } = must(await client.createPayment({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: 'order-0001' }));
    appliance.his.faults.add({ procedure: BOOKING_CALLS.get(name) ?? 'usp_hospay_confirm', fault: { kind: 'commit-then-drop' } });
    appliance.wechat.pay(payments[0]?.paymentNo ?? '');
    const receiptNo = await eventually('the hospital has confirmed', async () => {
      const { confirmation } = must(await client.findPayment(tradeNo));
      return confirmation.state === 'confirmed' ? confirmation.receiptNo : undefined;
    });
    assert.deepEqual(appliance.his.faults.list(), [], 'the confirmation was spoiled');
    const settlements = appliance.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo);
    assert.deepEqual(settlements.map((settlement) => [settlement.receiptNo, settlement.amountFen]), [[receiptNo, quote.selfPayFen]]);

    must(await client.requestRefund(tradeNo, { reason: '患者申请' }, { idempotencyKey: 'refund-0001' }));
    await eventually('the money is back', async () => (must(await client.findPayment(tradeNo)).refunds.at(-1)?.state === 'succeeded' ? true : undefined));
    assert.deepEqual(appliance.his.hospital.listRefunds().filter((refund) => refund.tradeNo === tradeNo).map(({ amountFen }) => amountFen), [quote.selfPayFen]);
    assert.deepEqual(appliance.ledgerProblems(), []);
    assert.ok(secret === undefined || !appliance.log().includes(secret), 'the key is in no log');
  });
}

function writeSecrets({ dataFolder }: ApplianceUnderTest, { wire }: DemoHospital): string | undefined {
  const secret = wire === undefined ? undefined : secretOfWire(wire);
  mkdirSync(join(dataFolder, 'demo'), { recursive: true });
  writeFileSync(join(dataFolder, HIS_PASSWORD), defaultLogin.password, { mode: 0o600 });
  if (secret !== undefined) writeFileSync(join(dataFolder, WIRE_SECRET), secret, { mode: 0o600 });
  return secret;
}

function portOf({ his }: ApplianceUnderTest, wire: Wire | undefined): number {
  return wire === undefined ? his.port : Number(/:(\d+)(?:\/|$)/.exec(wire.address)?.[1]);
}

/** The `his` of the demo's profile, with the port of this run in place of the demo's. */
function hisOfDemo(name: string, port: number): object {
  const { his } = parse(readFileSync(join(ROOT, `config/profiles/demo-${name}.yaml`), 'utf8')) as { his: { settings: Record<string, unknown> } };
  const { settings } = his;
  return { ...his, settings: { ...settings, ...(typeof settings['url'] === 'string' ? { url: settings['url'].replace(':14331', `:${String(port)}`) } : { port }) } };
}
