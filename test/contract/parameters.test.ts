/** 参数管理: every setting with its words, what is in force, its default and its origin; of secrets nothing but whether they are set. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ConfigurationSchema, type Configuration } from '@hospay/server/config/configuration-schema.js';
import { listParameters } from '@hospay/server/config/list-parameters.js';
import { COMMON_WORDS, PARAMETER_GROUPS, PARAMETER_WORDS } from '@hospay/server/config/parameter-words.js';
import { isSecretKey } from '@hospay/server/domain/sensitive.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';
import { SECRET_CANARIES } from './console-parameters.js';

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

const all = async (client = auditor) => listOf(await client.get('/parameters'), 'parameters');
const one = async (key: string) => (await all()).find((parameter) => parameter['key'] === key) ?? assert.fail(key);

test('a setting says what is in force, its default, and whether a file, the environment or nobody set it', async () => {
  assert.deepEqual(await one('payments.qrLifetimeSeconds'), {
    key: 'payments.qrLifetimeSeconds', group: 'payments', zh: '二维码有效期（秒）', en: 'how long a patient may scan, in seconds', value: '240', isSet: true, isSecret: false, default: '300', origin: 'file', originName: 'profiles/house.yaml', takesEffect: 'restart', schema: { type: 'integer', minimum: 30, maximum: 31_536_000 }, current: 240,
  });
  assert.deepEqual((await one('logging.level'))['schema'], { enum: ['debug', 'info', 'warn', 'error'] });
  assert.deepEqual([(await one('http.consolePort'))['schema'], (await one('channels.0.merchantNo'))['schema'], (await one('his.plugin'))['schema']], [undefined, undefined, undefined], 'set elsewhere');
  const told = async (key: string) => { const { value, default: usual, origin, originName, takesEffect } = await one(key); return [value, usual, origin, originName, takesEffect]; };
  assert.deepEqual(await told('payments.queryRhythmSeconds'), ['10, 30, 60, 120, 300', '10, 30, 60, 120, 300', 'defaults', 'defaults.yaml', 'restart']);
  assert.deepEqual(await told('http.publicNotifyBaseUrl'), ['', undefined, 'none', '', 'restart']);
  assert.deepEqual(await told('payouts.secondApprovalFromFen'), ['3000000', '5000000', 'file', 'profiles/house.yaml', 'approval']);
  assert.deepEqual(await told('channels.0.settings.appid'), ['wx0000000000000001', undefined, 'file', 'profiles/house.yaml', 'approval']);
  assert.deepEqual(await told('dataFolder').then(([, ...rest]) => rest), ['data', 'argument', '--data-folder', 'restart']);
  assert.deepEqual([(await one('channels.0.merchantNo'))['of'], (await one('his.settings.server'))['value'], (await one('his.settings.mapping'))['value']], ['wechat-main', 'his.hospital.local', '2 keys']);
});

test('accounts of the hospital are told by their last four digits, whoever is on duty by the beginning of his mailbox', async () => {
  assert.deepEqual([(await one('payouts.accounts.0.accountNo'))['value'], (await one('monitoring.delivery.email.0.to'))['value']], ['**************2345', 'z***@hospital.local']);
});

test('what two persons approved and the file says otherwise is in force, with what the file says beside it', async () => {
  house.parameters.running.isPending = true;
  await house.platform.approvedConfiguration.save({ parts: {}, hash: 'h', changeNo: 'BG00000001', now: house.now() });
  const { value, origin, originName, inFile } = await one('payouts.secondApprovalFromFen');
  assert.deepEqual([value, origin, originName, inFile, (await auditor.get('/parameters')).body['isPending']], ['5000000', 'approved', 'BG00000001', '3000000', true]);
  house.parameters.running.isPending = false;
});

test('no secret of the configuration leaves, whatever it is called and wherever it came from; a changed one shows by its fingerprint', async () => {
  const { bytes } = await administrator.fetchBytes('/parameters');
  const text = bytes.toString('utf8');
  for (const canary of SECRET_CANARIES) assert.ok(!text.includes(canary), canary);
  for (const key of ['mqtt.corePassword', 'his.settings.password', 'channels.0.settings.apiV3Key', 'channels.0.settings.merchantPrivateKeyPem', 'channels.0.settings.addedLater', 'queue.sinks.0.username', 'queue.sinks.0.password', 'monitoring.delivery.webhooks.0.url', 'monitoring.delivery.webhooks.0.secret', 'provision.operators.0.password', 'provision.applications.0.secret']) {
    const { isSecret, isSet, value } = await one(key);
    assert.deepEqual([isSecret, isSet], [true, true], key);
    assert.match(String(value), /^#[0-9A-Za-z_-]{8,}$/, key);
  }
  assert.deepEqual([(await one('his.settings.password'))['origin'], (await one('his.settings.password'))['originName'], (await one('channels.0.settings.merchantPrivateKeyPem'))['origin']], ['environment', 'HIS_PASSWORD', 'secretFile']);
});

/** A value of every place of the schema, a canary wherever a secret may be. */
function sown(schema: unknown, name: string, secret: boolean): unknown {
  if (!isRecord(schema)) return 'x';
  const isSecret = secret || isSecretKey(name) || name === 'settings';
  const alternatives = schema['anyOf'];
  if (Array.isArray(alternatives)) return sown(alternatives.find((each) => isRecord(each) && (each['type'] === 'object' || each['type'] === 'array')) ?? alternatives[0], name, isSecret);
  if (isRecord(schema['properties'])) return Object.fromEntries(Object.entries(schema['properties']).map(([key, inner]) => [key, sown(inner, key, isSecret)]));
  if (isRecord(schema['patternProperties'])) return { member: sown(Object.values(schema['patternProperties'])[0], isSecret ? 'secret' : 'member', isSecret) };
  if (schema['type'] === 'array') return [sown(schema['items'], name, isSecret)];
  return isSecret ? `canary-of-${name}` : schema['type'] === 'string' ? `https://canary-user:canary-pass@host.example/path?canary-query` : 7;
}

test('a secret in every place of the schema that may hold one stays inside, and so do users and queries of addresses', () => {
  const configuration = sown(ConfigurationSchema, '', false) as Configuration;
  const parameters = listParameters({ effective: configuration, loaded: { configuration, origins: new Map(), secretKeys: new Set(['hospital.name', 'hospital.merchants.3.name']), below: {}, defaults: {} }, changeNo: undefined, atConsole: new Map(), settingsOf: () => new Map([['everything', '#print']]), fingerprint: () => 'print' });
  assert.ok(parameters.length > 200);
  assert.deepEqual(parameters.filter((parameter) => JSON.stringify(parameter).includes('canary')).map(({ key }) => key), []);
  assert.ok(parameters.filter(({ isSecret }) => isSecret).length >= 12);
  // Taken from the environment in one place of a list: hidden in all of them, since an approved list may have another order.
  for (const key of ['hospital.name', 'hospital.merchants.0.name']) assert.equal(parameters.find((parameter) => parameter.key === key)?.isSecret, true, key);
});

test('every setting has words in Chinese and in English, and no words are left over', () => {
  const configuration = sown(ConfigurationSchema, '', false) as Configuration;
  const parameters = listParameters({ effective: configuration, loaded: { configuration, origins: new Map(), secretKeys: new Set(), below: {}, defaults: {} }, changeNo: undefined, atConsole: new Map(), settingsOf: () => new Map([['x', 'y']]), fingerprint: () => 'print' });
  const places = new Set(parameters.map(({ key }) => key.replaceAll(/\.\d+(?=\.|$)/g, '[]').replace('.rules.member.', '.rules.*.')));
  const wordless = parameters.filter(({ zh, en, key }) => !/\p{Script=Han}/u.test(zh) || en === '' || en === 'lower-case letters, digits and hyphens' || en === key.split('.').at(-1));
  assert.deepEqual(wordless.map(({ key, zh, en }) => [key, zh, en]), []);
  assert.deepEqual(Object.keys(PARAMETER_WORDS).filter((key) => !places.has(key)), []);
  const last = new Set([...places].map((place) => place.replace(/\.settings\..*$/, '.settings').split('.').at(-1)));
  assert.deepEqual(Object.keys(COMMON_WORDS).filter((name) => !last.has(name)), []);
  assert.deepEqual(Object.keys(PARAMETER_GROUPS).filter((group) => !parameters.some((parameter) => parameter.group === group)), []);
});

test('whoever reads money and machine reads parameters; a cashier does not, and nobody is not', async () => {
  await administrator.call('POST', '/users', { login: 'wang.cash', displayName: '王收费', roles: ['cashier'], password: 'Given-By-Boss-1' });
  const cashier = new ConsoleClient(house.origin);
  await cashier.call('POST', '/session', { login: 'wang.cash', password: 'Given-By-Boss-1' });
  await cashier.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-9' });
  assert.deepEqual([codeOf(await cashier.get('/parameters')), codeOf(await new ConsoleClient(house.origin).get('/parameters')), (await auditor.get('/parameters')).status], ['NOT_PERMITTED', 'NOT_SIGNED_IN', 200]);
  const wish = { key: 'payments.qrLifetimeSeconds', value: 180, reason: '排队时间长' };
  assert.deepEqual([codeOf(await cashier.call('POST', '/parameters', wish)), codeOf(await auditor.call('POST', '/parameters', wish))], ['NOT_PERMITTED', 'NOT_PERMITTED']);
  assert.deepEqual([codeOf(await administrator.call('POST', '/parameters', { ...wish, key: 'mqtt.corePassword', value: 'x' })), codeOf(await administrator.call('POST', '/parameters', { ...wish, value: 'soon' }))], ['NO_SUCH_ITEM', 'MALFORMED_REQUEST']);
});
