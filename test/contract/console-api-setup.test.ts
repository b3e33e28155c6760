/** 首次开通: every step is read from facts; one fen through a channel comes back by itself, whatever answers are lost on the way; leaving a step out needs a reason, and a box goes live once. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { checkHistory, checkJobs, checkOrder } from '@hospay/server/domain/invariants.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { number, text } from '@hospay/server/edges/database/money/rows.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

async function freshHouse(context: TestContext): Promise<{ readonly house: ConsoleHouse; readonly administrator: ConsoleClient }> {
  const house = await buildConsoleHouse({ startAt: '2026-11-20T02:00:00.000Z' });
  context.after(async () => {
    await house.stop();
    assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
  });
  return { house, administrator: await firstAdministrator(house) };
}
const states = (reply: Reply) => Object.fromEntries(listOf(reply, 'steps').map(({ step, state, finding }) => [String(step), `${String(state)} ${String(finding)}`]));
const settled = ({ body }: Reply): unknown => body['settled'];
const setupOf = (client: ConsoleClient): Promise<Reply> => client.get('/setup');
const begin = (client: ConsoleClient, key: string, body: object = { channel: 'scripted', method: 'nativeQr' }): Promise<Reply> => client.call('POST', '/setup/self-tests', body, { 'idempotency-key': key });
const looked = (client: ConsoleClient, tradeNo: string, fresh = false): Promise<Reply> => client.get(`/setup/self-tests/${tradeNo}${fresh ? '?fresh=true' : ''}`);
const partOf = ({ body }: Reply, name: string): Record<string, unknown> => { const part = body[name]; return isRecord(part) ? part : {}; };
const tradeNoOf = ({ body }: Reply): string => String(body['tradeNo']);

/** The channel answers so, at the next question, about the one payment of the order. */
function isPaid({ channel, now }: ConsoleHouse, tradeNo: string) {
  return { kind: 'succeeded', tradeNo: `${tradeNo}P01`, merchantNo: channel.merchantNo, amountFen: fen(1), channelTradeNo: `4200${tradeNo.slice(-9)}`, paidAt: now().toISOString() } as const;
}
async function comesBack(house: ConsoleHouse, tradeNo: string): Promise<void> {
  await house.run('advanceRefund', tradeNo);
  house.later(61);
  house.channel.queryRefundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: `${tradeNo}P01`, refundFen: fen(1), channelRefundNo: '50300001', refundedAt: house.now().toISOString() }];
  await house.run('advanceRefund', tradeNo);
}
/** Whatever happened, the order keeps every rule of the money core, the ledger is whole, and the HIS was asked nothing. */
async function isInOrder({ store, hospital }: ConsoleHouse, tradeNo: string): Promise<void> {
  const found = (await store.findOrder(tradeNo)) ?? assert.fail('no order');
  const events = store.database.prepare('SELECT axis, subject, from_state, to_state, trigger, cause_kind, cause_id FROM state_event WHERE trade_no = ? ORDER BY id').all(tradeNo);
  const isFact = (sourceId: string) => store.database.prepare('SELECT 1 FROM fact WHERE source_id = ?').get(sourceId) !== undefined;
  const hasJob = (kind: string, subject: string) => store.database.prepare('SELECT 1 FROM job WHERE kind = ? AND subject = ?').get(kind, subject) !== undefined;
  const past = events.map((row) => ({ axis: text(row, 'axis'), subject: text(row, 'subject'), from: row['from_state'] === null ? undefined : text(row, 'from_state'), to: text(row, 'to_state'), cause: { kind: text(row, 'cause_kind'), id: text(row, 'cause_id') } }));
  assert.deepEqual([...checkOrder(found), ...checkHistory(found, past as never, isFact), ...checkJobs(found, hasJob)], []);
  assert.deepEqual(verifyLedger(store.database).problems, []);
  assert.equal(found.order.confirmation, 'none');
  assert.deepEqual(hospital.calls, []);
  assert.equal(hasJob('tellOwner', tradeNo) || hasJob('confirmOrder', tradeNo), false, 'nobody is told of it');
}

test('a fresh box: every step is open, and what closes it is a fact of its own part, in this browser and in the next', async (context) => {
  const { house, administrator } = await freshHouse(context);
  assert.deepEqual(states(await setupOf(administrator)), {
    administrators: 'open administratorAlone', clock: 'open clockNotMeasured', certificates: 'open certificatesNone', his: 'open hisNotExamined', channel: 'open channelNotTested', terminal: 'open terminalNone', goLive: 'open goLiveBlocked',
  });
  await administrator.call('POST', '/users', { login: 'wang.admin', displayName: '王工', roles: ['administrator'], password: 'Given-By-Boss-1' });
  assert.equal(states(await setupOf(administrator))['administrators'], 'attention passwordsToChange');
  const second = new ConsoleClient(house.origin);
  await second.call('POST', '/session', { login: 'wang.admin', password: 'Given-By-Boss-1' });
  await second.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-9' });
  assert.equal(states(await setupOf(second))['administrators'], 'done administratorsEnough');
  house.setup.isSeparated = true;
  assert.equal(states(await setupOf(second))['administrators'], 'open dutyMissing', 'where duties are separated two of the same are not three');
  house.setup.isSeparated = false;

  const at = (days: number) => new Date(house.now().getTime() + days * 86_400_000);
  const certificate = { title: '控制台', file: '/etc/hospay/console.pem', problem: undefined, subject: 'pay.hospital.example', names: ['pay.hospital.example', '10.0.0.5'], notBefore: at(-1) };
  house.setup.certificates = [{ ...certificate, notAfter: at(20) }];
  assert.equal(states(await setupOf(second))['certificates'], 'attention certificateExpiring');
  house.setup.certificates = [{ ...certificate, notAfter: at(400), problem: 'keyMismatch' }];
  assert.equal(states(await setupOf(second))['certificates'], 'attention certificateKeyMismatch');
  house.setup.certificates = [{ ...certificate, notAfter: at(-1) }];
  assert.equal(states(await setupOf(second))['certificates'], 'attention certificateExpired');
  house.setup.certificates = [{ ...certificate, notAfter: at(400) }];
  assert.equal(states(await setupOf(second))['certificates'], 'done certificatesGood');

  await house.registry.enrol({ id: 'kiosk-2', kind: 'kiosk', title: '二号', campus: undefined, group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
  assert.equal(states(await setupOf(second))['terminal'], 'attention terminalNeverSeen');
  await house.registry.enrol({ id: 'kiosk-1', kind: 'kiosk', title: '一号', campus: undefined, group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
  assert.equal(states(await setupOf(second))['terminal'], 'done terminalOnline');
  assert.equal(settled(await setupOf(administrator)), 3);
});

test('the clock is compared with browser and HIS: more than a minute apart is told, and a HIS that says nothing is no agreement', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const measure = (apartMs: number) => administrator.call('POST', '/setup/clock', { browserTime: new Date(house.now().getTime() + apartMs).toISOString() });
  assert.equal(states(await measure(-59_000))['clock'], 'done clockRight');
  assert.equal(states(await measure(61_000))['clock'], 'attention clockOff');
  house.setup.hisApartMs = -300_000;
  assert.equal(states(await measure(0))['clock'], 'attention clockOff');
  house.setup.hisApartMs = undefined;
  assert.equal(states(await measure(0))['clock'], 'attention clockHisUnknown');
  assert.equal(codeOf(await administrator.call('POST', '/setup/clock', { browserTime: '2026-13-45T99:00:00Z' })), 'MALFORMED_REQUEST');
});

test('an examination of the HIS, wherever it was begun, is remembered as it ended; one that was broken off says nothing', async (context) => {
  const { house, administrator } = await freshHouse(context);
  house.hisLine.reason = 'the database refused the connection';
  assert.equal(states(await setupOf(administrator))['his'], 'open hisInactive');
  house.hisLine.reason = '';
  const examined = async () => {
    await administrator.call('POST', '/his/examination', {});
    for (let turn = 0; turn < 200; turn += 1) {
      const { body } = await administrator.get('/his/examination');
      if (partOf({ body } as Reply, 'examination')['state'] !== 'running') break;
    }
    return states(await setupOf(administrator))['his'];
  };
  const first = await examined();
  assert.ok(first === 'done hisWell' || first === 'attention hisWarning' || first === 'open hisFailed', first);
  assert.deepEqual(listOf(await setupOf(administrator), 'events').map(({ step, kind, by }) => [step, kind, by]), [['his', 'examined', 'li.admin']]);
  const before = listOf(await setupOf(administrator), 'events');
  const answer = Promise.withResolvers<Awaited<ReturnType<typeof house.hospital.ping>>>();
  house.hospital.ping = () => answer.promise;
  await administrator.call('POST', '/his/examination', {});
  assert.equal(states(await setupOf(administrator))['his'], 'open hisExamining');
  await administrator.call('DELETE', '/his/examination');
  answer.resolve({ kind: 'unknown', reason: 'silent' });
  for (let turn = 0; turn < 50 && partOf(await administrator.get('/his/examination'), 'examination')['state'] !== 'cancelled'; turn += 1);
  await new Promise((wake) => { setTimeout(wake, 100); });
  assert.deepEqual(listOf(await setupOf(administrator), 'events'), before, 'what was broken off says nothing');
});

test('a box that takes money already, or came from an earlier version, has proven HIS and channel by use; what was examined later counts', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const order = await house.payAndConfirm('IN-USE');
  assert.deepEqual([states(await setupOf(administrator))['his'], states(await setupOf(administrator))['channel']], ['done hisInUse', 'open channelNotTested']);
  await administrator.call('POST', `/orders/${order.tradeNo}/refunds`, { refundFen: 100, reason: '项目开错' }, { 'idempotency-key': 'refund-key-in-use-1' });
  await house.refundArrives(order);
  assert.equal(states(await setupOf(administrator))['channel'], 'done channelInUse');
  house.later(60);
  house.hisLine.reason = '';
  house.hospital.ping = () => Promise.resolve({ kind: 'unknown', reason: 'silent' });
  await administrator.call('POST', '/his/examination', {});
  for (let turn = 0; turn < 50 && states(await setupOf(administrator))['his'] !== 'open hisFailed'; turn += 1);
  assert.equal(states(await setupOf(administrator))['his'], 'open hisFailed');
});

test('one fen is paid, goes back by itself and is back: order, payment, refund and ledger say so, and the HIS is asked nothing', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const begun = await begin(administrator, 'self-test-key-0001');
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const tradeNo = tradeNoOf(begun);
  assert.deepEqual([begun.body['stage'], partOf(begun, 'payment')['presentation'], states(await setupOf(administrator))['channel']], ['paying', { kind: 'qr', content: 'weixin://test' }, 'attention selfTestPaying']);
  house.channel.queryAnswers = [isPaid(house, tradeNo)];
  const paid = await looked(administrator, tradeNo, true);
  assert.deepEqual([paid.body['stage'], partOf(paid, 'refund')['state'], states(await setupOf(administrator))['channel']], ['refunding', 'reserved', 'attention selfTestRefunding']);
  await isInOrder(house, tradeNo);
  await comesBack(house, tradeNo);
  const back = await looked(administrator, tradeNo);
  assert.deepEqual([back.body['stage'], partOf(back, 'refund')['refundFen'], states(await setupOf(administrator))['channel']], ['done', 1, 'done selfTestDone']);
  assert.deepEqual(listOf(back, 'journals').map(({ bizType, step, totalFen }) => [bizType, step, totalFen]), [['payment', 'succeeded', 1], ['refund', 'reserved', 1], ['refund', 'accepted', 2], ['refund', 'succeeded', 1]]);
  await isInOrder(house, tradeNo);
  const open = house.store.database.prepare("SELECT a.name, c.clear_key, c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('2001', '2011')").all();
  assert.deepEqual(open, [], 'the hospital owes nobody the fen');
  assert.equal((await house.money.readInUse(house.now())).refunded, undefined, 'a self-test is no use by patients');
  const listed = await administrator.get('/orders?limit=5');
  assert.ok(listOf(listed, 'orders').some((order) => order['tradeNo'] === tradeNo), 'it is an order like any other');
  const order = (await house.store.findOrder(tradeNo))?.order;
  assert.deepEqual([order?.business, order?.description, order?.patientLabel], ['selfTest', '一分钱自测，自动退回', '一分钱自测']);
  const detail = await administrator.get(`/orders/${tradeNo}`);
  assert.equal(listOf(detail, 'refunds')[0]?.['cause'], 'selfTest');
  assert.equal(codeOf(await looked(administrator, (await house.pay('Q1')).tradeNo)), 'ORDER_NOT_FOUND', 'no other order is shown by this way');
  assert.equal((await begin(administrator, 'self-test-key-0101')).body['stage'], 'paying', 'the channel may be tested again');
});

test('pressed twice, under one key or two, it is one order: the channel is called once', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const [first, second] = await Promise.all([begin(administrator, 'self-test-key-0002'), begin(administrator, 'self-test-key-0002')]);
  assert.deepEqual([first.status, second.status, tradeNoOf(second)], [200, 200, tradeNoOf(first)]);
  const quotes = () => number(house.store.database.prepare('SELECT count(*) AS n FROM quote').get() ?? {}, 'n');
  const before = quotes();
  assert.equal(tradeNoOf(await begin(administrator, 'self-test-key-0002')), tradeNoOf(first));
  assert.equal(quotes(), before, 'a repeat prices nothing anew');
  const asked = listOf(await administrator.get('/audit?limit=50'), 'rows').filter(({ what }) => what === 'setup.selfTest');
  assert.ok(asked.length >= 1 && asked.every(({ who, object }) => who === 'li.admin' && object === 'channel scripted'), 'who wanted it is known, whatever became of it');
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0003')), 'CONFLICT', 'of a channel one test is under way at a time');
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0002', { channel: 'cash-tills', method: 'nativeQr' })), 'IDEMPOTENCY_KEY_REUSED');
  assert.deepEqual(house.channel.calls.filter((call) => call.startsWith('charge')), [`charge ${tradeNoOf(first)}P01`]);
  assert.equal(number(house.store.database.prepare("SELECT count(*) AS n FROM orders WHERE business = 'selfTest'").get() ?? {}, 'n'), 1);
});

test('an answer that is lost is being confirmed, never failed: asked, it turns out paid, and goes back', async (context) => {
  const { house, administrator } = await freshHouse(context);
  house.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const tradeNo = tradeNoOf(await begin(administrator, 'self-test-key-0004'));
  const lost = await looked(administrator, tradeNo);
  assert.deepEqual([lost.body['stage'], partOf(lost, 'payment')['state'], states(await setupOf(administrator))['channel']], ['confirming', 'unknown', 'attention selfTestConfirming']);
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0005')), 'CONFLICT', 'no second fen while the first is not known');
  house.later(11);
  house.channel.queryAnswers = [isPaid(house, tradeNo)];
  await house.run('advancePayment', tradeNo);
  assert.equal((await looked(administrator, tradeNo)).body['stage'], 'refunding');
  house.channel.refundAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await comesBack(house, tradeNo);
  assert.equal((await looked(administrator, tradeNo)).body['stage'], 'done');
  await isInOrder(house, tradeNo);
});

test('declined or cancelled no fen moved: the step is open as before, and the next test may begin', async (context) => {
  const { house, administrator } = await freshHouse(context);
  house.channel.chargeAnswers = [{ kind: 'declined', code: 'NO_AUTH', message: '商户未开通此产品' }];
  const declined = await begin(administrator, 'self-test-key-0006');
  assert.deepEqual([declined.body['stage'], partOf(declined, 'payment')['state'], declined.body['journals'], states(await setupOf(administrator))['channel']], ['unpaid', 'failed', [], 'open selfTestUnpaid']);
  await isInOrder(house, tradeNoOf(declined));
  const next = await begin(administrator, 'self-test-key-0007');
  assert.equal(next.body['stage'], 'paying');
  const cancelled = await administrator.call('POST', `/setup/self-tests/${tradeNoOf(next)}/cancel`);
  assert.equal(cancelled.body['stage'], 'unpaid');
  await isInOrder(house, tradeNoOf(next));
  // Paid after all, when it was closed: known, and on its way back.
  house.later(700);
  house.channel.queryAnswers = [isPaid(house, tradeNoOf(next))];
  await house.run('advancePayment', tradeNoOf(next));
  assert.equal((await looked(administrator, tradeNoOf(next))).body['stage'], 'refunding');
  await isInOrder(house, tradeNoOf(next));
});

test('a refund the channel stops is amber with its case, and one it gives up is asked for anew', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const tradeNo = tradeNoOf(await begin(administrator, 'self-test-key-0008'));
  house.channel.queryAnswers = [isPaid(house, tradeNo)];
  await looked(administrator, tradeNo, true);
  house.channel.refundAnswers = [{ kind: 'declined', code: 'NOT_ENOUGH', message: '商户余额不足' }];
  await house.run('advanceRefund', tradeNo);
  assert.deepEqual([(await looked(administrator, tradeNo)).body['stage'], states(await setupOf(administrator))['channel']], ['refundBlocked', 'attention selfTestRefundBlocked']);
  assert.ok(listOf(await administrator.get('/cases?state=open'), 'cases').some(({ kind, tradeNo: of }) => kind === 'refundAbnormal' && of === tradeNo));
  house.later(61);
  house.channel.queryRefundAnswers = [{ kind: 'closed' }];
  await house.run('advanceRefund', tradeNo);
  assert.equal((await looked(administrator, tradeNo)).body['stage'], 'refunding');
  await isInOrder(house, tradeNo);
});

test('what cannot be tested takes no fen: cash, a channel that does not run, one that cannot refund, a code without its method', async (context) => {
  const { house, administrator } = await freshHouse(context);
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0009', { channel: 'cash-tills', method: 'nativeQr' })), 'SELF_TEST_NOT_OFFERED');
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0010', { channel: 'nobody', method: 'nativeQr' })), 'CHANNEL_UNAVAILABLE');
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0011', { channel: 'scripted', method: 'paymentCode' })), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0012', { channel: 'scripted', method: 'nativeQr', authCode: '134567890123456789' })), 'MALFORMED_REQUEST');
  const [channel] = house.setup.channels;
  house.setup.channels = channel === undefined ? [] : [{ ...channel, canRefund: false }];
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0013')), 'REFUND_NOT_SUPPORTED');
  house.setup.channels = channel === undefined ? [] : [{ ...channel, state: 'stopped' }];
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0014')), 'CHANNEL_UNAVAILABLE');
  assert.equal(states(await setupOf(administrator))['channel'], 'open channelNone');
  assert.deepEqual(house.channel.calls, []);
});

test('the channel that is named is tested, whatever the routing would choose for a patient', async (context) => {
  const { house, administrator } = await freshHouse(context);
  house.setup.channels = [{ id: 'alipay-east', plugin: 'alipay', state: 'active', reason: undefined, merchantNo: '2088000000000011', selfTestMethods: ['nativeQr'], canRefund: true }];
  const begun = await begin(administrator, 'self-test-key-0102', { channel: 'alipay-east', method: 'nativeQr' });
  assert.equal(begun.body['channel'], 'alipay-east');
  assert.deepEqual(house.channel.calls, []);
  // Offered here, and not by the channel itself: nothing is sent.
  assert.equal(codeOf(await begin(administrator, 'self-test-key-0103', { channel: 'alipay-east', method: 'paymentCode', authCode: '134567890123456789' })), 'SELF_TEST_NOT_OFFERED');
});

test('the connection of a channel is asked about without money, and what it answered is kept', async (context) => {
  const { house, administrator } = await freshHouse(context);
  assert.deepEqual((await administrator.call('POST', '/setup/channels/scripted/connection-test')).body, { result: 'answered', found: 'the channel answered notFound' });
  assert.equal(codeOf(await administrator.call('POST', '/setup/channels/nobody/connection-test')), 'NO_SUCH_ITEM');
  const [event] = listOf(await setupOf(administrator), 'events');
  assert.deepEqual([event?.['kind'], partOf({ body: event ?? {} } as Reply, 'detail')['channel']], ['connectionTested', 'scripted']);
  assert.deepEqual(house.channel.calls, []);
});

test('a step is left out with a reason and taken up again, each in the audit log; what is done cannot be left out, and nobody without the right does either', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const skip = (step: string, body: object) => administrator.call('POST', `/setup/steps/${step}/skip`, body);
  for (const body of [{}, { reason: '' }, { reason: '   ' }]) assert.equal(codeOf(await skip('terminal', body)), 'MALFORMED_REQUEST');
  const skipped = await skip('terminal', { reason: '自助机下月到货' });
  assert.deepEqual([states(skipped)['terminal'], settled(skipped)], ['skipped terminalNone', 1]);
  assert.deepEqual(partOf({ body: listOf(skipped, 'steps').find(({ step }) => step === 'terminal') ?? {} } as Reply, 'skipped')['reason'], '自助机下月到货');
  assert.equal(settled(await administrator.call('DELETE', '/setup/steps/terminal/skip')), 0);
  assert.equal(codeOf(await administrator.call('DELETE', '/setup/steps/terminal/skip')), 'CONFLICT');
  assert.equal(codeOf(await skip('goLive', { reason: '不需要' })), 'CONFLICT');
  await administrator.call('POST', '/setup/clock', { browserTime: house.now().toISOString() });
  assert.equal(codeOf(await skip('clock', { reason: '已完成' })), 'CONFLICT');
  await skip('terminal', { reason: '自助机下月到货' });
  await house.registry.enrol({ id: 'kiosk-1', kind: 'kiosk', title: '一号', campus: undefined, group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
  assert.equal(states(await setupOf(administrator))['terminal'], 'done terminalOnline', 'a fact is worth more than a word');
  const audited = listOf(await administrator.get('/audit'), 'rows').map(({ what, reason }) => [what, reason]).filter(([what]) => String(what).startsWith('setup.'));
  assert.deepEqual(audited.toReversed().slice(0, 2), [['setup.skipped', '自助机下月到货'], ['setup.resumed', undefined]]);
  const auditor = await auditorBeside(house, administrator);
  assert.equal((await setupOf(auditor)).status, 200);
  for (const [method, path, body] of [['POST', '/setup/steps/his/skip', { reason: '不需要' }], ['DELETE', '/setup/steps/his/skip', undefined], ['POST', '/setup/clock', { browserTime: house.now().toISOString() }], ['POST', '/setup/channels/scripted/connection-test', undefined], ['POST', '/setup/go-live', { note: '开通' }]] as const) {
    assert.equal(codeOf(await auditor.call(method, path, body)), 'NOT_PERMITTED', path);
  }
  assert.equal(codeOf(await begin(auditor, 'self-test-key-0015')), 'NOT_PERMITTED');
});

test('it goes live when nothing is open, once, with every step as it stood in the audit log', async (context) => {
  const { house, administrator } = await freshHouse(context);
  const live = () => administrator.call('POST', '/setup/go-live', { note: '院长办公会同意开通' });
  const early = await live();
  assert.deepEqual([codeOf(early), partOf(early, 'error')['detail']], ['SETUP_INCOMPLETE', 'administrators, clock, certificates, his, channel, terminal']);
  for (const step of ['administrators', 'clock', 'certificates', 'his', 'channel']) assert.equal((await administrator.call('POST', `/setup/steps/${step}/skip`, { reason: '另行办理' })).status, 200, step);
  assert.equal(codeOf(await live()), 'SETUP_INCOMPLETE');
  await house.registry.enrol({ id: 'kiosk-1', kind: 'kiosk', title: '一号', campus: undefined, group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
  assert.equal(states(await setupOf(administrator))['goLive'], 'open goLiveReady');
  const answers = await Promise.all([live(), live()]);
  assert.deepEqual(answers.map(codeOf).toSorted(), ['CONFLICT', undefined], 'of two presses one is the decision');
  const after = await setupOf(administrator);
  assert.deepEqual([states(after)['goLive'], settled(after), codeOf(await live())], ['done wentLive', 7, 'CONFLICT']);
  const decided = listOf(await administrator.get('/audit'), 'rows').filter(({ what }) => what === 'setup.wentLive');
  assert.equal(decided.length, 1);
  assert.match(JSON.stringify(decided[0]), /院长办公会同意开通/);
  assert.match(JSON.stringify(decided[0]), /done terminalOnline/);
});
