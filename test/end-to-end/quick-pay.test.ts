/** 快捷支付 on a running core: the production plugin in front of the simulated gateway, the core killed in the middle, and nothing of the card in anything that was written. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startCardApp } from '@hospay/appliance/demo/card-app.js';
import { DEMO_PORTS } from '@hospay/appliance/demo/ports.js';
import { createPaymentClient, type ApiResult } from '@hospay/payment-sdk';
import { startAgreementGatewaySimulator, type AgreementGatewaySimulator } from '../simulators/agreement-gateway/start-agreement-gateway-simulator.js';
import { parse } from 'yaml';
import { APP, eventually, ROOT } from './appliance-under-test.js';
import { quickPayChannel } from './configured-channels.js';
import { WindowUnderTest } from './window-under-test.js';

const USER = 'user-1';
const PASSWORD = '802517';

let gateway: AgreementGatewaySimulator;
let desk: WindowUnderTest;
before(async () => {
  gateway = await startAgreementGatewaySimulator();
  desk = await WindowUnderTest.open((_appliance, secret) => ({ channels: [quickPayChannel(gateway, secret)], more: { quickPay: { mostCards: 2, mostCodesPerHour: 10, passwordlessFen: 100_000, passwordlessPerDayFen: 1_000_000 } } }));
});
after(async () => {
  await desk.close();
  await gateway.stop();
});

test('a card is bound while the core dies, pays with the password and the code, then without, is refunded and unbound; the card itself is written down nowhere', async () => {
  const { name, idNo, cardNo, mobile } = gateway.agreements.newCard();
  const begun = valueOf(await desk.app.bindCard({ userId: USER, cardHolder: { name, idNo, cardNo, mobile } }, { idempotencyKey: 'binding-0001' }));
  const { agreementNo } = begun;
  // The bank binds the card, and nobody is left to hear it.
  gateway.failNext('/v1/bindings/confirm', 'executeThenNeverAnswer');
  const confirming = desk.app.confirmBinding(agreementNo, { userId: USER, code: gateway.agreements.codeFor(agreementNo) });
  await eventually('the gateway has bound the card', () => (gateway.agreements.liveAgreementsOf(cardNo) === 1 ? true : undefined));
  await desk.appliance.killCore();
  assert.equal((await confirming).kind, 'unknown');
  await desk.appliance.startCore();
  const app = createPaymentClient({ origin: desk.appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  await eventually('the card is found by its number', async () => {
    const found = await app.findAgreement(agreementNo, USER);
    return found.kind === 'ok' && found.value.state === 'active' ? found.value : undefined;
  }, 40_000);
  assert.deepEqual(valueOf(await app.listBoundCards(USER)).map(({ lastFour, state }) => ({ lastFour, state })), [{ lastFour: cardNo.slice(-4), state: 'active' }]);
  valueOf(await app.setPaymentPassword({ userId: USER, newPassword: PASSWORD }));

  // The demo's APP over the same SDK: it sees the card, and a page of elsewhere is not answered.
  const cards = await startCardApp({ dataFolder: desk.appliance.dataFolder, appId: APP.id, secretFile: appSecret(desk.appliance.dataFolder), origin: desk.appliance.addresses.payment, port: 0, bankUrl: gateway.bankUrl });
  try {
    const asked = (type: string) => fetch(`${cards.url}cards`, { method: 'POST', headers: { 'content-type': type }, body: '{}' });
    assert.deepEqual([(await asked('text/plain')).status, await (await asked('application/json')).json()], [415, { kind: 'ok', value: [] }], 'of its own user');
    assert.match(await (await fetch(gateway.bankUrl)).text(), new RegExp(cardNo));
  } finally {
    await cards.stop();
  }

  const quoteFor = async (visitCard: string) => {
    const [patient = assert.fail('no patient')] = valueOf(await app.searchPatients({ cardType: 'visitCard', cardNo: visitCard }));
    const [bill = assert.fail('no bill')] = valueOf(await app.searchBills({ patientId: patient.patientId }));
    return valueOf(await app.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
  };
  const confirmed = (tradeNo: string) => eventually('the hospital has confirmed', async () => {
    const order = valueOf(await app.findPayment(tradeNo));
    return order.confirmation.state === 'confirmed' ? order : undefined;
  }, 40_000);
  const first = await quoteFor('C0000001');
  const refused = await app.payWithAgreement({ userId: USER, agreementNo, quoteId: first.quoteId, amountFen: first.selfPayFen }, { idempotencyKey: 'quick-0001' });
  assert.ok(refused.kind === 'refused' && refused.error.code === 'PAYMENT_PASSWORD_NEEDED', JSON.stringify(refused));
  const paid = valueOf(await app.payWithAgreement({ userId: USER, agreementNo, quoteId: first.quoteId, amountFen: first.selfPayFen, password: PASSWORD }, { idempotencyKey: 'quick-0001' }));
  const [payment = assert.fail('no payment')] = paid.payments;
  if (payment.state === 'paying') valueOf(await app.enterPaymentCode(paid.tradeNo, gateway.agreements.codeFor(payment.paymentNo)));
  const done = await confirmed(paid.tradeNo);

  const second = await quoteFor('C0000002');
  const small = valueOf(await app.payWithAgreement({ userId: USER, agreementNo, quoteId: second.quoteId, amountFen: second.selfPayFen }, { idempotencyKey: 'quick-0002' }));
  const [beside = assert.fail('no payment')] = small.payments;
  if (beside.state === 'paying') valueOf(await app.enterPaymentCode(small.tradeNo, gateway.agreements.codeFor(beside.paymentNo)));
  await confirmed(small.tradeNo);
  const { refund } = valueOf(await app.requestRefund(done.tradeNo, { refundFen: done.amountFen, reason: '退费' }, { idempotencyKey: 'refund-0001' }));
  await eventually('the money is back on the card', async () => (valueOf(await app.findRefund(refund.refundNo)).refund.state === 'succeeded' ? true : undefined), 40_000);
  assert.equal(gateway.orders.refunds().length, 1);

  gateway.failNext('/v1/agreements/unbind', 'executeThenDropConnection');
  assert.equal(valueOf(await app.unbindCard(agreementNo, USER)).state, 'ending');
  assert.equal(valueOf(await app.unbindCard(agreementNo, USER)).state, 'ended');
  assert.equal(gateway.agreements.liveAgreementsOf(cardNo), 0);

  desk.assertSound({ personal: [name, idNo, cardNo, mobile, `"${PASSWORD}"`] });
  const files = readdirSync(desk.appliance.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.ok(files.some((file) => file.endsWith('platform.sqlite')) && files.some((file) => file.endsWith('money.sqlite')));
  for (const file of files) for (const personal of [name, idNo, cardNo, mobile]) assert.ok(!contentOf(file).includes(personal), `${file} holds ${personal}`);
});

/** The demo's channel is the gateway the demo starts. */
test('the demo charges for the merchant its simulated gateway knows', () => {
  const { channels, provision } = parse(readFileSync(join(ROOT, 'config/profiles/demo.yaml'), 'utf8')) as { channels: { plugin: string; settings: Record<string, unknown> }[]; provision: { applications: { id: string }[] } };
  const channel = channels.find(({ plugin }) => plugin === 'agreement-gateway');
  assert.deepEqual([channel?.settings['merchantNo'], channel?.settings['baseUrl'], provision.applications.map(({ id }) => id)], [gateway.settings.merchantNo, `http://127.0.0.1:${String(DEMO_PORTS.agreementGateway)}`, ['demo-app']]);
});

function appSecret(dataFolder: string): string {
  writeFileSync(join(dataFolder, 'app-secret'), APP.secret, { mode: 0o600 });
  return 'app-secret';
}

/** The core goes on working: a file it writes beside another, to rename it, may be gone. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function valueOf<Value>(result: ApiResult<Value>): Value {
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
  return result.value;
}
