/** The image as hospital IT gets it: started on bare (simulated) hardware, claimed, cut off, tampered with. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { offsetOf } from '@hospay/appliance/image/disk.js';
import { codeAt, enrol } from '../contract/authenticator.js';
import { ConsoleClient, listOf } from '../contract/console-client.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { VirtualMachine } from './virtual-machine.js';

const SETUP_CODE = /Setup code 设置码 {2}([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)/;
const READY = /core 核心 ready/;
const PASSWORD = 'Correct-Horse-7';
const SLOWLY = 300_000;
const NEXT_CODE_WITHIN_MS = 60_000;

let machine: VirtualMachine;
/** What the system administrator is handed: a first password, and a code that lets him set up his second factor. */
let handed: Record<string, unknown> = {};
before(async () => { machine = await VirtualMachine.create(); });
after(() => machine.remove());

test('a new machine starts from its verified root, shows its address and a setup code, and offers no way in at its screen', async (context) => {
  const since = Date.now();
  machine.start();
  await machine.says(/Console 控制台 {2}http:\/\/10\.0\.2\.15:8090\//);
  await machine.says(READY);
  context.diagnostic(`ready after ${String(Math.round((Date.now() - since) / 1000))} s`);
  await machine.says(SETUP_CODE);
  assert.doesNotMatch(machine.serial, /login:/);
  const state = (await new ConsoleClient(machine.consoleOrigin).get('/state')).body;
  assert.deepEqual([state['firstLogin'], state['separatedDuties']], [true, true]);
});

test('what it does not serve is dropped without an answer: the firewall is in force', async () => {
  assert.doesNotMatch(machine.serial, /FIREWALL NOT LOADED/);
  assert.ok(await machine.isDropped(machine.ports.unserved));
  // A relay's port is closed on a platform.
  assert.ok(await machine.isDropped(machine.ports.relayPublic));
});

test('the setup code makes the three administrators once; then it is gone from the screen and opens nothing', async () => {
  const code = (await machine.says(SETUP_CODE))[1] ?? '';
  const claim = { code, login: 'an.quan', displayName: '安全', password: PASSWORD, others: { system: { login: 'xi.tong', displayName: '系统' }, audit: { login: 'shen.ji', displayName: '审计' } } };
  const made = await new ConsoleClient(machine.consoleOrigin).call('POST', '/first-login', claim);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.deepEqual(listOf(made, 'colleagues').map(({ role }) => role), ['systemAdministrator', 'auditor']);
  [handed = {}] = listOf(made, 'colleagues');
  await eventually('the screen shows no code any more', () => (SETUP_CODE.test(machine.serial.slice(machine.serial.lastIndexOf('Hospay payment platform'))) ? undefined : true), SLOWLY);
  assert.notEqual((await new ConsoleClient(machine.consoleOrigin).call('POST', '/first-login', { ...claim, login: 'somebody' })).status, 200);
});

test('whoever stands before the screen changes nothing without a sign-in that may operate the machine', async () => {
  const from = machine.serial.length;
  await machine.types('');
  await machine.saysAfter(from, /Menu 菜单[^]*Enter to go back/);
  for (const [login, password, says] of [['an.quan', 'wrong', /Not signed in/], ['an.quan', PASSWORD, /may not operate the machine/]] as const) {
    const typedAt = machine.serial.length;
    await machine.types('1');
    await machine.saysAfter(typedAt, /Login/);
    await machine.types(login);
    await machine.saysAfter(typedAt, /Password/);
    await machine.types(password);
    await machine.saysAfter(typedAt, says);
    await machine.saysAfter(typedAt, new RegExp(`${says.source}[^]*Enter to go back`));
  }
  assert.ok(!machine.serial.includes(PASSWORD), 'a password was shown');
  const last = machine.serial.length;
  await machine.types('');
  await machine.saysAfter(last, /Console 控制台/);
});

test('the system administrator, once he has a password and a second factor of his own, is let through at the screen by both', async () => {
  const system = new ConsoleClient(machine.consoleOrigin);
  const entered = await system.call('POST', '/session', { login: 'xi.tong', password: handed['password'] });
  assert.deepEqual([entered.status, entered.body['entryStep']], [200, 'changePassword']);
  assert.equal((await system.call('POST', '/password', { current: handed['password'], next: PASSWORD })).status, 200);
  const { secret } = await enrol(system, () => new Date(), String(handed['enrolmentCode']));
  // A code serves once, and the phone shows the next after half a minute.
  const served = codeAt(secret, new Date());
  await eventually('the next code', () => (codeAt(secret, new Date()) === served ? undefined : true), NEXT_CODE_WITHIN_MS);
  const from = machine.serial.length;
  await machine.types('');
  await machine.saysAfter(from, /Menu 菜单[^]*Enter to go back/);
  const chosenAt = machine.serial.length;
  for (const [typed, says] of [[() => '1', /Login/], [() => 'xi.tong', /Password/], [() => PASSWORD, /Code of the second factor/], [() => codeAt(secret, new Date()), /Now 当前: DHCP[^]*Enter: no change/]] as const) {
    await machine.types(typed());
    await machine.saysAfter(chosenAt, says);
  }
  assert.ok(!machine.serial.includes(PASSWORD), 'a password was shown');
  const lookedAt = machine.serial.length;
  await machine.types('');
  await machine.saysAfter(lookedAt, /Menu 菜单[^]*Enter to go back/);
  await machine.types('');
  await machine.saysAfter(lookedAt, /Console 控制台/);
});

test('the power is cut right after an account was made: the machine comes back with it', async () => {
  const administrator = new ConsoleClient(machine.consoleOrigin);
  assert.equal((await administrator.call('POST', '/session', { login: 'an.quan', password: PASSWORD })).status, 200);
  await machine.cutPower();
  machine.start();
  await machine.says(READY);
  assert.doesNotMatch(machine.serial, SETUP_CODE);
  assert.equal((await new ConsoleClient(machine.consoleOrigin).call('POST', '/session', { login: 'an.quan', password: PASSWORD })).status, 200);
  assert.equal((await new ConsoleClient(machine.consoleOrigin).get('/state')).body['firstLogin'], false);
  await machine.cutPower();
});

test('a machine whose system was tampered with does not start', async (context) => {
  const tampered = await VirtualMachine.create();
  context.after(() => tampered.remove());
  tampered.overwrite(offsetOf('root-a') + 64 * 1024 * 1024, 1024 * 1024);
  tampered.overwrite(offsetOf('root-a'), 4_096);
  tampered.start();
  await tampered.says(/device-mapper: verity: .*corrupted|dm-verity device corrupted|is not the one that was delivered/);
  await tampered.ends();
  assert.doesNotMatch(tampered.serial, /Hospay payment platform/);
});
