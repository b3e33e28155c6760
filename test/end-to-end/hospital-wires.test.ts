/** A payment and its refund through the whole appliance, with the hospital behind a web service and behind an agent on TCP. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPaymentClient } from '@hospay/payment-sdk';
import { freePort } from '../simulators/free-port.js';
import { encryptedCredentials } from '../simulators/his/soap/encrypted-dialect.js';
import { agentCredentials } from '../simulators/his/tcp/agent-dialect.js';
import { startWire } from '../simulators/his/wires.js';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';

const SECRET_FILE = 'secrets/his-wire-key';

/** The `his` of a configuration by the port the wire listens on. */
const WIRES = {
  'soap-encrypted': {
    secret: encryptedCredentials.encryptionKey,
    his: (port: number) => ({
      id: 'his', plugin: 'hospital-adapter-soap',
      settings: { url: `http://127.0.0.1:${String(port)}/his/Service.asmx`, user: encryptedCredentials.user, encryptionKey: { secretFile: SECRET_FILE }, mapping: { fromFile: 'hospitals/soap-encrypted/soap-mapping.json' } },
    }),
  },
  'tcp-agent': {
    secret: agentCredentials.key,
    his: (port: number) => ({
      id: 'his', plugin: 'hospital-adapter-tcp',
      settings: { server: '127.0.0.1', port, client: agentCredentials.client, key: { secretFile: SECRET_FILE }, mapping: { fromFile: 'hospitals/tcp-agent/tcp-mapping.json' } },
    }),
  },
} as const;

for (const name of ['soap-encrypted', 'tcp-agent'] as const) {
  test(`${name}: a payment whose confirmation was lost is booked once, and a refund is approved before the money goes back`, async (context) => {
    const { secret, his } = WIRES[name];
    const port = await freePort();
    const appliance = await ApplianceUnderTest.prepare({ configuration: { his: his(port) } });
    context.after(() => appliance.stop());
    const wire = await startWire(appliance.his, `${name}=${String(port)}`);
    context.after(() => wire.down());
    writeFileSync(join(appliance.dataFolder, SECRET_FILE), secret, { mode: 0o600 });
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
    appliance.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'commit-then-drop' } });
    appliance.wechat.pay(payments[0]?.paymentNo ?? '');
    const receiptNo = await eventually('the hospital has confirmed', async () => {
      const { confirmation } = must(await client.findPayment(tradeNo));
      return confirmation.state === 'confirmed' ? confirmation.receiptNo : undefined;
    });
    const settlements = appliance.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo);
    assert.deepEqual(settlements.map((settlement) => [settlement.receiptNo, settlement.amountFen]), [[receiptNo, quote.selfPayFen]]);

    must(await client.requestRefund(tradeNo, { reason: '患者申请' }, { idempotencyKey: 'refund-0001' }));
    await eventually('the money is back', async () => (must(await client.findPayment(tradeNo)).refunds.at(-1)?.state === 'succeeded' ? true : undefined));
    assert.deepEqual(appliance.his.hospital.listRefunds().filter((refund) => refund.tradeNo === tradeNo).map(({ amountFen }) => amountFen), [quote.selfPayFen]);
    assert.ok(!appliance.log().includes(secret), 'the key is in no log');
  });
}
