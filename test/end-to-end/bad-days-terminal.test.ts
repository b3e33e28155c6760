/** Bad days at a kiosk, through the whole appliance: the network is cut while a payment is made, a button is pressed twice, the machine's clock is wrong. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { mqttTransport, TerminalClient, type TerminalClientOptions } from '@hospay/terminal-sdk';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf, type Order } from './kiosk-under-test.js';

let appliance: ApplianceUnderTest;
before(async () => { appliance = await ApplianceUnderTest.start(); });
after(() => appliance.stop());

/** The hospital's network between a kiosk and the appliance. */
async function startNetwork(toPort: number) {
  const lines = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(toPort, '127.0.0.1');
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      lines.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => { lines.delete(socket); other.destroy(); });
    }
    if (isCut) near.destroy();
    else near.pipe(far).pipe(near);
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    port: address.port,
    cut() {
      isCut = true;
      for (const line of lines) line.destroy();
    },
    mend() { isCut = false; },
    async stop() {
      for (const line of lines) line.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function openClient(kiosk: KioskUnderTest, port: number, options: Partial<TerminalClientOptions> = {}) {
  const pushed: Order[] = [];
  const online = Promise.withResolvers<void>();
  const client = await TerminalClient.open({
    device: kiosk.device, storage: kiosk.storage, transport: mqttTransport({ url: `mqtt://127.0.0.1:${String(port)}`, device: kiosk.device, random: () => 0.01 }), ...options,
    events: { order: (order) => { pushed.push(order); }, resumed: () => { online.resolve(); } },
  });
  await online.promise;
  return { client, pushed };
}

const ordersOf = (billNo: string) => appliance.read<{ trade_no: string }>('SELECT trade_no FROM orders WHERE bill_nos LIKE ?', `%${billNo}%`);
const paymentsOf = (tradeNo: string) => appliance.read<{ payment_no: string }>('SELECT payment_no FROM payment WHERE trade_no = ?', tradeNo);

test('the network is cut after the code is shown: the patient pays, the hospital is told without the kiosk, and back on line the kiosk learns it by itself and prints the receipt', async () => {
  const kiosk = await KioskUnderTest.enrol(appliance);
  const network = await startNetwork(appliance.addresses.mqtt);
  await kiosk.powerOff();
  const { client, pushed } = await openClient(kiosk, network.port);
  try {
    const found = await client.call('patient.find', { cardType: 'visitCard', cardNo: 'C0000004' });
    assert.equal(found.kind, 'ok');
    const patientId = found.value.patients[0]?.patientId ?? '';
    const listed = await client.call('bill.list', { patientId });
    assert.equal(listed.kind, 'ok');
    const billNos = listed.value.bills.slice(0, 1).map(({ billNo }) => billNo);
    const quoted = await client.call('bill.quote', { patientId, billNos });
    assert.equal(quoted.kind, 'ok');
    const paid = await client.pay({ quoteId: quoted.value.quoteId, amountFen: quoted.value.selfPayFen, method: 'nativeQr' });
    assert.equal(paid.kind, 'order');
    network.cut();
    appliance.wechat.pay(paymentNoOf(paid.order));
    await eventually('the hospital has booked it', () => (appliance.his.hospital.findSettlement(paid.order.tradeNo) === undefined ? undefined : true));
    assert.ok(!pushed.some(({ confirmation }) => confirmation.state === 'confirmed'), 'nobody could tell the kiosk');
    network.mend();
    const told = await eventually('the kiosk knows', () => pushed.find(({ tradeNo, confirmation }) => tradeNo === paid.order.tradeNo && confirmation.state === 'confirmed'), 30_000);
    assert.equal(told.confirmation.receiptPrintedAt, undefined, 'its slip is still to be printed');
    const printed = await client.call('receipt.printed', { tradeNo: told.tradeNo });
    assert.ok(printed.kind === 'ok' && printed.value.confirmation.receiptPrintedAt !== undefined);
    assert.deepEqual([ordersOf(billNos[0] ?? '').length, paymentsOf(told.tradeNo).length], [1, 1]);
  } finally {
    await client.stop();
    await network.stop();
  }
  await kiosk.powerOn(appliance);
  await kiosk.powerOff();
});

test('pressed twice: one order, one charge, one code; and the machine whose clock is wrong by hours, either way, pays like any other', async () => {
  const kiosk = await KioskUnderTest.enrol(appliance, 'kiosk-2');
  await kiosk.powerOff();
  for (const [offMs, cardNo] of [[0, 'C0000006'], [5 * 3_600_000, 'C0000007'], [-26 * 3_600_000, 'C0000009']] as const) {
    const { client } = await openClient(kiosk, appliance.addresses.mqtt, { clock: { now: () => new Date(Date.now() + offMs) } });
    try {
      const found = await client.call('patient.find', { cardType: 'visitCard', cardNo });
      assert.equal(found.kind, 'ok', JSON.stringify(found));
      const patientId = found.value.patients[0]?.patientId ?? '';
      const listed = await client.call('bill.list', { patientId });
      assert.equal(listed.kind, 'ok');
      const billNo = listed.value.bills[0]?.billNo ?? '';
      const quoted = await client.call('bill.quote', { patientId, billNos: [billNo] });
      assert.equal(quoted.kind, 'ok');
      const press = () => client.pay({ quoteId: quoted.value.quoteId, amountFen: quoted.value.selfPayFen, method: 'nativeQr' });
      const [one, other] = await Promise.all([press(), press()]);
      const order = [one, other].find((result) => result.kind === 'order');
      assert.ok(order);
      // The second press is another wish of the same person, and meets the first: it never makes another code.
      assert.deepEqual([ordersOf(billNo).length, paymentsOf(order.order.tradeNo).length], [1, 1], JSON.stringify([one, other]));
      appliance.wechat.pay(paymentNoOf(order.order));
      await eventually('booked', () => (appliance.his.hospital.findSettlement(order.order.tradeNo) === undefined ? undefined : true));
    } finally {
      await client.stop();
    }
  }
});

test('after these days the ledger is whole and nothing waits for a person', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
  assert.deepEqual(appliance.read('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL'), []);
});
