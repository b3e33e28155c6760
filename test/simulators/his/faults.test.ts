import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'tedious';
import { startHisAdmin } from './admin.js';
import { startHisSimulator, type HisSimulator } from './his-simulator.js';
import { confirm, quoteAll } from './hospital-calls.js';
import { call, close, connect, query, type Answer } from './tedious-client.js';

const procedure = 'usp_hospay_confirm';
let simulator: HisSimulator;
const opened: Connection[] = [];

before(async () => {
  simulator = await startHisSimulator({ now: () => new Date('2026-05-06T01:30:00Z') });
});
afterEach(async () => {
  simulator.faults.clear();
  await Promise.all(opened.splice(0).map((connection) => close(connection)));
});
after(async () => {
  await simulator.stop();
});

async function client(requestTimeout = 15_000): Promise<Connection> {
  const connection = await connect(simulator, { options: { requestTimeout } });
  opened.push(connection);
  return connection;
}

let trades = 0;
/** A quoted bill, ready to be confirmed by any client. */
async function quoted(): Promise<{ readonly tradeNo: string; readonly quoteNo: string; readonly selfPay: number; readonly patientId: string; readonly billNo: string }> {
  const number = String(++trades).padStart(6, '0');
  const patientId = `F${number}`;
  await simulator.hospital.addPatient({ patientId, name: '故障' });
  const billNo = await simulator.hospital.addBill({ patientId, lines: [{ itemName: '换药', priceFen: 2550 }] });
  return { tradeNo: `HP-F${number}`, billNo, ...(await quoteAll(await client(), patientId, [billNo])) };
}

const code = (answer: Answer): unknown => (answer.error && 'code' in answer.error ? answer.error.code : undefined);

test('dropped before execution: the client hears nothing and nothing is booked', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'drop-before-execute' } });
  const answer = await confirm(await client(), trade);
  assert.ok(answer.error);
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo), undefined);
});

test('dropped after the commit: the client hears nothing, but it is booked', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'commit-then-drop' } });
  const answer = await confirm(await client(), trade);
  assert.ok(answer.error);
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo)?.amountFen, 2550);
  const replay = await confirm(await client(), trade);
  assert.equal(replay.outputs['ret_code'], 300302);
});

test('no answer after the commit: the client times out on a booked payment', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'commit-then-no-answer' } });
  const connection = await client(80);
  assert.equal(code(await confirm(connection, trade)), 'ETIMEOUT');
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo)?.amountFen, 2550);
  assert.equal((await confirm(await client(10_000), trade)).outputs['ret_code'], 300302);
});

test('no answer before execution: the client times out and nothing is booked', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'no-answer-before-execute' } });
  assert.equal(code(await confirm(await client(80), trade)), 'ETIMEOUT');
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo), undefined);
});

test('a slow start given up by the client never runs; a slow answer has run', async () => {
  const [first, second] = [await quoted(), await quoted()];
  simulator.faults.add({ procedure, fault: { kind: 'delay-before', delayMs: 60_000 } });
  assert.equal(code(await confirm(await client(80), first)), 'ETIMEOUT');
  assert.equal(simulator.hospital.findSettlement(first.tradeNo), undefined);
  simulator.faults.add({ procedure, fault: { kind: 'delay-after-commit', delayMs: 60_000 } });
  assert.equal(code(await confirm(await client(80), second)), 'ETIMEOUT');
  assert.ok(simulator.hospital.findSettlement(second.tradeNo));
});

test('a request given up by the client may still run late, and is booked once with its repetition', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'execute-late', delayMs: 150 } });
  assert.equal(code(await confirm(await client(50), trade)), 'ETIMEOUT');
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo), undefined);
  while (!simulator.hospital.findSettlement(trade.tradeNo)) await pause(10);
  assert.equal((await confirm(await client(10_000), trade)).outputs['ret_code'], 300302);
  assert.equal(simulator.hospital.listSettlements().filter((settlement) => settlement.tradeNo === trade.tradeNo).length, 1);
});

test('a short delay only delays', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'delay-before', delayMs: 10 } });
  assert.equal((await confirm(await client(), trade)).outputs['ret_code'], 0);
});

test('a server error comes with its number, before or after the commit', async () => {
  const [first, second] = [await quoted(), await quoted()];
  simulator.faults.add({ procedure, fault: { kind: 'server-error', number: 1205 } });
  assert.deepEqual((await confirm(await client(), first)).errorNumbers, [1205]);
  assert.equal(simulator.hospital.findSettlement(first.tradeNo), undefined);
  simulator.faults.add({ procedure, fault: { kind: 'server-error', number: 9002, afterCommit: true } });
  assert.deepEqual((await confirm(await client(), second)).errorNumbers, [9002]);
  assert.ok(simulator.hospital.findSettlement(second.tradeNo));
});

test('a permission error meets SQL text as well as a procedure call', async () => {
  simulator.faults.add({ procedure: 'usp_hospay_ping', fault: { kind: 'server-error', number: 229 }, times: 2 });
  const connection = await client();
  assert.deepEqual((await call(connection, 'dbo.usp_hospay_ping')).errorNumbers, [229]);
  assert.deepEqual((await query(connection, 'EXEC dbo.usp_hospay_ping')).errorNumbers, [229]);
  assert.equal((await call(connection, 'usp_hospay_ping')).rows.length, 1);
});

test('garbage bytes end the connection, though the payment is booked', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'garbage-bytes' } });
  const answer = await confirm(await client(2000), trade);
  assert.ok(answer.error);
  assert.equal(answer.outputs['ret_code'], undefined);
  assert.ok(simulator.hospital.findSettlement(trade.tradeNo));
});

test('garbage held back until the client gives up does not reach one that hangs up, and the payment is booked', async () => {
  // tedious 20.3.9 ends the process when such garbage answers a request it has cancelled (ReferenceError in its parser's error listener), so this client hangs up instead.
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'garbage-bytes', onceGivenUp: true } });
  const connection = await client();
  const answer = confirm(connection, trade);
  while (!simulator.hospital.findSettlement(trade.tradeNo)) await pause(5);
  connection.close();
  assert.ok((await answer).error);
});

test('garbage values arrive well-formed and useless', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'garbage-values' } });
  const { outputs, error } = await confirm(await client(), trade);
  assert.equal(error, undefined);
  assert.equal(outputs['ret_code'], 77);
  assert.equal(outputs['booked_amount'], -0.01);
  assert.match(String(outputs['settlement_no']), /锟斤拷/);
});

test('a wrong amount booked shows in the answer and in the status query', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'wrong-amount', differenceFen: 100 } });
  const { outputs } = await confirm(await client(), trade);
  assert.equal(outputs['ret_code'], 0);
  assert.equal(outputs['booked_amount'], 26.5);
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo)?.amountFen, 2650);
});

test('already paid at the window: our first call is told so, with the other number', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'already-paid', by: 'window' } });
  const { outputs } = await confirm(await client(), trade);
  assert.equal(outputs['ret_code'], 300302);
  assert.match(String(outputs['booked_trade_no']), /^WINDOW/);
  assert.equal(simulator.hospital.findSettlement(trade.tradeNo), undefined);
});

test('already paid by ourselves: the first answer we see is that of a replay', async () => {
  const trade = await quoted();
  simulator.faults.add({ procedure, fault: { kind: 'already-paid', by: 'ourselves' } });
  const { outputs } = await confirm(await client(), trade);
  assert.equal(outputs['ret_code'], 300302);
  assert.equal(outputs['booked_trade_no'], trade.tradeNo);
  assert.equal(outputs['booked_amount'], 25.5);
});

test('a login can be refused for a while', async () => {
  simulator.faults.add({ procedure: 'login', fault: { kind: 'refuse-login' } });
  await assert.rejects(client(), /Login failed/);
  assert.ok(await client());
});

test('a server that is down cuts its clients and refuses new ones until it is up', async () => {
  const connection = await client();
  await simulator.down();
  await assert.rejects(client(), /ECONNREFUSED|connect/i);
  assert.ok((await call(connection, 'usp_hospay_ping').catch((error: unknown): Partial<Answer> => ({ error: error instanceof Error ? error : new Error(String(error)) }))).error);
  await simulator.up();
  assert.equal((await call(await client(), 'usp_hospay_ping')).rows.length, 1);
});

test('a fault is used up as often as it was planned', async () => {
  simulator.faults.add({ procedure: '*', fault: { kind: 'server-error', number: 1222 }, times: 2 });
  const connection = await client();
  assert.deepEqual((await call(connection, 'usp_hospay_ping')).errorNumbers, [1222]);
  assert.deepEqual((await call(connection, 'usp_hospay_departments')).errorNumbers, [1222]);
  assert.deepEqual((await call(connection, 'usp_hospay_ping')).errorNumbers, []);
  assert.deepEqual(simulator.faults.list(), []);
});

test('what was called is on record', async () => {
  const trade = await quoted();
  await confirm(await client(), trade);
  const last = simulator.calls.at(-1);
  assert.equal(last?.procedure, procedure);
  assert.equal(last?.values.get('@trade_no'), trade.tradeNo);
  assert.equal(last?.values.get('@self_pay'), '2550');
});

test('faults can be planned over HTTP, and nonsense is refused', async () => {
  const admin = await startHisAdmin(simulator, { port: 0 });
  const at = `http://127.0.0.1:${admin.port}`;
  const post = (body: unknown): Promise<Response> => fetch(`${at}/faults`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal((await post({ procedure: 'usp_hospay_ping', fault: { kind: 'server-error', number: 229 } })).status, 201);
  assert.equal((await post({ procedure: 'usp_hospay_ping', fault: { kind: 'gremlins' } })).status, 400);
  assert.deepEqual((await call(await client(), 'usp_hospay_ping')).errorNumbers, [229]);
  const bills: unknown = await (await fetch(`${at}/bills`, { method: 'POST', body: JSON.stringify({ patientId: 'P0000018' }) })).json();
  assert.ok(Array.isArray(bills) && bills.length === 3);
  await admin.stop();
});
