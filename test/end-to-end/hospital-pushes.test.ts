/** A refund the HIS tells by itself, through the whole appliance: kept across a kill, answered the same, and back once. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPaymentClient } from '@hospay/payment-sdk';
import { freePort } from '../simulators/free-port.js';
import type { PushReply } from '../simulators/his/notices/push.js';
import { NOTICE_KEY, tcpPusher } from '../simulators/his/notices/tcp-pusher.js';
import { agentCredentials } from '../simulators/his/tcp/agent-dialect.js';
import { startWire } from '../simulators/his/wires.js';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';

const must = <Value>(result: { kind: string; value?: Value }): Value => {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value as Value;
};
const resultOf = (reply: PushReply): string => (reply.kind === 'told' ? reply.result : reply.kind);

test('the power goes off right behind the acknowledgement of a refund the HIS told: it is there when the core is back, gets the same answer, and the money goes back once', async (context) => {
  const [port, pushes] = [await freePort(), await freePort()];
  const secrets = { agent: 'secrets/his-wire-key', notices: 'secrets/his-notice-key' };
  const his = {
    id: 'his', plugin: 'hospital-adapter-tcp',
    settings: {
      server: '127.0.0.1', port, client: agentCredentials.client, key: { secretFile: secrets.agent }, mapping: { fromFile: 'hospitals/tcp-agent/tcp-mapping.json' },
      noticeKey: { secretFile: secrets.notices }, noticeListener: { host: '127.0.0.1', port: pushes, allowedAddresses: ['127.0.0.1'] },
    },
  };
  const appliance = await ApplianceUnderTest.prepare({ configuration: { his } });
  context.after(() => appliance.stop());
  const wire = await startWire(appliance.his, `tcp-agent=${String(port)}`);
  context.after(() => wire.down());
  writeFileSync(join(appliance.dataFolder, secrets.agent), agentCredentials.key, { mode: 0o600 });
  writeFileSync(join(appliance.dataFolder, secrets.notices), NOTICE_KEY, { mode: 0o600 });
  await appliance.startCore();
  const clientNow = () => createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const client = clientNow();
  const [patient] = must(await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000005' }));
  const [bill] = must(await client.searchBills({ patientId: patient?.patientId ?? '' }));
  const quote = must(await client.quoteBills({ patientId: patient?.patientId ?? '', billNos: [bill?.billNo ?? ''] }));
  const { tradeNo, payments } = must(await client.createPayment({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: 'order-0001' }));
  appliance.wechat.pay(payments[0]?.paymentNo ?? '');
  await eventually('the hospital has confirmed', async () => (must(await client.findPayment(tradeNo)).confirmation.state === 'confirmed' ? true : undefined));

  const window = tcpPusher('agent', pushes);
  const refund = { kind: 'refundRequested' as const, values: { hisRefundNo: 'TF0001', tradeNo, refundFen: 100, totalFen: quote.selfPayFen, reason: '退药' } };
  assert.equal(resultOf(await window.push(refund)), 'accepted');
  await appliance.killCore();
  assert.equal(resultOf(await window.push(refund)), 'noAnswer');
  await appliance.startCore();
  assert.equal(resultOf(await eventually('the HIS is heard again', async () => {
    const reply = await window.push(refund);
    return reply.kind === 'noAnswer' ? undefined : reply;
  })), 'accepted');
  const again = clientNow();
  await eventually('the money is back', async () => (must(await again.findPayment(tradeNo)).refunds.at(-1)?.state === 'succeeded' ? true : undefined));
  assert.deepEqual(must(await again.findPayment(tradeNo)).refunds.map(({ refundFen, state }) => [refundFen, state]), [[100, 'succeeded']]);
  const end = await window.push({ kind: 'refundQueried', values: { hisRefundNo: 'TF0001' } });
  assert.deepEqual([resultOf(end), end.kind === 'told' ? end.state : ''], ['accepted', '2']);
  assert.ok(!appliance.log().includes(NOTICE_KEY), 'the key is in no log');
});
