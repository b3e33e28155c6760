import assert from 'node:assert/strict';
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

test('the hospital sees every file with what became of sending it, takes one, and who took it stands in the audit log', async () => {
  await house.payAndConfirm('Q1');
  await house.payCash('C', 4_000, '0123');
  const refunded = await house.payAndConfirm('Q2');
  assert.ok(refunded.tradeNo !== '');
  house.later(24 * 3_600);
  await house.statementFiles.desk.makeDue();
  await administrator.call('POST', '/session', { login: 'li.admin', password: 'Correct-Horse-7' });
  const files = listOf(await administrator.get(`/statement-files?from=${DAY}&to=${DAY}`), 'files');
  assert.deepEqual(files.map(({ scope, appId, version, payments, paymentFen, delivery }) => [scope, appId, version, payments, paymentFen, delivery]), [
    ['merchant', '1900000001', 1, 2, 20_000, undefined], ['merchant', '2088000000000011', 1, 0, 0, undefined], ['merchant', 'CASH', 1, 1, 4_000, undefined],
    ['hospital', '', 1, 3, 24_000, undefined], ['application', 'hospital-app', 1, 0, 0, { application: 'hospital-app', what: 'notice', attempts: 0 }],
  ]);
  const hospital = files.find(({ scope }) => scope === 'hospital');
  const text = await (await fetch(`${house.origin}/console-api/v1/statement-files/${String(hospital?.['id'])}/file`, { headers: { cookie: administrator.cookie ?? '' } })).text();
  assert.match(text, /\r\npayment,.*,cash,.*,40\.00,.*,terminal,kiosk-1,0123\r\n/);
  assert.match(text, /total,payment,3,240\.00/);
  assert.ok(listOf(await administrator.get('/audit'), 'rows').some(({ what, object }) => what === 'statementFile.download' && object === 'hospay-hospital-2026-11-20-v1.csv'));
  assert.equal(codeOf(await administrator.get('/statement-files/999/file')), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await administrator.get(`/statement-files?from=${DAY}&to=2026-11-01`)), 'MALFORMED_REQUEST');
});
