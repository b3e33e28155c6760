/** Groups, configuration and notices of terminals over the console API. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { ConfigurationDocumentSchema } from '@hospay/server/fleet/configuration-document.js';
import { auditorBeside, codeOf, type ConsoleClient, firstAdministrator, isRecord, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let it: ConsoleClient;
let auditor: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  it = await firstAdministrator(house);
  for (const [id, kind] of [['kiosk-1', 'kiosk'], ['kiosk-2', 'kiosk'], ['window-1', 'window']] as const) await house.registry.enrol({ id, kind, title: id, campus: undefined, group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
  auditor = await auditorBeside(house, it);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const part = ({ body }: Reply, key: string): Record<string, unknown> => (isRecord(body[key]) ? body[key] : {});
const lastAct = async () => {
  const { what, object, before: from, after: to, reason } = (await house.platform.auditEvents.last()) ?? {};
  return { what, object, from, to, reason };
};
const place = (id: string, group: string | undefined) => it.call('PATCH', `/terminals/${id}`, { title: id, ...(group === undefined ? {} : { group }) });

test('a group is added once, under no name that means all or a kind, renamed, and written down', async () => {
  const add = (id: string) => it.call('POST', '/terminal-groups', { id, title: '门诊' });
  assert.deepEqual(part(await add('outpatient'), 'group'), { id: 'outpatient', title: '门诊' });
  for (const taken of ['outpatient', 'all', 'kiosk', 'window']) assert.equal(codeOf(await add(taken)), 'GROUP_ID_TAKEN', taken);
  for (const wrong of ['Out Patient', 'a--b', '', '门诊']) assert.equal(codeOf(await add(wrong)), 'MALFORMED_REQUEST', wrong);
  assert.equal(codeOf(await it.call('POST', '/terminal-groups', { id: 'blank', title: ' ' })), 'MALFORMED_REQUEST');
  assert.deepEqual(part(await it.call('PATCH', '/terminal-groups/outpatient', { title: '门诊一楼' }), 'group'), { id: 'outpatient', title: '门诊一楼' });
  assert.equal(codeOf(await it.call('PATCH', '/terminal-groups/none', { title: 'x' })), 'NO_SUCH_ITEM');
  const { what, object } = await lastAct();
  assert.deepEqual([what, object], ['terminalGroup.rename', 'terminal group outpatient']);
  assert.deepEqual(listOf(await it.get('/terminal-groups'), 'groups'), [{ id: 'outpatient', title: '门诊一楼' }]);
});

test('a terminal is moved into a group that exists; while it is there, or a notice goes to it, the group stays', async () => {
  assert.equal(codeOf(await place('kiosk-1', 'nowhere')), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await it.call('PATCH', '/terminals/kiosk-1', { title: 'k', campus: 'west' })), 'NO_SUCH_ITEM');
  assert.equal((await place('kiosk-1', 'outpatient')).status, 200);
  assert.equal(listOf(await it.get('/terminals'), 'terminals').find(({ id }) => id === 'kiosk-1')?.['group'], 'outpatient');
  const remove = () => it.call('DELETE', '/terminal-groups/outpatient');
  assert.equal(codeOf(await remove()), 'GROUP_IN_USE', 'a terminal is in it');
  await place('kiosk-1', undefined);
  const issued = part(await it.call('POST', '/terminal-notices', { audience: 'outpatient', severity: 'warning', zh: '停电', validFrom: '2026-11-20T01:00:00.000Z', validUntil: '2026-11-20T05:00:00.000Z' }), 'notice');
  assert.equal(codeOf(await remove()), 'GROUP_IN_USE', 'a notice goes to it');
  await it.call('POST', `/terminal-notices/${String(issued['noticeId'])}/withdraw`, { reason: '已恢复' });
  assert.equal((await remove()).status, 200);
  assert.equal(codeOf(await remove()), 'NO_SUCH_ITEM');
});

test('a group that is made again under the same id starts without the configuration of the one before', async () => {
  await it.call('POST', '/terminal-groups', { id: 'inpatient', title: '住院' });
  assert.equal((await it.call('PUT', '/terminal-configurations', { scope: 'group', scopeId: 'inpatient', revision: 0, document: { screen: { elderMode: true } } })).status, 200);
  await it.call('DELETE', '/terminal-groups/inpatient');
  assert.deepEqual(listOf(await it.get('/terminal-configurations'), 'layers'), []);
  await it.call('POST', '/terminal-groups', { id: 'inpatient', title: '住院' });
  await place('kiosk-1', 'inpatient');
  assert.deepEqual(listOf(await it.get('/terminals/kiosk-1/configuration'), 'values'), []);
});

test('each value of a terminal says which layer it comes from and what it lies over', async () => {
  const change = (scope: string, scopeId: string, document: unknown) => it.call('PUT', '/terminal-configurations', { scope, scopeId, revision: 0, document });
  await change('defaults', '', { screen: { idleSeconds: 120, language: 'zh' }, functions: { methods: ['nativeQr', 'bankCard'] } });
  await change('group', 'inpatient', { screen: { idleSeconds: 60 }, functions: { methods: ['nativeQr'] } });
  await change('terminal', 'kiosk-1', { screen: { idleSeconds: 45 } });
  const { body } = await it.get('/terminals/kiosk-1/configuration');
  assert.deepEqual(body['document'], { screen: { idleSeconds: 45, language: 'zh' }, functions: { methods: ['nativeQr'] } });
  const [defaults, group, own] = [{ scope: 'defaults', scopeId: '' }, { scope: 'group', scopeId: 'inpatient' }, { scope: 'terminal', scopeId: 'kiosk-1' }];
  assert.deepEqual(body['values'], [
    { path: 'functions.methods', ...group, value: ['nativeQr'], below: [{ ...defaults, value: ['nativeQr', 'bankCard'] }] },
    { path: 'screen.idleSeconds', ...own, value: 45, below: [{ ...group, value: 60 }, { ...defaults, value: 120 }] },
    { path: 'screen.language', ...defaults, value: 'zh', below: [] },
  ]);
  assert.equal(codeOf(await it.get('/terminals/none/configuration')), 'NO_SUCH_ITEM');
});

test('a preview tells the differences and which terminals would get another configuration, and saves nothing', async () => {
  const layers = listOf(await it.get('/terminal-configurations'), 'layers');
  const { revision } = layers.find(({ scope }) => scope === 'defaults') ?? {};
  const preview = (document: unknown, seen: unknown = revision) => it.call('POST', '/terminal-configurations/preview', { scope: 'defaults', scopeId: '', revision: seen, document });
  const { body } = await preview({ screen: { idleSeconds: 90, volumePercent: 30 }, functions: { methods: ['nativeQr', 'bankCard'] } });
  assert.deepEqual(body, {
    changes: [{ path: 'screen.idleSeconds', before: 120, after: 90 }, { path: 'screen.language', before: 'zh' }, { path: 'screen.volumePercent', after: 30 }], terminals: ['kiosk-1', 'kiosk-2', 'window-1'],
  });
  const hidden = await preview({ screen: { idleSeconds: 90, language: 'zh' }, functions: { methods: ['nativeQr', 'bankCard'] } });
  assert.deepEqual(hidden.body['terminals'], ['kiosk-2', 'window-1'], 'kiosk-1 has a value of its own over it');
  assert.equal(codeOf(await preview({ colour: 'red' })), 'CONFIGURATION_REFUSED');
  assert.equal(codeOf(await preview({}, 0)), 'CONFIGURATION_CHANGED');
  assert.equal(codeOf(await it.call('POST', '/terminal-configurations/preview', { scope: 'group', scopeId: 'none', revision: 0, document: {} })), 'NO_SUCH_ITEM');
  assert.deepEqual(listOf(await it.get('/terminal-configurations'), 'layers'), layers);
});

test('what does not fit says where; of two who change the same layer the second is told, and the first change stands', async () => {
  const change = (revision: unknown, document: unknown) => it.call('PUT', '/terminal-configurations', { scope: 'terminal', scopeId: 'kiosk-2', revision, document });
  const refused = await change(0, { screen: { idleSeconds: 5 } });
  assert.deepEqual([codeOf(refused), refused.status], ['CONFIGURATION_REFUSED', 422]);
  assert.match(JSON.stringify(refused.body), /screen\.idleSeconds/);
  assert.equal((await change(0, { screen: { idleSeconds: 50 } })).status, 200);
  assert.equal(codeOf(await change(0, { screen: { idleSeconds: 60 } })), 'CONFIGURATION_CHANGED');
  const { what, object, to } = await lastAct();
  assert.deepEqual([what, object], ['terminalConfiguration.change', 'terminal kiosk-2']);
  assert.match(String(to), /50/);
  assert.equal(codeOf(await it.call('PUT', '/terminal-configurations', { scope: 'group', scopeId: 'none', revision: 0, document: {} })), 'NO_SUCH_ITEM');
});

test('a notice goes to a kind, a group or a terminal that exists, for a time that can be, and is withdrawn once', async () => {
  const issue = (set: Record<string, unknown>) => it.call('POST', '/terminal-notices', { audience: 'all', severity: 'information', zh: '今晚停机', en: 'Closed tonight', validFrom: '2026-11-20T02:00:00.000Z', validUntil: '2026-11-20T10:00:00.000Z', ...set });
  const issued = part(await issue({ audience: 'kiosk' }), 'notice');
  assert.deepEqual([issued['state'], issued['audience'], issued['createdBy']], ['planned', 'kiosk', 'li.admin']);
  for (const nobody of ['nowhere', 'terminal/none', 'terminal/']) assert.equal(codeOf(await issue({ audience: nobody })), 'NO_SUCH_ITEM', nobody);
  assert.equal(part(await issue({ audience: 'terminal/kiosk-2' }), 'notice')['audience'], 'terminal/kiosk-2');
  for (const validUntil of ['2026-11-20T02:00:00.000Z', '2026-11-19T00:00:00.000Z', '2028-11-20T00:00:00.000Z']) assert.equal(codeOf(await issue({ validUntil })), 'NOTICE_TIME_WRONG', validUntil);
  assert.equal(codeOf(await issue({ validUntil: 'tonight' })), 'MALFORMED_REQUEST');
  for (let count = 0; count < 20; count += 1) await issue({ audience: 'window' });
  assert.equal(codeOf(await issue({ audience: 'window' })), 'TOO_MANY_NOTICES');
  const withdraw = () => it.call('POST', `/terminal-notices/${String(issued['noticeId'])}/withdraw`, { reason: '改期' });
  assert.equal(part(await withdraw(), 'notice')['state'], 'withdrawn');
  assert.equal(codeOf(await withdraw()), 'NO_SUCH_ITEM');
  assert.deepEqual(await lastAct().then(({ what, reason }) => [what, reason]), ['terminalNotice.withdraw', '改期']);
});

test('an auditor reads all of it and changes nothing', async () => {
  for (const path of ['/terminal-groups', '/terminal-configurations', '/terminals/kiosk-1/configuration', '/terminal-notices']) assert.equal((await auditor.get(path)).status, 200, path);
  const writes: readonly (readonly [string, string, object?])[] = [
    ['POST', '/terminal-groups', { id: 'x', title: 'x' }], ['PATCH', '/terminal-groups/inpatient', { title: 'x' }], ['DELETE', '/terminal-groups/inpatient'], ['PATCH', '/terminals/kiosk-1', { title: 'x' }],
    ['PUT', '/terminal-configurations', { scope: 'defaults', scopeId: '', revision: 0, document: {} }], ['POST', '/terminal-configurations/preview', { scope: 'defaults', scopeId: '', revision: 0, document: {} }],
    ['POST', '/terminal-notices', { audience: 'all', severity: 'warning', zh: 'x', validFrom: '2026-11-20T02:00:00.000Z', validUntil: '2026-11-20T10:00:00.000Z' }], ['POST', '/terminal-notices/N0123456789ABCDE/withdraw', { reason: '改期' }],
  ];
  for (const [method, path, body] of writes) assert.equal(codeOf(await auditor.call(method, path, body)), 'NOT_PERMITTED', `${method} ${path}`);
});

test('the console names every setting that is read, and no other, in both languages', async () => {
  const load = async (file: string): Promise<unknown> => import(pathToFileURL(join(import.meta.dirname, '../../../core/console/src', file)).href);
  const { SETTINGS } = (await load('areas/terminals/configuration-document.ts')) as { SETTINGS: readonly string[] };
  const settings = Object.entries(ConfigurationDocumentSchema.properties).flatMap(([name, schema]) => ('properties' in schema ? Object.keys(schema.properties).map((member) => `${name}.${member}`) : [name]));
  assert.deepEqual([...SETTINGS].toSorted(), settings.toSorted());
  const { zhCn } = (await load('words/zh-cn.ts')) as { zhCn: Record<string, unknown> };
  const { en } = (await load('words/en.ts')) as { en: Record<string, unknown> };
  for (const words of [zhCn, en]) {
    for (const path of SETTINGS) {
      for (const list of ['setting', 'settingHelp']) assert.equal(typeof path.split('.').reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), words[list]), 'string', `${list} ${path}`);
    }
  }
});
