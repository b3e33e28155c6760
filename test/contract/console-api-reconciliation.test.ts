import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf, runReconciliationDay } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';
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

test('a day is run from the console, its classes and differences are read, its case stands in the list, and who ran it in the audit log', async () => {
  const order = await house.payAndConfirm('Q1');
  const paymentNo = order.payments[0]?.paymentNo ?? '';
  const raw = Buffer.from('the file');
  const line = { kind: 'payment', tradeNo: paymentNo, channelTradeNo: '4200', amountFen: 10_000, feeMilliFen: 0, status: 'SUCCESS', at: `${DAY}T10:00:00+08:00` } as const;
  house.statement.answer = { kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines: [line, { ...line, tradeNo: 'H20261120100000ABCDEFGHJP01', amountFen: 700 }, { ...line, tradeNo: 'SHOP1', amountFen: 5 }], totals: { lines: 3, paymentFen: 10_705, refundFen: 0 } };
  assert.equal(codeOf(await administrator.call('POST', `/reconciliation/days/${DAY}/runs`)), 'CONFLICT', 'a day that is not over');
  house.later(24 * 3_600);
  await administrator.call('POST', '/session', { login: 'li.admin', password: 'Correct-Horse-7' });
  const days = listOf(await runReconciliationDay(administrator, DAY), 'days');
  assert.deepEqual(days.map(({ comparison, source, state, openDifferences }) => [comparison, source, state, openDifferences]), [['channel', 'scripted', 'explained', 1], ['hospital', 'demo', 'postponed', 0]]);
  assert.deepEqual(listOf(await administrator.get(`/reconciliation/days?from=${DAY}&to=${DAY}`), 'days'), days);
  const differences = (more = '') => administrator.get(`/reconciliation/days/${DAY}/differences?comparison=channel&source=scripted${more}`);
  assert.deepEqual(listOf(await differences(), 'differences').map(({ class: found, key, theirFen }) => [found, key, theirFen]), [['longNoOrder', 'H20261120100000ABCDEFGHJP01', 700], ['foreign', 'SHOP1', 5]]);
  assert.deepEqual(listOf(await differences('&class=foreign'), 'differences').map(({ key }) => key), ['SHOP1']);
  assert.deepEqual(listOf(await administrator.get('/cases?state=open'), 'cases').map(({ kind, subject, severity }) => [kind, subject, severity]), [['statementLong', 'H20261120100000ABCDEFGHJP01', 2]]);
  assert.ok(listOf(await administrator.get('/audit'), 'rows').some(({ what, object }) => what === 'reconciliation.run' && object === `day ${DAY}`));
  assert.equal(codeOf(await administrator.get('/reconciliation/days?from=yesterday&to=today')), 'MALFORMED_REQUEST');
});

test('a statement that the channel does not give is brought as a file: the day is run with it and says so; a file of another day is refused with a next step', async () => {
  house.statement.answer = { kind: 'notReady', message: 'not yet' };
  const lines = [{ kind: 'payment', tradeNo: 'SHOP2', channelTradeNo: '4200', amountFen: 5, feeMilliFen: 0, status: 'SUCCESS', at: `${DAY}T10:00:00+08:00` }];
  const bring = (at: string, headers: Record<string, string> = {}) => administrator.send('POST', `/reconciliation/days/${at}/statements/scripted`, Buffer.from(JSON.stringify({ lines, totals: { lines: 1, paymentFen: 5, refundFen: 0 } })), { 'x-file-name': encodeURIComponent('账单.json'), 'x-reason': encodeURIComponent('接口停用'), ...headers });
  const { body } = await bring(DAY);
  assert.deepEqual(body['uploadable'], ['scripted']);
  const [channel] = listOf({ status: 200, body, headers: new Headers() }, 'days');
  assert.deepEqual([channel?.['comparison'], channel?.['upload']], ['channel', { fileName: '账单.json', by: 'li.admin', at: house.now().toISOString() }]);
  assert.equal(codeOf(await bring('2026-11-19')), 'STATEMENT_UNUSABLE');
  for (const headers of [{ 'x-reason': '' }, { 'x-reason': '%' }, { 'x-file-name': '' }]) assert.equal(codeOf(await bring(DAY, headers)), 'MALFORMED_REQUEST');

});

test('a long run goes on by itself: it answers at once, shows its step to whoever sees days, is joined and not begun twice, and its result is there without anybody waiting', async () => {
  const gate = Promise.withResolvers<void>();
  house.statement.gate = gate.promise;
  const auditor = await auditorBeside(house, administrator);
  const finance = await financeBeside();
  const press = (client: ConsoleClient, day = DAY) => client.call('POST', `/reconciliation/days/${day}/runs`);
  const runOf = async (client: ConsoleClient) => listOf(await client.get(`/reconciliation/days?from=${DAY}&to=${DAY}`), 'runs')[0];
  const pressed = Date.now();
  const first = await press(administrator);
  assert.deepEqual([first.status, first.body['isJoined']], [202, false], JSON.stringify(first.body));
  assert.ok(Date.now() - pressed < 10_000);
  const { run } = first.body;
  assert.ok(isRecord(run));
  assert.deepEqual([run['day'], run['by'], run['state'], run['mayCancel']], [DAY, 'li.admin', 'running', true]);
  assert.deepEqual([(await runOf(auditor))?.['step'], (await runOf(auditor))?.['mayCancel']], [house.channel.id, false]);

  const second = await press(finance);
  assert.deepEqual([second.status, second.body['isJoined'], isRecord(second.body['run']) ? second.body['run']['id'] : ''], [202, true, run['id']]);
  assert.equal(codeOf(await finance.call('DELETE', `/work/${String(run['id'])}`)), 'NO_SUCH_ITEM', 'only who began it stops it');
  assert.deepEqual([codeOf(await press(auditor)), codeOf(await press(administrator, 'yesterday')), codeOf(await press(administrator, '2999-01-01'))], ['NOT_PERMITTED', 'MALFORMED_REQUEST', 'CONFLICT']);

  const acts = async (): Promise<number> => listOf(await administrator.get('/audit?limit=200'), 'rows').filter(({ what }) => what === 'reconciliation.run').length;
  const actsBefore = await acts();
  gate.resolve();
  const ended = await eventually('the end of the run', async () => { const now = await runOf(finance); return now?.['endedAt'] === undefined ? undefined : now; });
  assert.deepEqual([ended['state'], ended['share'], await acts()], ['done', 10_000, actsBefore + 1], 'two presses, one run');
  assert.equal((await press(administrator)).status, 200, 'a short one answers with its days');
});

test('a run is stopped between two comparisons by whoever began it, and one that failed says why until it is run again', async () => {
  const gate = Promise.withResolvers<void>();
  house.statement.gate = gate.promise;
  const day = '2026-11-18';
  const runs = async () => listOf(await administrator.get(`/reconciliation/days?from=${day}&to=${day}`), 'runs');
  const { run } = (await administrator.call('POST', `/reconciliation/days/${day}/runs`)).body;
  assert.ok(isRecord(run));
  assert.equal((await administrator.call('DELETE', `/work/${String(run['id'])}`)).status, 200);
  assert.deepEqual((await runs()).map(({ mayCancel, isCancelling }) => [mayCancel, isCancelling]), [[false, true]]);
  // What was asked to stop does not do what somebody wants now: the next press is a run of its own, after it.
  const next = await administrator.call('POST', `/reconciliation/days/${day}/runs`);
  assert.deepEqual([next.status, next.body['isJoined']], [202, false]);
  gate.resolve();
  const both = await eventually('the end of both', async () => { const found = listOf(await administrator.get('/work'), 'work').filter(({ kind, subject }) => kind === 'reconciliation' && subject === day); return found.every(({ endedAt }) => endedAt !== undefined) ? found : undefined; });
  assert.deepEqual(both.map(({ state }) => state).toSorted(), ['cancelled', 'done']);

  const broken = Promise.withResolvers<void>();
  house.statement.gate = broken.promise;
  assert.equal((await administrator.call('POST', `/reconciliation/days/${day}/runs`)).status, 202);
  broken.reject(new Error('the disk is full'));
  await eventually('the failure', async () => ((await runs()).some(({ state, problem }) => state === 'failed' && isRecord(problem) && problem['en'] === 'the disk is full') ? true : undefined));
  house.statement.gate = Promise.resolve();
  await runReconciliationDay(administrator, day);
  assert.deepEqual((await runs()).map(({ state }) => state), ['done'], 'the last of the day is shown');
});

async function financeBeside(): Promise<ConsoleClient> {
  await administrator.call('POST', '/users', { login: 'wang.finance', displayName: '王财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  const finance = new ConsoleClient(house.origin);
  await finance.call('POST', '/session', { login: 'wang.finance', password: 'Given-By-Boss-1' });
  assert.equal((await finance.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-9' })).status, 200);
  return finance;
}
