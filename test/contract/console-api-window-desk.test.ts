import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, type ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
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

const post = (path: string, body: unknown, key: string) => administrator.call('POST', path, body, { 'idempotency-key': key });
const part = (reply: { readonly body: Record<string, unknown> }, name: string): Record<string, unknown> => (isRecord(reply.body[name]) ? reply.body[name] : assert.fail(JSON.stringify(reply.body)));

test('the tills of a day stand beside the ledger, and a difference is a case in the list', async () => {
  assert.deepEqual(listOf(await administrator.get(`/tills?day=${DAY}`), 'comparisons').map(({ channel, state }) => [channel, state]), [['cash-main', 'same']]);
  await house.payCash('C1', 31_200, '0101');
  const reply = await administrator.get(`/tills?day=${DAY}`);
  assert.deepEqual(listOf(reply, 'comparisons').map(({ state, differenceFen, merchantNos }) => [state, differenceFen, merchantNos]), [['differs', -31_200, ['CASH']]]);
  assert.deepEqual(listOf(await administrator.get('/cases?state=open'), 'cases').map(({ kind, subject, severity }) => [kind, subject, severity]), [['tillMismatch', `cash-main/${DAY}`, 1]]);
  house.windowDesks.tillsOfDay = [{ tillNo: 'operator:0101', day: DAY, openings: { count: 0, amountFen: 0 }, takenIn: { count: 1, amountFen: 31_200 }, paidOut: { count: 0, amountFen: 0 }, balanceFen: 31_200 }];
  assert.deepEqual(listOf(await administrator.get(`/tills?day=${DAY}`), 'tills').map(({ tillNo, balanceFen }) => [tillNo, balanceFen]), [['operator:0101', 31_200]]);
  assert.deepEqual(listOf(await administrator.get('/cases?state=open'), 'cases'), []);
  assert.equal(codeOf(await administrator.get('/tills')), 'MALFORMED_REQUEST');
});

test('change money is put in once under one key, and what is put in is in the audit log', async () => {
  const body = { channel: 'cash-main', tillNo: 'operator:0101', amountFen: 20_000 };
  const [first, second] = [await post('/tills/openings', body, 'opening-key-1'), await post('/tills/openings', body, 'opening-key-1')];
  assert.equal(part(first, 'opening')['state'], 'opened');
  assert.equal(part(first, 'opening')['openingNo'], part(second, 'opening')['openingNo']);
  assert.equal(house.windowDesks.calls.filter((call) => call.startsWith('openTill')).length, 1);
  assert.equal(codeOf(await post('/tills/openings', { ...body, amountFen: 1 }, 'opening-key-1')), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(codeOf(await post('/tills/openings', { ...body, channel: 'nowhere' }, 'opening-key-2')), 'TILL_NOT_AVAILABLE');
  for (const tillNo of ['0101', 'drawer:1', 'operator:', 'operator:a b']) assert.equal(codeOf(await post('/tills/openings', { ...body, tillNo }, 'opening-key-3')), 'MALFORMED_REQUEST', tillNo);
  assert.equal(codeOf(await administrator.call('POST', '/tills/openings', body)), 'MALFORMED_REQUEST', 'without a key nobody could repeat it');
  const acts = await house.platform.auditEvents.read({ afterSeq: 0, limit: 100 });
  assert.deepEqual(acts.filter(({ what }) => what === 'till.open').map(({ who, object }) => [who, object]), [['li.admin', 'till operator:0101']]);
});

test('a card terminal is operated from the console, shown with its last result, and found by its number', async () => {
  house.windowDesks.operateAnswers = [{ kind: 'refused', code: '58', message: '终端未签到' }];
  const operated = part(await post('/card-terminals/operations', { channel: 'pos-main', terminalId: 'window-2', operation: 'settle' }, 'terminal-key-1'), 'operation');
  assert.deepEqual([operated['state'], operated['code'], operated['message'], operated['askedBy'], operated['nextZh']], ['refused', '58', '终端未签到', 'li.admin', '按终端提示处理；不明白时联系收单机构']);
  const found = part(await administrator.get(`/card-terminals/operations/${String(operated['operationNo'])}`), 'operation');
  assert.deepEqual(found, operated);
  const list = await administrator.get('/card-terminals');
  assert.deepEqual(listOf(list, 'terminals').map(({ terminalId, last }) => [terminalId, isRecord(last) ? last['state'] : undefined]), [['window-1', undefined], ['window-2', 'refused'], ['window-3', undefined]]);
  assert.equal(listOf(list, 'operations').length, 1);
  assert.equal(codeOf(await post('/card-terminals/operations', { channel: 'pos-main', terminalId: 'window-9', operation: 'signIn' }, 'terminal-key-2')), 'CARD_TERMINAL_NOT_FOUND');
  assert.equal(codeOf(await post('/card-terminals/operations', { channel: 'pos-main', terminalId: 'window-1', operation: 'void' }, 'terminal-key-3')), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await administrator.get('/card-terminals/operations/CTnone1')), 'NO_SUCH_ITEM');
});
