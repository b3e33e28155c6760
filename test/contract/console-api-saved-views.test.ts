/** 保存的视图: each person's own, bounded, and nobody else's. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const UNKNOWN = [{ field: 'paymentState', value: 'unknown' }, { field: 'lastDays', value: '7' }];
async function save(client: ConsoleClient, name: string, more: Record<string, unknown> = {}): Promise<number> {
  const { status, body } = await client.call('POST', '/saved-views', { list: 'orders', name, filters: UNKNOWN, isDefault: false, ...more });
  assert.equal(status, 200, JSON.stringify(body));
  const saved = body['view'];
  assert.ok(isRecord(saved) && typeof saved['id'] === 'number');
  return saved['id'];
}
const viewsOf = async (client: ConsoleClient, list = 'orders') => listOf(await client.get('/saved-views'), 'views').filter((view) => view['list'] === list);
const namesOf = async (client: ConsoleClient, list?: string) => (await viewsOf(client, list)).map((view) => view['name']);

test('a view is kept with its filters, renamed, changed and removed', async () => {
  const id = await save(administrator, '结果未知');
  assert.deepEqual(await viewsOf(administrator), [{ id, list: 'orders', name: '结果未知', filters: UNKNOWN, isDefault: false }]);
  const filters = [{ field: 'refund', value: 'inFlight' }];
  assert.equal((await administrator.call('PATCH', `/saved-views/${String(id)}`, { name: '退款在途', filters })).status, 200);
  assert.deepEqual(await viewsOf(administrator), [{ id, list: 'orders', name: '退款在途', filters, isDefault: false }]);
  assert.equal((await administrator.call('DELETE', `/saved-views/${String(id)}`)).status, 200);
  assert.deepEqual(await viewsOf(administrator), []);
  assert.equal(codeOf(await administrator.call('DELETE', `/saved-views/${String(id)}`)), 'NO_SUCH_ITEM');
});

test('another person neither sees a view nor changes nor removes it, whatever his rights; nobody does without a session', async () => {
  const id = await save(auditor, '审计抽查', { isDefault: true });
  assert.deepEqual(await viewsOf(administrator), []);
  assert.equal(codeOf(await administrator.call('PATCH', `/saved-views/${String(id)}`, { name: '改名', isDefault: false })), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await administrator.call('DELETE', `/saved-views/${String(id)}`)), 'NO_SUCH_ITEM');
  // A default of one person leaves another's alone.
  await administrator.call('DELETE', `/saved-views/${String(await save(administrator, '我的', { isDefault: true }))}`);
  assert.deepEqual(await viewsOf(auditor), [{ id, list: 'orders', name: '审计抽查', filters: UNKNOWN, isDefault: true }]);
  const nobody = new ConsoleClient(house.origin);
  for (const reply of [await nobody.get('/saved-views'), await nobody.call('DELETE', `/saved-views/${String(id)}`)]) assert.equal(codeOf(reply), 'NOT_SIGNED_IN');
  // A page of another origin has the cookie and not the token.
  const forged = new ConsoleClient(house.origin);
  forged.cookie = auditor.cookie;
  assert.equal(codeOf(await forged.call('DELETE', `/saved-views/${String(id)}`)), 'NOT_SIGNED_IN');
  await auditor.call('DELETE', `/saved-views/${String(id)}`);
});

test('a user who is disabled and let in again has his views still', async () => {
  const id = await save(auditor, '停用前保存');
  await administrator.call('PATCH', '/users/chen.audit', { status: 'disabled' });
  assert.equal(codeOf(await auditor.get('/saved-views')), 'NOT_SIGNED_IN');
  await administrator.call('PATCH', '/users/chen.audit', { status: 'active' });
  await auditor.call('POST', '/session', { login: 'chen.audit', password: 'Correct-Horse-8' });
  assert.deepEqual(await namesOf(auditor), ['停用前保存']);
  await auditor.call('DELETE', `/saved-views/${String(id)}`);
});

test('one view of a list is the default: another that becomes it takes its place, and other lists keep theirs', async () => {
  const [first, second, cases] = [await save(administrator, '甲', { isDefault: true }), await save(administrator, '乙'), await save(administrator, '甲', { list: 'cases', isDefault: true })];
  const defaults = async () => listOf(await administrator.get('/saved-views'), 'views').filter((view) => view['isDefault'] === true).map((view) => view['id']);
  assert.deepEqual((await defaults()).toSorted(), [first, cases].toSorted());
  await administrator.call('PATCH', `/saved-views/${String(second)}`, { isDefault: true });
  assert.deepEqual((await defaults()).toSorted(), [second, cases].toSorted());
  const third = await save(administrator, '丙', { isDefault: true });
  assert.deepEqual((await defaults()).toSorted(), [third, cases].toSorted());
  for (const id of [first, second, third, cases]) await administrator.call('DELETE', `/saved-views/${String(id)}`);
});

test('a name stands once in a list; in another list, or at another person, it is free', async () => {
  const ids = [await save(administrator, '重名'), await save(administrator, '重名', { list: 'queue' }), await save(administrator, '另一个')];
  const others = await save(auditor, '重名');
  assert.equal(codeOf(await administrator.call('POST', '/saved-views', { list: 'orders', name: '重名', filters: [], isDefault: true })), 'CONFLICT');
  assert.equal(codeOf(await administrator.call('PATCH', `/saved-views/${String(ids[2])}`, { name: '重名' })), 'CONFLICT');
  assert.deepEqual((await namesOf(administrator)).toSorted(), ['另一个', '重名'].toSorted());
  for (const id of ids) await administrator.call('DELETE', `/saved-views/${String(id)}`);
  await auditor.call('DELETE', `/saved-views/${String(others)}`);
});

test('twenty views of a list are kept and no more, also when twenty-five come at once; removing one makes room', async () => {
  const replies = await Promise.all(Array.from({ length: 25 }, (_none, index) => administrator.call('POST', '/saved-views', { list: 'hisNotices', name: `视图${String(index)}`, filters: [], isDefault: false })));
  assert.deepEqual([replies.filter(({ status }) => status === 200).length, replies.filter((reply) => codeOf(reply) === 'TOO_MANY_SAVED_VIEWS').length], [20, 5]);
  const [one] = await viewsOf(administrator, 'hisNotices');
  await administrator.call('DELETE', `/saved-views/${String(one?.['id'])}`);
  await save(administrator, '补上', { list: 'hisNotices' });
  await save(auditor, '别人的不占', { list: 'hisNotices' });
});

test('a name, a list, a field or a value that none is, and more of them than a list has, are refused', async () => {
  const wrong: Record<string, unknown>[] = [
    { name: '' }, { name: '   ' }, { name: ' 前有空格' }, { name: '后有空格 ' }, { name: '换\n行' }, { name: '长'.repeat(31) }, { list: 'users' }, { list: '' }, { isDefault: 'yes' }, { userId: 'someone' },
    { filters: [{ field: '__proto__', value: 'x' }] }, { filters: [{ field: 'a b', value: 'x' }] }, { filters: [{ field: 'state', value: '' }] }, { filters: [{ field: 'state', value: 'x'.repeat(65) }] }, { filters: [{ field: 'state', value: 'a' }, { field: 'state', value: 'b' }] },
    { filters: Array.from({ length: 13 }, (_none, index) => ({ field: `f${'x'.repeat(index)}`, value: 'x' })) }, { filters: { state: 'open' } },
  ];
  for (const part of wrong) assert.equal(codeOf(await administrator.call('POST', '/saved-views', { list: 'orders', name: '好', filters: [], isDefault: false, ...part })), 'MALFORMED_REQUEST', JSON.stringify(part));
  for (const body of [{}, { list: 'cases' }, { name: '' }]) assert.equal(codeOf(await administrator.call('PATCH', '/saved-views/1', body)), 'MALFORMED_REQUEST', JSON.stringify(body));
  assert.equal(codeOf(await administrator.call('DELETE', '/saved-views/0')), 'MALFORMED_REQUEST');
});

test('a private view leaves no row in the audit log', async () => {
  const id = await save(administrator, '不审计');
  const audited = await administrator.get('/audit');
  assert.ok(!JSON.stringify(audited.body).includes('不审计'));
  await administrator.call('DELETE', `/saved-views/${String(id)}`);
});
