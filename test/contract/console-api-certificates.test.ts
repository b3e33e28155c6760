import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sampleCertificate } from './console-certificates.js';
import { codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;
const CANARY = 'canary-key-material-0001';

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  await administrator.call('POST', '/users', { login: 'chen.audit', displayName: '陈审计', roles: ['auditor'], password: 'Given-By-Boss-1' });
  auditor = new ConsoleClient(house.origin);
  await auditor.call('POST', '/session', { login: 'chen.audit', password: 'Given-By-Boss-1' });
  await auditor.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-8' });
  const { scene } = house.certificates;
  scene.readings = [{
    owner: 'wechat-main', isComplete: true, problem: undefined,
    credentials: [sampleCertificate('merchantCertificatePem', house.now(), 5), { name: 'apiV3Key', title: { zh: 'APIv3 密钥', en: 'APIv3 key' }, use: { zh: '解密', en: 'opens' }, holder: 'ours', kind: 'sharedSecret', fingerprint: 'e5'.repeat(32) }],
  }];
  scene.subjects = [{ instance: 'city', plugin: 'city-card', origin: 'installed', settings: { key: `${CANARY}-now` }, credentials: [], rotatable: [{ path: 'key', titleZh: '密钥', titleEn: 'Key', isSecret: true, isLong: false, choices: [] }] }];
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

test('whoever may read sees every key by its fingerprint and its end; checking is for those who operate', async () => {
  assert.equal(codeOf(await auditor.call('POST', '/certificates/checks')), 'NOT_PERMITTED');
  const checked = await administrator.call('POST', '/certificates/checks');
  assert.deepEqual(checked.body, { credentials: 2, raised: 1, resolved: 0, open: 1 });
  const answer = await auditor.get('/certificates');
  assert.deepEqual(listOf(answer, 'credentials').map(({ name, kind, secondsLeft, present }) => [name, kind, secondsLeft, present]), [['apiV3Key', 'sharedSecret', undefined, true], ['merchantCertificatePem', 'certificate', 5 * 86_400, true]]);
  assert.deepEqual(listOf(answer, 'alarms').map(({ name, kind, thresholdDays, severity, confirmable }) => [name, kind, thresholdDays, severity, confirmable]), [['merchantCertificatePem', 'expiring', 7, 1, false]]);
  assert.deepEqual(answer.body['alarmDays'], [60, 30, 7, 1]);
  const history = await auditor.get('/certificates/history?owner=wechat-main&name=merchantCertificatePem');
  assert.deepEqual(listOf(history, 'events').map(({ what }) => what), ['appeared']);
});

test('the overview counts the alarms and names each', async () => {
  const { body } = await administrator.get('/overview');
  assert.deepEqual(body['certificates'], { open: 1, urgent: 1 });
  assert.ok(isRecord(body['machine']) && Array.isArray(body['machine']['problems']));
  assert.deepEqual(body['machine']['problems'][0], { kind: 'credential', id: 'wechat-main merchantCertificatePem', state: 'expiring', detail: { zh: 'merchantCertificatePem 将于北京时间 2026-11-25 09:00 到期', en: 'merchantCertificatePem ends at 2026-11-25 09:00 Beijing time' } });
});

test('an alarm about an end is not confirmed away, and nobody without the right confirms anything', async () => {
  const [alarm] = listOf(await administrator.get('/certificates'), 'alarms');
  const path = `/certificates/alarms/${String(alarm?.['id'])}/confirm`;
  assert.deepEqual([codeOf(await auditor.call('POST', path)), codeOf(await administrator.call('POST', path)), codeOf(await administrator.call('POST', '/certificates/alarms/999/confirm'))], ['NOT_PERMITTED', 'CONFLICT', 'NO_SUCH_ITEM']);
});

test('rotations are seen, rehearsed, carried out and taken back only by those who operate; no answer and no audit row holds a key', async () => {
  for (const [method, path, body] of [['GET', '/rotations', undefined], ['POST', '/rotations', { instance: 'city', changes: [{ path: 'key', value: CANARY }] }], ['POST', '/rotations/1/carry-out', { reason: '到期' }], ['POST', '/rotations/1/take-back', { reason: '退回' }]] as const) {
    assert.equal(codeOf(method === 'GET' ? await auditor.get(path) : await auditor.call(method, path, body)), 'NOT_PERMITTED', path);
  }
  const { scene } = house.certificates;
  scene.report = { kind: 'refused', reason: `activate threw: ${CANARY} is no key` };
  const failed = await administrator.call('POST', '/rotations', { instance: 'city', changes: [{ path: 'key', value: CANARY }] });
  assert.ok(isRecord(failed.body['rotation']) && failed.body['rotation']['state'] === 'failed');
  assert.match(JSON.stringify(failed.body), /activate threw: \[redacted\] is no key/);
  scene.report = { kind: 'ran', credentials: [], listProblem: undefined, broken: [], connection: { result: 'answered', found: `the channel answered notFound to ${CANARY}` } };
  const passed = await administrator.call('POST', '/rotations', { instance: 'city', changes: [{ path: 'key', value: CANARY }] });
  assert.ok(isRecord(passed.body['rotation']) && passed.body['rotation']['carriesOut'] === 'byCall');
  const id = String(passed.body['rotation']['id']);
  assert.equal((await administrator.call('POST', `/rotations/${id}/carry-out`, { reason: '到期' })).status, 200);
  assert.equal((await administrator.call('POST', `/rotations/${id}/take-back`, { reason: '退回' })).status, 200);
  assert.equal(codeOf(await administrator.call('POST', `/rotations/${id}/take-back`, { reason: '退回' })), 'CONFLICT');
  const audit = await administrator.get('/audit?limit=50');
  const acts = listOf(audit, 'rows').map(({ what }) => what);
  for (const act of ['credentials.check', 'rotation.rehearse', 'rotation.carryOut', 'rotation.takeBack']) assert.ok(acts.includes(act), act);
  const everything = JSON.stringify([failed.body, passed.body, audit.body, (await administrator.get('/rotations')).body, (await administrator.get('/certificates')).body]);
  assert.ok(!everything.includes('canary'), 'a key was told');
});

test('a rehearsal names an instance and at least one change, and takes no path that is no key', async () => {
  for (const body of [{ instance: 'city', changes: [] }, { changes: [{ path: 'key' }] }, { instance: 'city', changes: [{ path: 'key', value: 'x', also: 1 }] }]) assert.equal(codeOf(await administrator.call('POST', '/rotations', body)), 'MALFORMED_REQUEST');
  const refused = await administrator.call('POST', '/rotations', { instance: 'city', changes: [{ path: 'baseUrl', value: 'https://attacker.example' }] });
  assert.equal(codeOf(refused), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await administrator.call('POST', '/rotations', { instance: 'nobody', changes: [{ path: 'key', value: 'x' }] })), 'NO_SUCH_ITEM');
});
