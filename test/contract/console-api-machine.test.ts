import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { clientTypes, CLIENT_TYPES_PATH } from '@hospay/server/edges/http/console-api/write-client-types.js';
import { codeOf, type ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const ROOT = join(import.meta.dirname, '../../..');
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

test('a task is run now, its run and its failure are rows, and it can be switched off', async () => {
  assert.equal((await administrator.call('POST', '/tasks/reload-dictionaries/runs')).status, 200);
  assert.equal(codeOf(await administrator.call('POST', '/tasks/no-such/runs')), 'NO_SUCH_ITEM');
  let runs = listOf(await administrator.get('/tasks/reload-dictionaries/runs'), 'runs');
  for (let look = 0; look < 50 && runs[0]?.['state'] === 'running'; look += 1) runs = listOf(await administrator.get('/tasks/reload-dictionaries/runs'), 'runs');
  assert.deepEqual(runs.map((run) => [run['state'], run['cause'], run['result']]), [['failed', 'person', { zh: 'the hospital system does not answer', en: 'the hospital system does not answer' }]]);
  await administrator.call('PATCH', '/tasks/reload-dictionaries', { enabled: false });
  const task = listOf(await administrator.get('/tasks'), 'tasks').find(({ name }) => name === 'reload-dictionaries');
  assert.deepEqual([task?.['enabled'], task?.['next']], [false, undefined]);
});

test('plugins show what does not fit and why, and an instance is stopped, started and reloaded', async () => {
  const plugins = await administrator.get('/plugins');
  assert.deepEqual(listOf(plugins, 'packages').find(({ id }) => id === 'old-bank')?.['refused'], { zh: '需要 SDK ^9.0.0，本平台为 1.0.0：请安装与之匹配的插件版本', en: 'needs SDK ^9.0.0; this platform has 1.0.0: install a matching version of the plugin' });
  assert.deepEqual(listOf(plugins, 'instances').find(({ id }) => id === 'his-main')?.['reason'], quoted('the database refused the connection'));
  const stateAfter = async (act: string) => {
    const { body } = await administrator.call('POST', `/plugins/instances/his-main/${act}`);
    return isRecord(body['instance']) ? body['instance']['state'] : body;
  };
  assert.deepEqual([await stateAfter('deactivate'), await stateAfter('activate'), await stateAfter('reload')], ['stopped', 'active', 'active']);
  assert.equal(codeOf(await administrator.call('POST', '/plugins/instances/none/reload')), 'NO_SUCH_ITEM');
});

test('a terminal is registered once, gets a claim code that is shown once, and is revoked', async () => {
  const register = () => administrator.call('POST', '/terminals', { id: 'kiosk-1', kind: 'kiosk', title: '一号自助机' });
  assert.equal((await register()).status, 200);
  assert.equal(codeOf(await register()), 'CONFLICT');
  assert.equal(codeOf(await administrator.call('POST', '/terminals', { id: 'Kiosk 1', kind: 'kiosk', title: 'x' })), 'MALFORMED_REQUEST');
  const claim = await administrator.call('POST', '/terminals/kiosk-1/claim');
  assert.match(String(claim.body['code']), /^[0-9A-Z]{26}$/);
  assert.ok(!JSON.stringify((await administrator.get('/terminals')).body).includes(String(claim.body['code'])));
  assert.equal(codeOf(await administrator.call('POST', '/terminals/none/claim')), 'NO_SUCH_ITEM');
  assert.equal((await administrator.call('POST', '/terminals/kiosk-1/revoke', { reason: '报废' })).status, 200);
  assert.deepEqual(listOf(await administrator.get('/terminals'), 'terminals').map(({ id, status }) => [id, status]), [['kiosk-1', 'disabled']]);
});

test('dictionaries show their age, and one the hospital system does not give is stale with its reason', async () => {
  house.later(120);
  const dictionaries = listOf(await administrator.get('/dictionaries'), 'dictionaries');
  assert.deepEqual(dictionaries.map(({ name, entries, ageSeconds, stale }) => [name, entries, ageSeconds, stale]), [['department', 2, 120, false], ['fee-category', 0, undefined, true]]);
  const reloaded = await administrator.call('POST', '/dictionaries/department/reload');
  assert.ok(isRecord(reloaded.body['dictionary']) && reloaded.body['dictionary']['ageSeconds'] === 0);
});

test('every error the console can meet is in the list, in both languages', async () => {
  const errors = listOf(await administrator.get('/errors'), 'errors');
  assert.ok(errors.length > 30 && errors.every(({ zh, en, nextZh, nextEn }) => [zh, en, nextZh, nextEn].every((text) => typeof text === 'string' && text.length > 0)));
});

test('the types the console is written against are those of the document', () => {
  assert.equal(readFileSync(join(ROOT, CLIENT_TYPES_PATH), 'utf8'), clientTypes(), 'run: node core/server/dist/edges/http/console-api/write-client-types.js');
});

test('the console reads and shows amounts exactly: no float ever meets one', async () => {
  // The runtime strips the types; the console is built by its own tool and is no reference of this package.
  const money: unknown = await import(pathToFileURL(join(ROOT, 'core/console/src/money/fen.ts')).href);
  assert.ok(isRecord(money) && typeof money['formatFen'] === 'function' && typeof money['parseYuan'] === 'function');
  const { formatFen, parseYuan } = money;
  const shown = (fen: number): unknown => Reflect.apply(formatFen, undefined, [fen]);
  const read = (text: string): unknown => Reflect.apply(parseYuan, undefined, [text]);
  assert.deepEqual([0, 1, 10, 100, 123_456, 100_000_000_05, -5, -123_456].map(shown), ['0.00', '0.01', '0.10', '1.00', '1,234.56', '100,000,000.05', '-0.05', '-1,234.56']);
  assert.throws(() => shown(0.5), RangeError);
  assert.deepEqual(['0.01', '1', '12.3', '12.34', '1,234.56', ' 7.00 ', '4.35', '1.15'].map(read), [1, 100, 1_230, 1_234, 123_456, 700, 435, 115]);
  for (const wrong of ['', '1.234', '-1', '1e3', '１２', 'abc', '1,23.00', '.5', '1.', '99999999999']) assert.equal(read(wrong), undefined, wrong);
});
