/** Shifts over the console API: a cashier sees and closes his own till, finance takes the cash over, an auditor reads. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Correct-Horse-7';
let house: ConsoleHouse;
let administrator: ConsoleClient;
let zhou: ConsoleClient;
let li: ConsoleClient;
let auditor: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  [zhou, li, auditor] = [await userWith('zhou', 'cashier', '0101'), await userWith('li.finance', 'finance'), await userWith('chen.audit', 'auditor')];
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

async function userWith(login: string, role: string, operatorId?: string): Promise<ConsoleClient> {
  const added = await administrator.call('POST', '/users', { login, displayName: login, roles: [role], password: 'Given-By-Boss-1', ...(operatorId === undefined ? {} : { operatorId }) });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login, password: 'Given-By-Boss-1' });
  assert.equal((await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  return client;
}
const post = (client: ConsoleClient, path: string, body: unknown, key: string) => client.call('POST', path, body, { 'idempotency-key': key });
const part = (reply: { readonly body: Record<string, unknown> }, name: string): Record<string, unknown> => (isRecord(reply.body[name]) ? reply.body[name] : assert.fail(JSON.stringify(reply.body)));
const tillsOf = async (client: ConsoleClient) => listOf(await client.get('/shifts/running'), 'shifts').map(({ tillNo }) => tillNo);
const closing = (tillNo: string, pieces: number, expectedFen: number) => ({ tillNo, denominations: [{ faceFen: 10_000, pieces }], expectedFen });

test('a cashier sees and closes his own till and no other; finance and auditor see all; the auditor closes none', async () => {
  await house.payCash('S1', 20_000, '0101');
  await house.payCash('S2', 30_000, '0102');
  assert.deepEqual([await tillsOf(zhou), await tillsOf(li), await tillsOf(auditor)], [['operator:0101'], ['operator:0101', 'operator:0102'], ['operator:0101', 'operator:0102']]);
  assert.equal(codeOf(await post(zhou, '/shifts', closing('operator:0102', 3, 30_000), 'zhou-key-0')), 'NOT_PERMITTED');
  assert.equal(codeOf(await post(auditor, '/shifts', closing('operator:0101', 2, 20_000), 'chen-key-0')), 'NOT_PERMITTED');
  assert.equal(codeOf(await post(zhou, '/shifts', closing('operator:0101', 2, 19_999), 'zhou-key-0')), 'TILL_MOVED');
  const first = await post(zhou, '/shifts', closing('operator:0101', 1, 20_000), 'zhou-key-1');
  assert.deepEqual(await post(zhou, '/shifts', closing('operator:0101', 1, 20_000), 'zhou-key-1').then(({ body }) => body), first.body);
  assert.deepEqual([part(first, 'shift')['differenceFen'], part(first, 'shift')['closedBy'], part(first, 'shift')['operatorId']], [-10_000, 'zhou', '0101']);
  assert.equal(codeOf(await post(zhou, '/shifts', closing('operator:0101', 2, 0), 'zhou-key-2')), 'SHIFT_EMPTY');
  assert.deepEqual(listOf(await administrator.get('/cases?state=open'), 'cases').map(({ kind, severity }) => [kind, severity]), [['cashShort', 2]]);
  for (const path of ['/orders', '/overview', '/cash', '/cases?state=open']) assert.equal(codeOf(await zhou.get(path)), 'NOT_PERMITTED', path);
});

test('finance counts anew, takes over and brings to the bank; the cashier may do none of it', async () => {
  const { shiftNo } = part({ body: { shift: listOf(await li.get('/shifts?tillNo=operator:0101'), 'shifts')[0] ?? {} } }, 'shift');
  const path = `/shifts/${String(shiftNo)}`;
  const recount = { denominations: [{ faceFen: 10_000, pieces: 2 }], reason: '漏数一叠' };
  for (const [url, body] of [[`${path}/recounts`, recount], [`${path}/hand-overs`, { amountFen: 10_000 }], ['/cash/deposits', { slipNo: 'A1', amountFen: 1 }]] as const) assert.equal(codeOf(await post(zhou, url, body, 'zhou-key-9')), 'NOT_PERMITTED', url);
  assert.equal(part(await post(li, `${path}/recounts`, recount, 'li-key-1'), 'act')['amountFen'], 20_000);
  assert.equal(codeOf(await post(li, `${path}/hand-overs`, { amountFen: 10_000 }, 'li-key-2')), 'HAND_OVER_DIFFERS');
  assert.equal(part(await post(li, `${path}/hand-overs`, { amountFen: 20_000 }, 'li-key-2'), 'act')['by'], 'li.finance');
  const deposited = part(await post(li, '/cash/deposits', { slipNo: '00123', amountFen: 15_000 }, 'li-key-3'), 'act');
  assert.deepEqual([(await li.get('/cash')).body['vaultFen'], listOf(await li.get('/cash'), 'inTransit')], [5_000, [{ slipNo: '00123', amountFen: 15_000 }]]);
  assert.equal(part(await post(li, `/cash/acts/${String(deposited['actNo'])}/reversals`, { reason: '单号录错' }, 'li-key-4'), 'act')['kind'], 'reversal');
  assert.deepEqual([(await li.get('/cash')).body['vaultFen'], listOf(await li.get('/cash'), 'inTransit')], [20_000, []]);
  assert.equal(part(await zhou.get(path), 'shift')['takenOverBy'], 'li.finance');
});

test('the report is shown to its cashier, and as a file it opens in Excel: marked, quoted, no formula runs, leading zeros stay', async () => {
  const reply = await zhou.get('/shift-reports?tillNo=operator:0101&day=2026-11-20');
  assert.deepEqual([reply.body['cashier'], listOf(reply, 'layoutA').find(({ name }) => name === '上缴现金额')?.['amountFen']], ['0101', 20_000]);
  const file = async (client: ConsoleClient, query: string): Promise<Response> => fetch(`${house.origin}/console-api/v1/shift-reports.csv?${query}`, { headers: client.cookie === undefined ? {} : { cookie: client.cookie } });
  const csv = await file(zhou, 'tillNo=operator:0101&day=2026-11-20&layout=a');
  assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
  assert.match(csv.headers.get('content-disposition') ?? '', /attachment; filename="jkrb-JB202611200001-a\.csv"/);
  const bytes = new Uint8Array(await csv.arrayBuffer());
  assert.deepEqual(Array.from(bytes.slice(0, 3)), [0xef, 0xbb, 0xbf]);
  const text = new TextDecoder().decode(bytes);
  assert.match(text, /\r\n收费员,0101\t\r\n/);
  assert.match(text, /\r\n现金,200\.00\r\n/);
  for (const query of ['layout=a', 'shiftNo=JB202611200001&day=2026-11-20&layout=a', 'tillNo=operator:0101&layout=b']) assert.equal((await file(zhou, query)).status, 400, query);
  assert.equal((await file(zhou, 'tillNo=operator:0102&day=2026-11-20&layout=a')).status, 404);
  assert.equal((await file(new ConsoleClient(house.origin), 'shiftNo=JB202611200001&layout=a')).status, 401);
});

test('a staff number belongs to one user, and without one a cashier sees nothing', async () => {
  assert.equal(codeOf(await administrator.call('POST', '/users', { login: 'wu.jie', displayName: '吴', roles: ['cashier'], password: 'Given-By-Boss-1', operatorId: '0101' })), 'CONFLICT');
  assert.equal(codeOf(await administrator.call('PATCH', '/users/li.finance', { operatorId: '0101' })), 'CONFLICT');
  assert.equal((await administrator.call('PATCH', '/users/zhou', { operatorId: '' })).status, 200);
  assert.deepEqual([await tillsOf(zhou), listOf(await zhou.get('/shifts'), 'shifts')], [[], []]);
  assert.equal((await administrator.call('PATCH', '/users/li.finance', { operatorId: '0101' })).status, 200);
});
