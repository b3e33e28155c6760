/** Who stands before the appliance's screen is asked for by the console itself: the screen's own half of it, against the real API. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localConsole, type LocalConsole } from '@hospay/appliance/box/local-console.js';
import { freePort } from '../simulators/free-port.js';
import { codeAt, enrol } from './authenticator.js';
import { auditorBeside, ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Correct-Horse-7';
let house: ConsoleHouse;
let administrator: ConsoleClient;
let screen: LocalConsole;
before(async () => {
  house = await buildConsoleHouse({ secondFactorFor: ['administrator'] });
  screen = localConsole({ port: Number(new URL(house.origin).port), isEncrypted: false });
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, []);
});

test('a machine nobody has an account on says so until somebody has; one that does not answer says nothing', async () => {
  await house.firstLogin.open();
  assert.equal(await screen.isUnclaimed(), true);
  administrator = await firstAdministrator(house);
  assert.equal(await screen.isUnclaimed(), false);
  const nobody = localConsole({ port: await freePort(), isEncrypted: false });
  assert.deepEqual([await nobody.isUnclaimed(), await nobody.signIn('li.admin', PASSWORD)], [undefined, 'unreachable']);
});

test('password and second factor of somebody who may operate it let through, once each, and no session stays', async () => {
  const { secret } = await enrol(administrator, () => house.now());
  house.later(60);
  const sessions = async (): Promise<number> => listOf(await administrator.get('/sessions'), 'sessions').length;
  const earlier = await sessions();
  assert.equal(await screen.signIn('li.admin', 'wrong'), 'refused');
  assert.equal(await screen.signIn('li.admin', PASSWORD), 'secondFactor');
  assert.equal(await screen.proveSecondFactor('000000'), 'refused');
  const code = codeAt(secret, house.now());
  assert.equal(await screen.proveSecondFactor(code), 'signedIn');
  assert.equal(await sessions(), earlier);
  // Who looked over the shoulder has nothing.
  assert.equal(await screen.signIn('li.admin', PASSWORD), 'secondFactor');
  assert.equal(await screen.proveSecondFactor(code), 'refused');
});

test('who may not operate the machine is not let through, nor is who has not finished his own sign-in', async () => {
  await auditorBeside(house, administrator);
  const login = listOf(await administrator.get('/users'), 'users').map((user) => String(user['login'])).find((one) => one !== 'li.admin') ?? assert.fail('no auditor');
  assert.equal(await screen.signIn(login, 'Correct-Horse-8'), 'notAllowed');
  const made = await administrator.call('POST', '/users', { login: 'wang.new', displayName: '王工', roles: ['systemAdministrator'], password: 'Given-By-Boss-1' });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.equal(await screen.signIn('wang.new', 'Given-By-Boss-1'), 'notAllowed', 'a first password is no password yet');
});

test('the audit log has each sign-in at the screen and each refusal, with the name and from this machine', async () => {
  const rows = await house.platform.auditEvents.read({ afterSeq: 0, limit: 500 });
  const told = rows.filter(({ what }) => what.startsWith('session.')).map(({ what, who }) => `${what} ${who}`);
  assert.ok(told.includes('session.refused li.admin') && told.includes('session.begin li.admin'), told.join(', '));
  assert.ok(rows.every(({ what, after: facts }) => !what.startsWith('session.') || facts === null || !facts.includes('"from"') || facts.includes('127.0.0.1')));
});
