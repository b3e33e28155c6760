import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createNotificationVerifier } from '@hospay/payment-sdk';
import type { Application } from '@hospay/server/applications/ports.js';
import { startReceiver } from './application-receiver.js';
import { OTHER, startStand } from './payment-api-stand.js';

const DAY = '2026-11-20';

async function startPushed(context: TestContext, what: 'notice' | 'file') {
  const receiver = await startReceiver(context);
  const stand = await startStand(context, { application: { notifyUrl: receiver.url }, push: [{ application: 'hospital-app', what }] });
  await stand.takePaid({ amountFen: 1_234 });
  await stand.work();
  receiver.deliveries.length = 0;
  stand.clock.set('2026-11-21T02:00:00.000Z');
  await stand.statements.desk.makeDue();
  const options = { appId: stand.application.appId, secret: stand.application.secret, notifyUrl: receiver.url, now: stand.clock.now };
  const fileOf = () => stand.store.statementFilesOf('demo').list({ receiver: { scope: 'application', appId: 'hospital-app' }, from: DAY, to: DAY })[0];
  return { receiver, stand, options, fileOf };
}

test('an application that is pushed to is told of its file until it acknowledges, signed; what it then fetches is that file', async (context) => {
  const { receiver, stand, options, fileOf } = await startPushed(context, 'notice');
  receiver.answers.push(500, 'hang');
  await stand.work('sendStatementFile');
  assert.deepEqual([fileOf()?.delivery?.attempts, fileOf()?.delivery?.lastProblem, fileOf()?.delivery?.deliveredAt], [1, 'HTTP 500', undefined]);
  stand.clock.advance(15_000);
  await stand.work('sendStatementFile');
  stand.clock.advance(15_000);
  await stand.work('sendStatementFile');
  assert.equal(receiver.deliveries.length, 3);
  const delivery = fileOf()?.delivery;
  assert.deepEqual([delivery?.attempts, delivery?.lastProblem, delivery?.deliveredAt], [3, undefined, stand.clock.now().toISOString()]);
  const [, , last] = receiver.deliveries;
  assert.ok(last !== undefined);
  assert.equal(createNotificationVerifier({ ...options, secret: OTHER.secret }).verifyStatementNotice(last.body, last.headers).kind, 'refused');
  assert.equal(createNotificationVerifier(options).verifyNotification(last.body, last.headers).kind, 'refused', 'it is no news of an order');
  const verified = createNotificationVerifier(options).verifyStatementNotice(last.body, last.headers);
  assert.ok(verified.kind === 'ok');
  const { notification: { statementFile, download, eventId } } = verified;
  assert.deepEqual([eventId, last.headers['x-hospay-event-id'], download], ['hospay-application-hospital-app-2026-11-20-v1', eventId, '/api/v1/statements/2026-11-20?version=1']);
  const fetched = await stand.client().downloadStatement(DAY, { version: statementFile.version });
  assert.ok(fetched.kind === 'ok');
  assert.equal(fetched.value.sha256, statementFile.sha256);
  stand.clock.advance(24 * 3_600_000);
  await stand.work('sendStatementFile');
  assert.equal(receiver.deliveries.length, 3, 'acknowledged: not told again');
  assert.equal(stand.store.statementFilesOf('demo').list({ receiver: { scope: 'application', appId: OTHER.appId }, from: DAY, to: DAY })[0]?.delivery, undefined, 'who is not named fetches his');
});

test('where the file itself is sent, the receiver proves the request, the file and its sums with the one secret it has', async (context) => {
  const { receiver, stand, options } = await startPushed(context, 'file');
  await stand.work('sendStatementFile');
  const [sent] = receiver.deliveries;
  assert.ok(sent !== undefined);
  const verified = createNotificationVerifier(options).verifyStatementFile(sent.body, sent.headers);
  assert.ok(verified.kind === 'ok');
  assert.deepEqual([verified.fileName, verified.statement.paymentFen, verified.statement.version], ['hospay-application-hospital-app-2026-11-20-v1.csv', 1_234, 1]);
  assert.equal(createNotificationVerifier(options).verifyStatementFile(Buffer.concat([sent.body, Buffer.from(' ')]), sent.headers).kind, 'refused');
  assert.equal(createNotificationVerifier(options).verifyStatementFile(sent.body, { ...sent.headers, 'x-hospay-statement-signature': '0'.repeat(64) }).kind, 'refused');
});

test('an application that does not take its file for three days is a case, and the sending goes on until it does', async (context) => {
  const { receiver, stand } = await startPushed(context, 'notice');
  const cases = () => stand.store.database.prepare("SELECT subject FROM discrepancy_case WHERE kind = 'ownerNotTold' AND resolved_at IS NULL").all().map((row) => row['subject']);
  for (let tries = 0; tries < 40; tries += 1) receiver.answers.push(503);
  for (let hours = 0; hours < 84; hours += 6) {
    await stand.work('sendStatementFile');
    stand.clock.advance(6 * 3_600_000);
  }
  assert.deepEqual(cases(), ['statement/hospay-application-hospital-app-2026-11-20-v1.csv']);
  receiver.answers.length = 0;
  await stand.work('sendStatementFile');
  assert.deepEqual(cases(), []);
});

test("the HIS is sent the whole hospital's file, signed with its own secret; an application that may not have it is sent nothing", async (context) => {
  const receiver = await startReceiver(context);
  const his: Application = { appId: 'his', hospitalId: 'demo', merchantId: 'm1', secret: 'the secret of the HIS itself, long enough', permissions: ['read', 'statement', 'hospital'], notifyUrl: receiver.url, status: 'active' };
  for (const [permissions, isTaken] of [[his.permissions, true], [['read', 'statement'], false]] as const) {
    receiver.deliveries.length = 0;
    const stand = await startStand(context, { more: [{ ...his, permissions }], push: [{ application: 'his', what: 'file', scope: 'hospital' }] });
    await stand.takePaid({ amountFen: 1_234 });
    stand.clock.set('2026-11-21T02:00:00.000Z');
    await stand.statements.desk.makeDue();
    await stand.work('sendStatementFile');
    const sent = stand.store.statementFilesOf('demo').list({ from: DAY, to: DAY }).filter(({ delivery }) => delivery !== undefined);
    assert.deepEqual(sent.map(({ scope, delivery }) => [scope, delivery?.application, delivery?.lastProblem, delivery?.deliveredAt !== undefined]), [['hospital', 'his', isTaken ? undefined : 'the application may not have this file', isTaken]]);
    const [delivery] = receiver.deliveries;
    assert.equal(delivery !== undefined, isTaken);
    if (delivery === undefined) continue;
    const verified = createNotificationVerifier({ appId: 'his', secret: his.secret, notifyUrl: receiver.url, now: stand.clock.now }).verifyStatementFile(delivery.body, delivery.headers);
    assert.ok(verified.kind === 'ok');
    assert.deepEqual([verified.statement.scope, verified.statement.rows.map(({ ownerId }) => ownerId)], ['hospital', ['hospital-app']]);
  }
});
