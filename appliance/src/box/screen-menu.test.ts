import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UpdateProblem } from '../update/update-problem.js';
import { screenMenu, type MenuParts, type Network, type SignedIn } from './screen-menu.js';

const KEY = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
const SET = { name: 'hospay-yiyuan-20261128011500.19435zwk.tar.zst.age', folder: '/backup/usb' };

/** A machine whose keyboard types these lines; what it was made to do. */
function machine(lines: readonly string[], parts: Partial<MenuParts> = {}) {
  const typed = [...lines];
  const shown: string[] = [];
  const done: string[] = [];
  const hidden: string[] = [];
  const whole: MenuParts = {
    role: 'platform',
    say: (text) => { shown.push(text); },
    ask: (prompt, isHidden = false) => {
      shown.push(prompt);
      const line = typed.shift() ?? '';
      if (isHidden) hidden.push(line);
      return Promise.resolve(line);
    },
    guard: () => Promise.resolve('open'),
    signIn: () => Promise.resolve<SignedIn>('refused'),
    proveSecondFactor: () => Promise.resolve<SignedIn>('refused'),
    network: () => undefined,
    setNetwork: (network: Network | undefined) => { done.push(`network ${JSON.stringify(network ?? 'dhcp')}`); },
    timeServers: () => [],
    setTimeServers: (servers) => { done.push(`time ${servers.join(' ')}`); },
    timeState: () => 'Time 时间 2026-11-29 08:00',
    sets: () => [SET],
    keyOnDrive: () => undefined,
    bundles: () => ['hospay-1.1.0.hpu'],
    inspect: (bundle) => Promise.resolve({ bundle, manifestSha256: 'a'.repeat(64), version: '1.1.0', notes: { zh: '修补', en: 'Mends' } }),
    install: async ({ bundle, manifestSha256 }, progress) => {
      for (const percent of [1, 19, 20, 41, 100]) progress(percent);
      done.push(`install ${bundle} ${manifestSha256.slice(0, 2)}`);
    },
    restore: (set, identity) => { done.push(`restore ${set} ${identity}`); },
    reset: (kind, by) => { done.push(`reset ${kind} by ${by}`); },
    restart: () => { done.push('restart'); },
    switchOff: () => { done.push('off'); },
    note: (what, by) => { done.push(`note ${what} by ${by}`); },
    ...parts,
  };
  return { visit: () => screenMenu(whole), done, hidden, text: () => shown.join('\n') };
}

test('a static network is set after it was typed, seen and confirmed', async () => {
  const box = machine(['1', '10.20.0.5/24', '10.20.0.1', '10.20.0.2 10.20.0.3', 'yes', '']);
  await box.visit();
  assert.deepEqual(box.done, ['network {"address":"10.20.0.5/24","gateway":"10.20.0.1","dns":["10.20.0.2","10.20.0.3"]}', 'note network: 10.20.0.5/24 by a new machine']);
});

test('what is no network changes nothing and says why', async () => {
  for (const [lines, why] of [[['10.20.0.5'], /no address with mask/], [['10.20.0.500/24'], /no address with mask/], [['10.20.0.5/24', '10.21.0.1'], /not in 10\.20\.0\.5\/24/], [['10.20.0.5/24', '10.20.0.5'], /not in/], [['10.20.0.5/24', '', 'eight'], /no address/], [['10.20.0.5/24', '', '', 'no'], /not confirmed/]] as const) {
    const box = machine(['1', ...lines, '', '']);
    await box.visit();
    assert.deepEqual(box.done, [], lines.join(' '));
    assert.match(box.text(), why);
  }
});

test('of what lies on a drive only sets are offered: increments follow theirs', async () => {
  const increments = Array.from({ length: 12 }, (_, index) => ({ name: `hospay-yiyuan-202611281112${String(index).padStart(2, '0')}.19435zwk.3f9a2c1b-${String(index + 1).padStart(6, '0')}.tar.zst.age`, folder: '/backup/usb' }));
  const box = machine(['3', '1', KEY, 'restore', ''], { sets: () => [...increments.toReversed(), SET] });
  await box.visit();
  assert.doesNotMatch(box.text(), /3f9a2c1b/);
  assert.ok(box.done.includes(`restore ${SET.name} ${KEY}`), box.done.join(' '));
});

test('DHCP again, and time servers', async () => {
  const box = machine(['1', 'dhcp', 'yes', '2', '10.20.0.3, ntp.hospital.example', '2', 'bad_server', '2', 'dhcp', '']);
  await box.visit();
  assert.deepEqual(box.done.filter((one) => !one.startsWith('note')), ['network "dhcp"', 'time 10.20.0.3 ntp.hospital.example', 'time ']);
});

test('on a machine with accounts nothing is done before somebody who may operate it has signed in, with the second factor; the password is not shown', async () => {
  const asked: string[] = [];
  const guarded: Partial<MenuParts> = {
    guard: () => Promise.resolve('signIn'),
    signIn: (login, password) => { asked.push(`${login} ${password}`); return Promise.resolve(password === 'right' ? 'secondFactor' : password === 'cashier' ? 'notAllowed' : 'refused'); },
    proveSecondFactor: (code) => Promise.resolve(code === '123456' ? 'signedIn' : 'refused'),
  };
  for (const [lines, says] of [[['xi.tong', 'wrong'], /Not signed in/], [['xi.tong', 'cashier'], /may not operate/], [['xi.tong', 'right', '000000'], /Not signed in/]] as const) {
    // Whoever goes on typing as if let through.
    const box = machine(['1', ...lines, 'dhcp', 'yes', ''], guarded);
    await box.visit();
    assert.deepEqual(box.done, [], lines.join(' '));
    assert.match(box.text(), says);
  }
  const box = machine(['1', 'xi.tong', 'right', '123456', 'dhcp', 'yes', ''], guarded);
  await box.visit();
  assert.deepEqual(box.done, ['network "dhcp"', 'note network: dhcp by xi.tong']);
  assert.deepEqual(box.hidden, ['right']);
});

test('while the core does not run nobody can sign in: the menu works, and the journal says that nobody could be asked', async () => {
  const box = machine(['1', 'dhcp', 'yes', ''], { guard: () => Promise.resolve('absent') });
  await box.visit();
  assert.deepEqual(box.done, ['network "dhcp"', 'note network: dhcp by nobody could be asked']);
});

test('a restore takes the key of the drive or a typed one, and the word restore', async () => {
  const typed = machine(['3', '1', KEY.toLowerCase(), 'restore']);
  await typed.visit();
  assert.deepEqual([typed.done.at(-1), typed.hidden], [`restore ${SET.name} ${KEY}`, [KEY.toLowerCase()]]);
  const onDrive = machine(['3', '1', 'restore'], { keyOnDrive: () => `# key\n${KEY}\n` });
  await onDrive.visit();
  assert.equal(onDrive.done.at(-1), `restore ${SET.name} ${KEY}`);
  for (const lines of [['3', '1', 'no key', ''], ['3', '1', KEY, 'yes', ''], ['3', '7', '']]) {
    const box = machine(lines);
    await box.visit();
    assert.deepEqual(box.done, [], lines.join(' '));
  }
  const none = machine(['3', ''], { sets: () => [] });
  await none.visit();
  assert.match(none.text(), /No set is there/);
});

test('a reset is done for its own phrase alone; that of another kind does nothing', async () => {
  const box = machine(['4', '3', 'erase everything']);
  await box.visit();
  assert.deepEqual(box.done, ['note erase everything by a new machine', 'reset everything by a new machine', 'restart']);
  assert.match(box.text(), /Books of account/);
  const wrong = machine(['4', '3', 'reset network', '']);
  await wrong.visit();
  assert.deepEqual(wrong.done, []);
});

test('a relay has no backup and no configuration of a hospital', async () => {
  const box = machine(['4', '2', 'erase everything'], { role: 'relay' });
  await box.visit();
  assert.deepEqual(box.done, ['note erase everything by a new machine', 'reset everything by a new machine', 'restart']);
  assert.doesNotMatch(box.text(), /Restore from a backup|configuration/);
});

test('restart and switching off want a yes and nobody else', async () => {
  const box = machine(['r', 'no', 'o', 'yes'], { guard: () => Promise.reject(new Error('nobody is asked')) });
  await box.visit();
  assert.deepEqual(box.done, ['note switch off by nobody could be asked', 'off']);
});

test('a relay is updated from the drive at its screen: what it brings is shown, and nothing is written before somebody says so', async () => {
  const box = machine(['3', '1', 'update'], { role: 'relay' });
  await box.visit();
  assert.deepEqual(box.done, ['note update: 1.1.0 by a new machine', 'install hospay-1.1.0.hpu aa', 'restart']);
  assert.match(box.text(), /Version 版本 1\.1\.0\nMends\n修补/);
  assert.deepEqual(box.text().match(/^ {2}\d+ %$/gm), ['  20 %', '  40 %', '  100 %']);
  for (const lines of [['3', '', ''], ['3', '7', ''], ['3', '1', 'yes', '']]) {
    const other = machine(lines, { role: 'relay' });
    await other.visit();
    assert.deepEqual(other.done, [], lines.join(' '));
  }
  const without = machine(['3', ''], { role: 'relay', bundles: () => [] });
  await without.visit();
  assert.match(without.text(), /No update is there/);
});

test('a bundle that is not to be trusted, or a slot that cannot be written, is told at the screen, and the machine does not restart', async () => {
  const untrusted = machine(['3', '1', 'update', ''], { role: 'relay', inspect: () => Promise.reject(new UpdateProblem({ zh: '签名不受信任', en: 'nobody we know signed it' })) });
  await untrusted.visit();
  assert.deepEqual(untrusted.done, []);
  assert.match(untrusted.text(), /Nothing was changed 未改动: nobody we know signed it 签名不受信任/);
  const failing = machine(['3', '1', 'update', ''], { role: 'relay', install: () => Promise.reject(new UpdateProblem({ zh: '磁盘可能损坏', en: 'the disk may be failing' })) });
  await failing.visit();
  assert.deepEqual(failing.done, ['note update: 1.1.0 by a new machine']);
  assert.match(failing.text(), /The running system stays 仍运行原系统: the disk may be failing 磁盘可能损坏/);
});

test('a platform has no update at its screen: there another person approves it at the console', async () => {
  const box = machine(['3', '']);
  await box.visit();
  assert.doesNotMatch(box.text(), /Update from a drive/);
  assert.ok(!box.done.some((one) => one.startsWith('install')));
});
