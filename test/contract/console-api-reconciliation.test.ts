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
