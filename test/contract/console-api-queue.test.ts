import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, type ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const jobs = () => house.store.database.prepare('SELECT kind, subject, due_at, attempt, token FROM job ORDER BY kind, subject').all();

test('the queue is told by topic, with what is late or was tried often; waking moves the due time alone, of one or of a whole topic, and is audited', async () => {
  const [one, two] = [await house.pay('Q1'), await house.pay('Q2')];
  const numbers = [one, two].map(({ payments }) => payments[0]?.paymentNo ?? '');
  house.store.database.prepare("UPDATE job SET attempt = 6 WHERE kind = 'advancePayment' AND subject = ?").run(numbers[0] ?? '');
  const topic = async (kind: string) => listOf(await administrator.get('/queue'), 'topics').find((row) => row['kind'] === kind);
  const first = await topic('advancePayment');
  assert.deepEqual([first?.['waiting'], first?.['running'], first?.['late'], first?.['triedOften'], first?.['oldestDueAt']], [2, 0, 0, 1, undefined]);
  assert.deepEqual(listOf(await administrator.get('/queue'), 'jobs').map(({ kind, subject, attempts, tradeNo }) => [kind, subject, attempts, tradeNo]), [['advancePayment', numbers[0], 6, one.tradeNo]]);
  const was = jobs();
  const woken = async (body: object) => Number((await administrator.call('POST', '/queue/wakes', body)).body['woken']);
  assert.equal(await woken({ kind: 'advancePayment', subject: numbers[0] }), 1);
  assert.equal(await woken({ kind: 'advancePayment', subject: numbers[0] }), 0, 'it is due already');
  assert.equal(await woken({ kind: 'advancePayment' }), 1, 'the other');
  assert.equal(await woken({ kind: 'advanceRefund' }), 0);
  assert.deepEqual(jobs().map(({ due_at: _due, ...rest }) => rest), was.map(({ due_at: _due, ...rest }) => rest), 'tries and tokens are as they were');
  house.later(120);
  const late = await topic('advancePayment');
  assert.deepEqual([late?.['late'], typeof late?.['oldestDueAt']], [2, 'string']);
  assert.ok(listOf(await administrator.get('/audit'), 'rows').some(({ what, object }) => what === 'outbox.wake' && object === 'advancePayment *'));
  assert.equal(codeOf(await administrator.call('POST', '/queue/wakes', { kind: 'everything' })), 'MALFORMED_REQUEST');
});

test('sinks stand on the page of the queue with where they are and what is wrong with them', async () => {
  house.sinks.push({ name: 'esb', kind: 'mqtt', isConnected: false, behind: 12, oldestAt: '2026-11-20T01:00:00.000Z', publishedAt: undefined, lastProblem: 'connect ECONNREFUSED' });
  assert.deepEqual(listOf(await administrator.get('/queue'), 'sinks'), [{ name: 'esb', kind: 'mqtt', isConnected: false, behind: 12, oldestAt: '2026-11-20T01:00:00.000Z', lastProblem: 'connect ECONNREFUSED' }]);
});

test('work that runs is left alone', async () => {
  const order = await house.pay('Q3');
  const subject = order.payments[0]?.paymentNo ?? '';
  house.store.database.prepare("UPDATE job SET leased_by = 'somebody' WHERE subject = ?").run(subject);
  assert.equal((await administrator.call('POST', '/queue/wakes', { kind: 'advancePayment', subject })).body['woken'], 0);
});
