import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { inflateSync } from 'node:zlib';

import { APP, ask, BACK, FRONT, giveBack, QUERY, question, shownCode, signedForm } from './merchant-for-tests.js';
import { startUnionPaySimulator, type UnionPaySimulator, type UnionPaySimulatorOptions } from './start-unionpay-simulator.js';

const NOON = Date.parse('2026-05-20T12:00:00+08:00');

describe('unionpay simulator: requests', () => {
  test('refuses what is not signed, signed otherwise, or lacks a field', async (context) => {
    const { simulator } = await simulatorOf(context);
    for (const [change, code] of [
      [{ signature: 'AAAA' }, '11'], [{ txnAmt: '1' }, '11'], [{ certId: '1' }, '11'], [{ signMethod: '11' }, '11'], [{ added: 'x' }, '11'], [{ signature: '' }, '13'], [{ version: '' }, '13'], [{ bizType: '' }, '13'],
    ] as const) assert.equal((await ask(simulator, BACK, shownCode('REFUSED01'), { change: { ...change } }))['respCode'], code, JSON.stringify(change));
    for (const [fields, code] of [
      [{ version: '5.0.0' }, '10'], [{ merId: '777290058119999' }, '31'], [{ orderId: 'SHORT7C' }, '10'], [{ orderId: 'WITH-DASH1' }, '10'], [{ orderId: 'WITH_LINE1' }, '10'], [{ orderId: 'A'.repeat(41) }, '10'],
      [{ txnTime: '20260230120000' }, '10'], [{ txnAmt: '0' }, '10'], [{ txnAmt: '10.00' }, '10'], [{ txnSubType: '09' }, '10'], [{ bizType: '000201' }, '10'], [{ backUrl: '' }, '13'], [{ payTimeout: '20200101000000' }, '10'], [{ currencyCode: '840' }, '10'],
    ] as const) assert.equal((await ask(simulator, BACK, shownCode('REFUSED01', { ...fields })))['respCode'], code, JSON.stringify(fields));
    assert.deepEqual(simulator.transactions(), []);
  });

  test('answers in the method it was asked in, with the fields of the request', async (context) => {
    const { simulator } = await simulatorOf(context);
    for (const signMethod of ['01', '11', '12'] as const) {
      const orderId = `METHOD00${signMethod}`;
      const answer = await ask(simulator, BACK, shownCode(orderId), { signMethod });
      assert.deepEqual([answer['respCode'], answer['signMethod'], answer['orderId'], answer['txnAmt']], ['00', signMethod, orderId, '1000']);
    }
  });

  test('an identity serves once; another time makes another order of the same number', async (context) => {
    const { simulator, clock } = await simulatorOf(context);
    const at = new Date(clock.at);
    assert.equal((await ask(simulator, BACK, shownCode('DUPLICATE'), { at }))['respCode'], '00');
    assert.equal((await ask(simulator, BACK, shownCode('DUPLICATE', { txnAmt: '2000' }), { at }))['respCode'], '12');
    assert.equal((await ask(simulator, BACK, shownCode('DUPLICATE'), { at: new Date(clock.at + 1000) }))['respCode'], '00');
    assert.equal(simulator.transactions().length, 2);
  });

  test('a query tells of an unpaid order as 05 or not at all, of one past its time as failed, of an unknown one as 34', async (context) => {
    for (const [unpaidAnswer, answers] of [['05', ['00 05', '00 01']], ['34', ['34 ', '00 01']]] as const) {
      const { simulator, clock } = await simulatorOf(context, { unpaidAnswer });
      const at = new Date(clock.at);
      await ask(simulator, BACK, shownCode('UNPAID001', { payTimeout: '20260520120500' }), { at });
      const told: string[] = [];
      for (const later of [0, 300_000]) {
        clock.at = NOON + later;
        const answer = await ask(simulator, QUERY, question('UNPAID001'), { at });
        told.push(`${answer['respCode'] ?? ''} ${answer['origRespCode'] ?? ''}`);
      }
      assert.deepEqual(told, answers);
      assert.equal((await ask(simulator, QUERY, question('UNPAID001'), { at: new Date(NOON + 1000) }))['respCode'], '34', 'another time is another transaction');
      assert.throws(() => simulator.pay('UNPAID001'), /failed/);
    }
  });
});

describe('unionpay simulator: money that goes back', () => {
  test('an undo takes the whole, on the settlement day, once', async (context) => {
    const { simulator, clock } = await simulatorOf(context);
    const queryId = await paid(simulator, 'UNDONE001');
    assert.equal((await ask(simulator, BACK, giveBack('UUNDONE01', queryId, '999', '31')))['respCode'], '36');
    clock.at = Date.parse('2026-05-20T23:00:00+08:00');
    assert.equal((await ask(simulator, BACK, giveBack('UUNDONE01', queryId, '1000', '31')))['respCode'], '35');
    clock.at = NOON;
    assert.equal((await ask(simulator, BACK, giveBack('UUNDONE01', queryId, '1000', '31')))['respCode'], '00');
    assert.equal((await ask(simulator, BACK, giveBack('UUNDONE02', queryId, '1000', '31')))['respCode'], '35');
    assert.equal((await ask(simulator, BACK, giveBack('UUNDONE02', queryId, '1', '04')))['respCode'], '36');
  });

  test('refunds never exceed the payment, need its queryId and a number of their own', async (context) => {
    const { simulator, clock } = await simulatorOf(context);
    const queryId = await paid(simulator, 'REFUNDED1');
    assert.equal((await ask(simulator, BACK, giveBack('RREFUND01', queryId, '600'), { at: new Date(clock.at) }))['respCode'], '00');
    assert.equal((await ask(simulator, BACK, giveBack('RREFUND01', queryId, '100'), { at: new Date(clock.at) }))['respCode'], '12');
    assert.equal((await ask(simulator, BACK, giveBack('RREFUND02', queryId, '401')))['respCode'], '36');
    assert.equal((await ask(simulator, BACK, giveBack('RREFUND02', '202601010000001234567', '1')))['respCode'], '35');
    assert.equal((await ask(simulator, BACK, giveBack('RREFUND02', '', '1')))['respCode'], '13');
    assert.equal((await ask(simulator, BACK, giveBack('RREFUND02', queryId, '400')))['respCode'], '00');
    const answer = await ask(simulator, QUERY, question('RREFUND01'), { at: new Date(clock.at) });
    assert.deepEqual([answer['origRespCode'], answer['txnType'], answer['origQryId'], answer['txnAmt']], ['00', '04', queryId, '600']);
  });

  test('an unpaid order is neither undone nor refunded', async (context) => {
    const { simulator } = await simulatorOf(context);
    await ask(simulator, BACK, shownCode('UNPAID002'));
    const queryId = simulator.find('UNPAID002')?.queryId ?? '';
    for (const txnType of ['31', '04'] as const) assert.equal((await ask(simulator, BACK, giveBack('RUNPAID02', queryId, '1000', txnType)))['respCode'], '35');
  });

  test('a reversal is for scanned codes, by the identity of the payment, once; what was paid goes back', async (context) => {
    const { simulator, clock } = await simulatorOf(context);
    const at = new Date(clock.at);
    const reversal = (orderId: string): Promise<Readonly<Record<string, string>>> => ask(simulator, BACK, { orderId, txnType: '99', txnSubType: '01', channelType: '08' }, { at });
    await paid(simulator, 'SHOWN0001', at);
    assert.equal((await reversal('SHOWN0001'))['respCode'], '34');
    assert.equal((await reversal('NOBODY001'))['respCode'], '34');
    for (const behaviour of ['asksPassword', 'paysAtOnce'] as const) {
      const orderId = `SCAN${behaviour}`;
      await ask(simulator, BACK, shownCode(orderId, { txnSubType: '06', qrNo: simulator.newPaymentCode(behaviour), termId: '49000002' }), { at });
      assert.deepEqual([(await reversal(orderId))['respCode'], (await reversal(orderId))['respCode']], ['00', '12']);
      assert.equal((await ask(simulator, QUERY, question(orderId), { at }))['origRespCode'], '01');
      assert.throws(() => simulator.pay(orderId), /reversed/);
    }
  });

  test('a payment code serves one order; it needs a terminal', async (context) => {
    const { simulator } = await simulatorOf(context);
    const qrNo = simulator.newPaymentCode('balanceNotEnough');
    const scan = (orderId: string, change: Readonly<Record<string, string>> = {}): ReturnType<typeof ask> => ask(simulator, BACK, shownCode(orderId, { txnSubType: '06', qrNo, termId: '49000002', ...change }));
    assert.equal((await scan('SCAN00001', { termId: '' }))['respCode'], '13');
    assert.equal((await scan('SCAN00001', { qrNo: '6200000000000000000' }))['respCode'], '10');
    assert.equal((await scan('SCAN00001'))['respCode'], '64');
    assert.equal((await scan('SCAN00002'))['respCode'], '38');
  });
});

describe('unionpay simulator: people, restarts, files', () => {
  test('a person pays at the cashier page, by the code, or with the number of an app, with yuan or digital yuan', async (context) => {
    const { simulator } = await simulatorOf(context);
    const pageOrder = { ...shownCode('CASHIER01', { txnSubType: '01', bizType: '000201', channelType: '07', frontUrl: 'https://hospital.example/back', riskRateInfo: '{commodityName=<挂号>}' }) };
    const page = await fetch(`${simulator.baseUrl}${FRONT}`, { method: 'POST', body: signedForm(simulator, pageOrder) });
    const text = await page.text();
    assert.ok(text.includes('¥10.00') && !text.includes('<挂号>'), 'titles are shown as text');
    assert.equal((await fetch(`${simulator.baseUrl}${FRONT}`, { method: 'POST', body: signedForm(simulator, pageOrder, { change: { txnAmt: '1' } }) })).status, 400);
    const { qrCode = '' } = await ask(simulator, BACK, shownCode('CASHIER02'));
    const { tn = '' } = await ask(simulator, APP, shownCode('CASHIER03', { txnSubType: '01', bizType: '000201' }));
    for (const [order, orderId] of [['CASHIER01', 'CASHIER01'], [qrCode, 'CASHIER02'], [tn, 'CASHIER03']] as const) {
      const pay = (): Promise<Response> => fetch(`${simulator.baseUrl}/wallet/pay`, { method: 'POST', body: new URLSearchParams({ order, with: 'eCny' }) });
      assert.equal((await pay()).status, 200, orderId);
      assert.equal((await pay()).status, 409, orderId);
      assert.deepEqual([simulator.find(orderId)?.state, simulator.find(orderId)?.isECny], ['succeeded', true]);
    }
    assert.match(await (await fetch(`${simulator.baseUrl}/wallet`)).text(), /没有待支付的订单/);
    const [, code] = /class="code">(62\d{17})</.exec(await (await fetch(`${simulator.baseUrl}/wallet/code`, { method: 'POST', body: new URLSearchParams({ behaviour: 'paysAtOnce' }) })).text()) ?? [];
    assert.equal((await ask(simulator, BACK, shownCode('CASHIER04', { txnSubType: '06', qrNo: code ?? '', termId: '49000002' })))['respCode'], '00');
  });

  test('scripts pay without a page', async (context) => {
    const { simulator } = await simulatorOf(context);
    await ask(simulator, BACK, shownCode('SCRIPT001'));
    const pay = (): Promise<Response> => fetch(`${simulator.baseUrl}/simulator/orders/SCRIPT001/pay`, { method: 'POST' });
    assert.deepEqual([(await pay()).status, (await pay()).status, (await fetch(`${simulator.baseUrl}/nowhere`)).status], [200, 409, 404]);
  });

  test('transactions, keys and notifications that were not accepted survive a restart', async (context) => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'unionpay-simulator-'));
    context.after(() => { rmSync(dataFolder, { recursive: true }); });
    const first = await startUnionPaySimulator({ dataFolder });
    const at = new Date();
    const queryId = await paid(first, 'RESTART01', at);
    await first.runDue();
    await first.stop();
    const { simulator } = await simulatorOf(context, { dataFolder, now: () => new Date() });
    assert.deepEqual(simulator.merchantCredentials, first.merchantCredentials);
    const answer = await ask(simulator, QUERY, question('RESTART01'), { at });
    assert.deepEqual([answer['origRespCode'], answer['queryId']], ['00', queryId]);
    assert.deepEqual(simulator.notifications().map(({ accepted, roundsMade, nextAttemptAt }) => [accepted, roundsMade, nextAttemptAt !== undefined]), [[false, 1, true]]);
  });

  test('a notification is repeated at growing gaps, then given up', async (context) => {
    const { simulator, clock } = await simulatorOf(context);
    await paid(simulator, 'SCHEDULE1');
    const sentAfterMinutes: number[] = [];
    for (;;) {
      await simulator.runDue();
      const [notification] = simulator.notifications();
      sentAfterMinutes.push((clock.at - NOON) / 60_000);
      if (notification?.nextAttemptAt === undefined) break;
      clock.at = Date.parse(notification.nextAttemptAt);
    }
    assert.deepEqual(sentAfterMinutes, [0, 1, 3, 7, 15, 31]);
  });

  test('a settlement file is asked for by month and day, and comes at nine the day after', async (context) => {
    const { simulator, clock } = await simulatorOf(context);
    await paid(simulator, 'FILED0001');
    const file = (settleDate: string, change: Readonly<Record<string, string>> = {}): ReturnType<typeof ask> => ask(simulator, '/', { txnType: '76', txnSubType: '01', settleDate, fileType: '00', ...change });
    assert.equal((await file('0520'))['respCode'], '98');
    clock.at = Date.parse('2026-05-21T09:00:00+08:00');
    assert.equal((await file('20260520'))['respCode'], '10');
    assert.equal((await file('0520', { fileType: '01' }))['respCode'], '10');
    const { fileName, fileContent = '' } = await file('0520');
    assert.equal(fileName, `${simulator.merchantCredentials.merId}_20260520.zip`);
    assert.equal(inflateSync(Buffer.from(fileContent, 'base64')).subarray(0, 2).toString('latin1'), 'PK');
  });
});

async function paid(simulator: UnionPaySimulator, orderId: string, at?: Date): Promise<string> {
  const given = at === undefined ? {} : { at };
  assert.equal((await ask(simulator, BACK, shownCode(orderId), given))['respCode'], '00');
  return simulator.pay(orderId).queryId;
}

async function simulatorOf(context: TestContext, options: UnionPaySimulatorOptions = {}): Promise<{ readonly simulator: UnionPaySimulator; readonly clock: { at: number } }> {
  const clock = { at: NOON };
  const simulator = await startUnionPaySimulator({ now: () => new Date(clock.at), ...options });
  context.after(() => simulator.stop());
  return { simulator, clock };
}
