/** The DMZ relay (DMZ 中继) between channels and a running core: three processes, real sockets, kills in the middle. */
import assert from 'node:assert/strict';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { createPaymentClient, type ApiResult } from '@hospay/payment-sdk';
import { freePort } from '../simulators/free-port.js';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { isPairedWith, relayProblem, RelayUnderTest, type Pairing } from './relay-under-test.js';

let relay: RelayUnderTest;
let appliance: ApplianceUnderTest;
let pairing: Pairing;
let cable: Cable;
/** Nothing but notifications tells the core of a payment in these stories. */
const NO_QUERIES = { queryRhythmSeconds: [600], promptQueryRhythmSeconds: [600], confirmRhythmSeconds: [1, 1, 2], refundQueryRhythmSeconds: [600], closeMarginSeconds: 5, tellOwnerRhythmSeconds: [1, 1, 2] };

before(async () => {
  relay = await RelayUnderTest.start();
  pairing = relay.shown;
  cable = await layCable(relay.tunnelPort);
  appliance = await ApplianceUnderTest.prepare({ wechat: { notificationRetryGapsMs: [] } });
  appliance.change((profile) => ({ ...profile, relay: { ...relay.configurationOf(pairing), port: cable.port }, http: { ...(profile['http'] as object), publicNotifyBaseUrl: relay.origin }, payments: NO_QUERIES }));
  await appliance.startCore();
  await isPairedWith(appliance);
});
after(async () => {
  await appliance.stop();
  await relay.stop();
  cable.close();
});

const valueOf = <Value>(result: ApiResult<Value>): Value => (result.kind === 'ok' ? result.value : assert.fail(JSON.stringify(result)));
async function paymentFor(cardNo: string): Promise<string> {
  const app = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const [patient = assert.fail('no patient')] = valueOf(await app.searchPatients({ cardType: 'visitCard', cardNo }));
  const [bill = assert.fail('no bill')] = valueOf(await app.searchBills({ patientId: patient.patientId }));
  const { quoteId, selfPayFen } = valueOf(await app.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
  const order = valueOf(await app.createPayment({ quoteId, amountFen: selfPayFen, method: 'nativeQr', channel: 'wechat' }, { idempotencyKey: `order-${quoteId}` }));
  return order.payments[0]?.paymentNo ?? assert.fail('no payment');
}
const stateOf = (paymentNo: string): unknown => appliance.read<{ state: string }>('SELECT state FROM payment WHERE payment_no = ?', paymentNo)[0]?.state;
const succeeded = (paymentNo: string): Promise<true> => eventually(`${paymentNo} is paid`, () => (stateOf(paymentNo) === 'succeeded' ? true : undefined), 30_000);
/** What the core has on record of notifications about a payment. */
const notificationsOf = (paymentNo: string): number => appliance.read("SELECT id FROM fact WHERE kind = 'channelNotification' AND body LIKE ?", `%${paymentNo}%`).length;
const journalsOf = (paymentNo: string): number => appliance.read("SELECT seq FROM journal WHERE step = 'succeeded' AND trade_no = (SELECT trade_no FROM payment WHERE payment_no = ?)", paymentNo).length;
const answersHeard = (paymentNo: string): readonly (number | null)[] => appliance.wechat.notifications().filter(({ outTradeNo }) => outTradeNo === paymentNo).flatMap(({ attempts }) => attempts.map(({ status }) => status));

test('the secret is shown until the core has proved that it has it, and the same relay is there after a restart', async () => {
  assert.match(pairing.pairingSecret ?? '', /^[0-9A-Za-z_-]{43}$/);
  await relay.end();
  await relay.begin();
  assert.deepEqual([relay.shown.fingerprint, relay.shown.pairingSecret], [pairing.fingerprint, undefined]);
  await isPairedWith(appliance);
});

test('a notification goes through the relay: the order is paid, and the channel hears what the core said', { timeout: 60_000 }, async () => {
  const paymentNo = await paymentFor('C0000001');
  appliance.wechat.pay(paymentNo);
  await succeeded(paymentNo);
  await eventually('the channel was answered', () => (answersHeard(paymentNo)[0] === 200 ? true : undefined));
  assert.deepEqual([notificationsOf(paymentNo), relay.stored()], [1, []]);
});

test('a forged notification is refused by the core through the relay, and is not stored', async () => {
  const answer = await fetch(`${relay.origin}/notify/wechat`, { method: 'POST', headers: { 'content-type': 'application/json', 'wechatpay-signature': 'AAAA' }, body: '{}' });
  assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
  assert.deepEqual(relay.stored(), []);
});

test('over the line nothing of the payment listener is reached but notifications and the page', async () => {
  for (const path of ['/metrics', '/readyz', '/healthz', '/api/v1/openapi.json', '/api/v1/bills/search', '/notify/', '/notify/../metrics', '/notify/wechat/../../metrics', '/notify/%2e%2e/metrics', '//metrics']) {
    const answer = await rawGet(path);
    assert.match(answer, /^HTTP\/1\.1 404 /, path);
  }
});

test('the core is away: the channel is told to repeat, the copy survives a power cut of the relay, and arrives when the core is back', { timeout: 120_000 }, async () => {
  const paymentNo = await paymentFor('C0000002');
  await appliance.killCore();
  await eventually('the relay has noticed', () => (relay.output.includes('the inside is away') ? true : undefined));
  appliance.wechat.pay(paymentNo);
  await eventually('the copy is stored', () => (relay.stored().length === 1 ? true : undefined));
  assert.equal(await appliance.wechat.notifyAgain(paymentNo), 503);
  assert.deepEqual([...new Set(answersHeard(paymentNo))], [503], 'never told of success');
  await relay.end();
  await relay.begin();
  const kept = relay.stored().length;
  assert.ok(kept > 0);
  await appliance.startCore();
  await succeeded(paymentNo);
  await eventually('the copy was taken', () => (relay.stored().length === 0 ? true : undefined));
  assert.deepEqual([notificationsOf(paymentNo) > 0, journalsOf(paymentNo)], [true, 1], 'by the copy, and once');
});

test('the core is killed between taking a notification and answering it: the channel is told to repeat, and the payment counts once', { timeout: 120_000 }, async () => {
  const paymentNo = await paymentFor('C0000003');
  await isPairedWith(appliance);
  cable.holdAnswers();
  appliance.wechat.pay(paymentNo);
  await succeeded(paymentNo);
  assert.deepEqual(answersHeard(paymentNo), [], 'taken, and not answered');
  await appliance.killCore();
  cable.cut();
  await eventually('the channel heard that it must repeat', () => (answersHeard(paymentNo)[0] === 503 ? true : undefined));
  assert.equal(relay.stored().length, 1);
  await appliance.startCore();
  await eventually('the copy was taken', () => (relay.stored().length === 0 ? true : undefined), 40_000);
  assert.equal(await appliance.wechat.notifyAgain(paymentNo), 200);
  assert.deepEqual([stateOf(paymentNo), notificationsOf(paymentNo), journalsOf(paymentNo), appliance.ledgerProblems()], ['succeeded', 1, 1, []]);
});

test('without a relay the platform pays by queries, says that the line is not there, raises an alarm until it is back, and is ready all the same', { timeout: 90_000 }, async () => {
  await relay.end('SIGTERM');
  await appliance.stopCore();
  appliance.change((profile) => ({ ...profile, payments: { ...NO_QUERIES, queryRhythmSeconds: [1, 1, 2] }, monitoring: { rules: { 'relay-line-down': { raiseAfterSeconds: 1, clearAfterSeconds: 1 } } } }));
  await appliance.startCore();
  const paymentNo = await paymentFor('C0000005');
  appliance.wechat.pay(paymentNo);
  await succeeded(paymentNo);
  assert.equal(notificationsOf(paymentNo), 0);
  assert.match((await relayProblem(appliance)) ?? '', /does not answer/);
  const ready = await fetch(`${appliance.addresses.payment}/readyz`);
  assert.deepEqual([ready.status, ((await ready.json()) as { degraded: boolean }).degraded], [200, true]);
  await eventually('the alarm is raised', () => (lineAlarms()[0] === 'open' ? true : undefined), 20_000);
  await relay.begin();
  await eventually('and cleared', () => (lineAlarms()[0] === 'cleared' ? true : undefined), 60_000);
  assert.equal(lineAlarms().length, 1);
});

function lineAlarms(): readonly string[] {
  const database = new DatabaseSync(join(appliance.dataFolder, 'platform.sqlite'), { readOnly: true });
  try {
    return database.prepare("SELECT CASE WHEN clearedAt IS NULL THEN 'open' ELSE 'cleared' END AS state FROM alarm WHERE rule = 'relay-line-down'").all().map(({ state }) => String(state));
  } finally {
    database.close();
  }
}

/** Paths as they are written: `fetch` tidies them before it asks. */
async function rawGet(path: string): Promise<string> {
  const socket = connect(relay.publicPort, '127.0.0.1');
  socket.end(`GET ${path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

/** The wire between core and relay. */
type Cable = { readonly port: number; /** What the core says stays in the wire. */ holdAnswers(): void; /** The wire is new afterwards. */ cut(): void; close(): void };

async function layCable(tunnelPort: number): Promise<Cable> {
  const ends = new Set<Socket>();
  const fromCore = new Set<Socket>();
  const server: Server = createServer((inside) => {
    const outside = connect(tunnelPort, '127.0.0.1');
    fromCore.add(inside);
    for (const [end, other] of [[inside, outside], [outside, inside]] as const) {
      ends.add(end);
      end.on('error', () => undefined).once('close', () => { other.destroy(); ends.delete(end); fromCore.delete(end); });
      end.pipe(other);
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  const cut = (): void => { for (const end of ends) end.destroy(); };
  return { port, holdAnswers: () => { for (const inside of fromCore) inside.unpipe().pause(); }, cut, close: () => { server.close(); cut(); } };
}
