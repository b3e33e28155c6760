/** What others keep a copy of, from the running core: events at a broker of the hospital, changes of orders, statement files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNotificationVerifier, createPaymentClient, type ApiResult } from '@hospay/payment-sdk';
import { ConsoleClient, listOf } from '../contract/console-client.js';
import { startReceiver } from '../contract/application-receiver.js';
import { startHospitalBroker } from '../contract/hospital-broker.js';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';

const TOPIC = 'hospital/pay/events';
function value<Value>(result: ApiResult<Value>): Value {
  if (result.kind !== 'ok') assert.fail(`expected an answer, got ${JSON.stringify(result)}`);
  return result.value;
}

test('a broker that is away while the core dies is told everything afterwards; the copy of the orders is theirs; the file of the day is made, pushed and fetched', { timeout: 90_000 }, async (context) => {
  const broker = await startHospitalBroker(context);
  const receiver = await startReceiver(context);
  const appliance = await ApplianceUnderTest.start({
    configuration: {
      queue: { sinks: [{ name: 'esb', kind: 'mqtt', url: broker.url, topic: TOPIC, protocolVersion: 5 }] },
      statementFiles: { push: [{ application: APP.id, what: 'notice' }] },
      provision: { terminals: [], applications: [{ id: APP.id, title: '测试应用', secret: APP.secret, permissions: ['read', 'pay', 'refund', 'statement'], notifyUrl: receiver.url }] },
    },
  });
  context.after(() => appliance.stop());
  const client = () => createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const pay = async (cardNo: string): Promise<string> => {
    const [patient] = value(await client().searchPatients({ cardType: 'visitCard', cardNo }));
    const [bill] = value(await client().searchBills({ patientId: patient?.patientId ?? '' }));
    const quote = value(await client().quoteBills({ patientId: patient?.patientId ?? '', billNos: [bill?.billNo ?? ''] }));
    const { tradeNo, payments } = value(await client().createPayment({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' }, { idempotencyKey: `visit-${cardNo}` }));
    appliance.wechat.pay(payments[0]?.paymentNo ?? '');
    await eventually('confirmed', async () => (value(await client().findPayment(tradeNo)).confirmation.state === 'confirmed' ? true : undefined));
    return tradeNo;
  };
  const heard = await broker.listen(TOPIC);
  const first = await pay('C0000012');
  const of = (tradeNo: string) => heard.filter((message) => message['tradeNo'] === tradeNo).map(({ event }) => event);
  await eventually('the first order is told', () => (of(first).includes('orderConfirmed') ? true : undefined));
  assert.deepEqual(of(first).slice(0, 2), ['paymentSucceeded', 'orderConfirmed']);

  await broker.stop();
  const second = await pay('C0000013');
  const metrics = await (await fetch(`${appliance.addresses.payment}/metrics`)).text();
  assert.match(metrics, /hospay_sink_behind_events\{sink="esb"\} [1-9]/);
  await appliance.killCore();
  await broker.start();
  const again = await broker.listen(TOPIC);
  await appliance.startCore();
  await eventually('the second order is told', () => (again.some(({ tradeNo, event }) => tradeNo === second && event === 'orderConfirmed') ? true : undefined));
  assert.deepEqual([...new Set(again.filter(({ tradeNo }) => tradeNo === second).map(({ event }) => event))].slice(0, 2), ['paymentSucceeded', 'orderConfirmed']);

  const { changes, hasMore } = value(await client().listOrderChanges());
  assert.deepEqual([changes.map(({ order: { tradeNo, confirmation } }) => [tradeNo, confirmation.state]).toSorted(), hasMore], [[[first, 'confirmed'], [second, 'confirmed']].toSorted(), false]);

  const desk = new ConsoleClient(appliance.addresses.console);
  await desk.call('POST', '/first-login', { code: appliance.firstLoginCode, login: 'li.admin', displayName: '李工', password: 'Correct-Horse-7' });
  receiver.deliveries.length = 0;
  await desk.call('POST', '/tasks/make-statement-files/runs');
  const day = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
  const notice = await eventually('the application is told of its file', () => {
    const verifier = createNotificationVerifier({ appId: APP.id, secret: APP.secret, notifyUrl: receiver.url });
    return receiver.deliveries.map(({ body, headers }) => verifier.verifyStatementNotice(body, headers)).find(({ kind }) => kind === 'ok');
  });
  assert.ok(notice.kind === 'ok');
  const file = value(await client().downloadStatement(day));
  assert.deepEqual([notice.notification.statementFile.sha256, file.rows.length, file.version], [file.sha256, 0, 1]);
  const files = await eventually('the console shows that it was delivered', async () => {
    const found = listOf(await desk.get(`/statement-files?from=${day}&to=${day}`), 'files');
    return found.some(({ delivery }) => typeof delivery === 'object' && delivery !== null && 'deliveredAt' in delivery) ? found : undefined;
  });
  assert.deepEqual(files.map(({ scope, appId }) => [scope, appId]), [['merchant', '1600000001'], ['hospital', ''], ['application', APP.id]]);
  assert.deepEqual(listOf(await desk.get('/queue'), 'sinks').map(({ name, isConnected, behind }) => [name, isConnected, behind]), [['esb', true, 0]]);
});
