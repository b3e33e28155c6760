/** 快捷支付 in the console's API: cards without a token or a whole user number, unbound in the holder's name and unlocked with a reason, audited, by who may. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditorBeside, codeOf, firstAdministrator, listOf, type ConsoleClient } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;
const [CARD, OTHER] = ['A0000000000000000001', 'A0000000000000000002'];
const USER = 'patient-20260001';

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
  await house.bindCard({ agreementNo: CARD, userId: USER, lastFour: '6688', token: 'token-canary-77' });
  await house.bindCard({ agreementNo: OTHER, userId: 'patient-20260002', lastFour: '1234', token: 'token-canary-78' });
});
after(() => house.stop());

test('cards are found by number, user, last four digits and state; no answer holds a token or a whole user number', async () => {
  const found = async (query: string) => listOf(await auditor.get(`/quick-pay/agreements?${query}`), 'agreements').map(({ agreementNo }) => agreementNo);
  assert.deepEqual([await found('state=active'), await found(`userId=${USER}`), await found('lastFour=1234'), await found(`agreementNo=${CARD}&state=active`), await found('state=ended')], [[OTHER, CARD], [CARD], [OTHER], [CARD], []]);
  const one = await auditor.get(`/quick-pay/agreements/${CARD}`);
  assert.deepEqual([one.body['userLabel'], one.body['lastFour'], listOf(one, 'events').map(({ to }) => to)], ['************0001', '6688', ['requested', 'confirming', 'active']]);
  assert.equal(codeOf(await auditor.get('/quick-pay/agreements/A0000000000000000009')), 'AGREEMENT_NOT_FOUND');
  assert.ok(!/canary|patient-2026/.test(JSON.stringify([one.body, (await auditor.get('/quick-pay/agreements')).body])));
});

test('staff unbinds in the holder’s name: with a reason, charged no more from then on, ended when the gateway has said so', async () => {
  const path = `/quick-pay/agreements/${CARD}/unbindings`;
  assert.equal(codeOf(await auditor.call('POST', path, { reason: '持卡人来电' })), 'NOT_PERMITTED');
  assert.equal(codeOf(await administrator.call('POST', path, { reason: ' ' })), 'MALFORMED_REQUEST');
  house.cardGateway.isSilent = true;
  assert.equal((await administrator.call('POST', path, { reason: `持卡人 ${USER} 挂失` })).body['state'], 'ending');
  house.cardGateway.isSilent = false;
  const ended = await administrator.call('POST', path, { reason: '再次解约' });
  assert.deepEqual(listOf(ended, 'events').map(({ to, cause }) => [to, cause]).slice(-2), [['ending', 'staff/li.admin: 持卡人 ************0001 挂失'], ['ended', 'unbound']]);
  assert.equal((await house.platform.quickPay.agreements.find(CARD))?.state, 'ended');
  const rows = listOf(await administrator.get('/audit'), 'rows').filter(({ what }) => what === 'quickPay.unbind');
  assert.deepEqual(rows.map(({ who }) => who), ['li.admin'], 'once');
});

test('a locked payment password is unlocked with a reason; failures stay counted, so the next lock is longer', async () => {
  const { passwords } = house.platform.quickPay;
  const holder = { appId: 'hospital-app', userId: USER };
  await passwords.add(holder, 'hash', house.now());
  const guess = () => passwords.takeTry(holder, house.now(), (failures) => (failures % 5 === 0 ? failures * 60_000 : undefined));
  for (let tries = 0; tries < 5; tries += 1) await guess();
  assert.equal((await guess()).kind, 'locked');
  const [locked, ...others] = listOf(await auditor.get('/quick-pay/locked-passwords'), 'locked');
  assert.deepEqual([locked?.['userLabel'], locked?.['failures'], others.length], ['************0001', 5, 0]);
  const path = `/quick-pay/locked-passwords/${String(locked?.['lockNo'])}/unlocks`;
  assert.equal(codeOf(await auditor.call('POST', path, { reason: '窗口核验身份证' })), 'NOT_PERMITTED');
  assert.equal((await administrator.call('POST', path, { reason: '窗口核验身份证' })).status, 200);
  assert.equal(codeOf(await administrator.call('POST', path, { reason: '窗口核验身份证' })), 'NO_SUCH_ITEM');
  const next = await guess();
  assert.deepEqual(next.kind === 'taken' && next.row.failures, 6);
  const audited = JSON.stringify(listOf(await administrator.get('/audit'), 'rows').filter(({ what }) => what === 'quickPay.unlock'));
  assert.ok(audited.includes('li.admin') && audited.includes('窗口核验身份证') && !audited.includes(USER));
  assert.deepEqual(house.undeclared, []);
});
