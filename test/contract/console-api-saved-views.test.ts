/** 保存的视图: each person's own, bounded, and nobody else's unless he shares it; what is shared is used and not changed by others. */
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

/** An account of the role, with a password of its own. */
async function userOf(login: string, role: string, more: Record<string, unknown> = {}): Promise<ConsoleClient> {
  const added = await administrator.call('POST', '/users', { login, displayName: `${login} 的姓名`, roles: [role], password: 'Given-By-Boss-1', ...more });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login, password: 'Given-By-Boss-1' });
  assert.equal((await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-9' })).status, 200);
  return client;
}
const sharedWith = async (client: ConsoleClient) => listOf(await client.get('/saved-views'), 'shared');
const share = (client: ConsoleClient, id: number, whom: string) => client.call('PUT', `/saved-views/${String(id)}/share`, { with: whom });

test('a view is shared with a role or with everybody who may open its list; they use it and change nothing of it; its owner takes it back', async () => {
  const [wang, zhao, cashier] = [await userOf('wang.finance', 'finance'), await userOf('zhao.finance', 'finance'), await userOf('zhou.cashier', 'cashier', { operatorId: '0101' })];
  const id = await save(wang, '昨日未确认', { isDefault: true });
  const path = `/saved-views/${String(id)}`;
  assert.deepEqual(await sharedWith(zhao), []);
  assert.equal(codeOf(await share(wang, id, 'auditor')), 'NOT_PERMITTED', 'a role that is not his');
  assert.equal(codeOf(await share(zhao, id, 'finance')), 'NO_SUCH_ITEM', 'another’s');
  assert.equal(codeOf(await share(administrator, id, 'administrator')), 'NO_SUCH_ITEM', 'whatever his rights');
  assert.equal(codeOf(await share(wang, id, 'nobody')), 'MALFORMED_REQUEST');

  assert.equal((await share(wang, id, 'finance')).status, 200);
  const seen = { id, list: 'orders', name: '昨日未确认', filters: UNKNOWN, sharedWith: 'finance', owner: { login: 'wang.finance', displayName: 'wang.finance 的姓名' } };
  assert.deepEqual(await sharedWith(zhao), [seen], 'and not that it is its owner’s default');
  assert.deepEqual([await sharedWith(auditor), await sharedWith(administrator), await sharedWith(wang), await sharedWith(cashier)], [[], [], [], []]);
  assert.deepEqual((await viewsOf(wang)).map((view) => view['sharedWith']), ['finance']);
  for (const reply of [await zhao.call('PATCH', path, { name: '改名' }), await zhao.call('DELETE', path), await zhao.call('DELETE', `${path}/share`), await share(zhao, id, 'finance')]) assert.equal(codeOf(reply), 'NOT_PERMITTED');
  assert.equal(codeOf(await auditor.call('DELETE', `${path}/share`)), 'NO_SUCH_ITEM', 'of what is not shared with him he hears nothing');

  assert.equal((await share(wang, id, 'everybody')).status, 200);
  assert.deepEqual((await sharedWith(auditor)).map((view) => [view['id'], view['sharedWith']]), [[id, 'everybody']]);
  assert.deepEqual(await sharedWith(cashier), [], 'he may not open the list');
  await wang.call('PATCH', path, { name: '今日未确认' });
  assert.deepEqual((await sharedWith(zhao)).map((view) => view['name']), ['今日未确认']);
  assert.equal((await wang.call('DELETE', `${path}/share`)).status, 200);
  assert.deepEqual([await sharedWith(zhao), (await viewsOf(wang)).map((view) => [view['name'], view['sharedWith'], view['isDefault']])], [[], [['今日未确认', undefined, true]]], 'it is his alone again, and his default still');
  await share(wang, id, 'finance');
  await wang.call('DELETE', path);
  assert.deepEqual(await sharedWith(zhao), []);

  const acts = listOf(await auditor.get('/audit?limit=200'), 'rows').filter(({ object }) => object === `saved view ${String(id)}`).map(({ who, what }) => [who, what]).toReversed();
  assert.deepEqual(acts, [['wang.finance', 'savedView.share'], ['wang.finance', 'savedView.share'], ['wang.finance', 'savedView.change'], ['wang.finance', 'savedView.withdraw'], ['wang.finance', 'savedView.share'], ['wang.finance', 'savedView.remove']]);
});

test('whoever keeps the accounts takes back what somebody shares, and the view stays its owner’s; nobody else lists what is shared', async () => {
  const lin = await userOf('lin.finance', 'finance');
  const id = await save(lin, '不该共享');
  await share(lin, id, 'finance');
  assert.equal(codeOf(await lin.get('/shared-views')), 'NOT_PERMITTED');
  assert.equal(codeOf(await auditor.get('/shared-views')), 'NOT_PERMITTED');
  assert.deepEqual(listOf(await administrator.get('/shared-views'), 'shared').map((view) => view['name']), ['不该共享']);
  assert.equal((await administrator.call('DELETE', `/saved-views/${String(id)}/share`)).status, 200);
  assert.equal(codeOf(await administrator.call('DELETE', `/saved-views/${String(id)}/share`)), 'NO_SUCH_ITEM', 'there is nothing shared any more');
  assert.deepEqual((await viewsOf(lin)).map((view) => [view['name'], view['sharedWith']]), [['不该共享', undefined]]);
  assert.ok(listOf(await administrator.get('/audit?limit=20'), 'rows').some(({ who, what, object }) => who === 'li.admin' && what === 'savedView.withdraw' && object === `saved view ${String(id)}`));
});

test('one merchant’s people never hear of another’s views', async () => {
  const [mine, colleague, other] = [await userOf('ma.one', 'merchant', { merchantNo: '1900000001' }), await userOf('ma.two', 'merchant', { merchantNo: '1900000001' }), await userOf('niu.one', 'merchant', { merchantNo: '2088000000000011' })];
  const id = await save(mine, '退款中', { list: 'merchantFlows', filters: [{ field: 'state', value: 'refunding' }] });
  assert.equal((await share(mine, id, 'everybody')).status, 200);
  assert.deepEqual([(await sharedWith(colleague)).length, (await sharedWith(other)).length, (await sharedWith(administrator)).length], [1, 0, 0]);
  const orders = await save(mine, '订单', { list: 'orders' });
  assert.equal(codeOf(await share(mine, orders, 'everybody')), 'NOT_PERMITTED', 'a list he may not open');
});

test('no view holds a number of one patient or one order, shared or not, nor a name that is one', async () => {
  for (const filters of [[{ field: 'patientId', value: 'P1000' }], [{ field: 'number', value: '1' }], [{ field: 'tradeNo', value: 'H20261120100000ABCDEFGHJ' }], [{ field: 'channel', value: '110101190001011009' }]]) {
    assert.equal(codeOf(await administrator.call('POST', '/saved-views', { list: 'orders', name: '号码', filters, isDefault: false })), 'MALFORMED_REQUEST', JSON.stringify(filters));
  }
  const id = await save(administrator, '患者88123456');
  assert.equal(codeOf(await administrator.call('PATCH', `/saved-views/${String(id)}`, { filters: [{ field: 'patientId', value: 'P1000' }] })), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await share(administrator, id, 'everybody')), 'MALFORMED_REQUEST', 'a name others would read');
  await administrator.call('PATCH', `/saved-views/${String(id)}`, { name: '好名字' });
  assert.equal((await share(administrator, id, 'everybody')).status, 200);
  assert.equal(codeOf(await administrator.call('PATCH', `/saved-views/${String(id)}`, { name: '患者88123456' })), 'MALFORMED_REQUEST');
  await administrator.call('DELETE', `/saved-views/${String(id)}`);
});
