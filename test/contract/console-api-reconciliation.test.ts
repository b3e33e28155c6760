import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { codeOf, type ConsoleClient, firstAdministrator, listOf } from './console-client.js';
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
  const days = listOf(await administrator.call('POST', `/reconciliation/days/${DAY}/runs`), 'days');
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
