/** Numbered forms over the console API: finance keeps the store and the register, an auditor reads, a cashier of the window has nothing to do here. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let finance: ConsoleClient;
let auditor: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  const administrator = await firstAdministrator(house);
  const userWith = async (login: string, role: string) => {
    await administrator.call('POST', '/users', { login, displayName: login, roles: [role], password: 'Given-By-Boss-1' });
    const client = new ConsoleClient(house.origin);
    await client.call('POST', '/session', { login, password: 'Given-By-Boss-1' });
    await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-7' });
    return client;
  };
  [finance, auditor] = [await userWith('li.finance', 'finance'), await userWith('chen.audit', 'auditor')];
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const post = (client: ConsoleClient, path: string, body: unknown, key: string) => client.call('POST', path, body, { 'idempotency-key': key });
const part = (reply: { readonly body: Record<string, unknown> }, name: string): Record<string, unknown> => (isRecord(reply.body[name]) ? reply.body[name] : assert.fail(JSON.stringify(reply.body)));
const BOX = { kind: 'outpatient', medium: 'paper', code: '3301', firstNumber: '00000101', lastNumber: '00000200' };

test('failure mode 26: bought, handed out, spoiled and returned; the register says so, by row and as a sheet', async () => {
  const batch = part(await post(finance, '/forms/batches', BOX, 'buy-0001'), 'batch');
  assert.deepEqual([batch['count'], batch['inStore'], batch['by']], [100, 100, 'li.finance']);
  assert.equal(codeOf(await post(finance, '/forms/batches', { ...BOX, firstNumber: '00000200', lastNumber: '00000300' }, 'buy-0002')), 'FORMS_KNOWN');
  assert.equal(codeOf(await post(finance, '/forms/batches', { ...BOX, firstNumber: 'ABC' }, 'buy-0003')), 'MALFORMED_REQUEST');
  const wish = { batchNo: batch['batchNo'], tillNo: 'operator:0101', count: 20 };
  const run = part(await post(finance, '/forms/runs', wish, 'hand-0001'), 'run');
  assert.deepEqual([run['firstNumber'], run['lastNumber'], run['nextNumber'], run['left']], ['00000101', '00000120', '00000101', 20]);
  assert.deepEqual(part(await post(finance, '/forms/runs', wish, 'hand-0001'), 'run'), run, 'pressed again it is the same run');
  assert.equal(codeOf(await post(finance, '/forms/runs', { ...wish, count: 81 }, 'hand-0002')), 'FORMS_NOT_THERE');
  const path = `/forms/runs/${String(run['runNo'])}`;
  assert.equal(codeOf(await finance.call('POST', `${path}/numbers/00000102/voids`, { reason: '缺号' })), 'FORM_NOT_NEXT');
  assert.equal(part(await finance.call('POST', `${path}/numbers/00000101/voids`, { reason: '缺号' }), 'number')['state'], 'void');
  assert.equal(codeOf(await finance.call('POST', `${path}/numbers/00000101/prints`)), 'FORM_VOID');
  assert.equal(codeOf(await finance.call('POST', `${path}/returns`, { nextNumber: '00000101' })), 'FORM_NOT_NEXT');
  assert.deepEqual([part(await finance.call('POST', `${path}/returns`, { nextNumber: '00000102' }), 'run')['left'], codeOf(await finance.call('POST', `${path}/returns`, { nextNumber: '00000150' }))], [0, 'CONFLICT']);
  assert.deepEqual(listOf(await auditor.get(`${path}/numbers`), 'numbers').map(({ number, state, reason }) => [number, state, reason]), [['00000101', 'void', '缺号']]);
  assert.deepEqual(listOf(await auditor.get('/forms/runs'), 'runs').map(({ void: voided, left, returnedBy }) => [voided, left, returnedBy]), [[1, 0, 'li.finance']]);
  assert.deepEqual(listOf(await auditor.get('/forms/runs?live=true'), 'runs'), []);
  assert.equal(listOf(await auditor.get('/forms/batches'), 'batches')[0]?.['inStore'], 99);
  const file = await fetch(`${house.origin}/console-api/v1/forms/register.csv`, { headers: { cookie: auditor.cookie ?? '' } });
  const sheet = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await file.arrayBuffer());
  assert.match(sheet, /^\uFEFF领用单号,入库批次,票据种类,/);
  assert.match(sheet, /PL000001,PR000001,门诊收费票据,3301,0101\t,00000101\t,00000101\t,1,,0,1,00000101\t,0,0,/);
});

test('an auditor reads and keeps nothing', async () => {
  for (const [path, body] of [['/forms/batches', BOX], ['/forms/runs', { batchNo: 'PR000001', tillNo: 'operator:0101', count: 1 }]] as const) assert.equal(codeOf(await post(auditor, path, body, 'audit-0001')), 'NOT_PERMITTED', path);
  for (const path of ['/forms/runs/PL000001/returns', '/forms/runs/PL000001/numbers/00000101/voids', '/forms/runs/PL000001/numbers/00000101/prints']) assert.equal(codeOf(await auditor.call('POST', path, { nextNumber: '1', reason: '无权' })), 'NOT_PERMITTED', path);
});
