import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isSystemd, readUnits } from './find-units.js';
import { judge } from './judge-confinement.js';
import { readPorts } from './machine-state.js';
import { readConfinement, type Confinement } from './read-confinement.js';

const folder = mkdtempSync(join(tmpdir(), 'hospay-doctor-'));
const children: { kill(): void }[] = [];
after(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
});
/** A real process that has begun: what it prints first says so. */
async function begin(program: string, words: readonly string[]): Promise<number> {
  const child = spawn(program, [...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise<void>((go, fail) => { child.stdout.once('data', () => { go(); }); child.once('error', fail); });
  return child.pid ?? 0;
}
const SCRIPT = 'process.stdout.write("on"); setInterval(() => {}, 1000)';
const WALLED: Confinement = { pid: 2, program: 'main.js', user: 700, seccomp: 'filter', noNewPrivileges: true, capabilities: [], bounding: [], memoryMaxBytes: 1_000, cpuMax: undefined, tasksMax: 64, rootReadOnly: true, ownMounts: true, nodePermissions: false };

test('of a process that runs the kernel is asked, not the unit file: what began it with fewer rights is seen', async () => {
  const [plain, walled] = [readConfinement(await begin(process.execPath, ['-e', SCRIPT])), readConfinement(await begin('setpriv', ['--no-new-privs', process.execPath, '--permission', '-e', SCRIPT]))];
  assert.ok(plain !== undefined);
  assert.equal(plain.user, process.getuid?.());
  assert.equal(plain.noNewPrivileges, /^NoNewPrivs:\s*1/m.test(readFileSync('/proc/self/status', 'utf8')));
  assert.equal(plain.seccomp, ['none', 'strict', 'filter'][Number(/^Seccomp:\s*(\d)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])]);
  assert.deepEqual([plain.nodePermissions, walled?.noNewPrivileges, walled?.nodePermissions], [false, true, true]);
});

test('a process that has ended is nobody', () => {
  const { pid } = spawnSync('true');
  assert.equal(readConfinement(pid), undefined);
});

test('every wall that is missing is named; without systemd it is development, whatever stands', () => {
  assert.deepEqual(judge(WALLED, { underSystemd: true }), { isolation: 'full', missing: [] });
  const without: readonly Partial<Confinement>[] = [{ user: 0 }, { noNewPrivileges: false }, { seccomp: 'none' }, { capabilities: [21] }, { bounding: [0] }, { memoryMaxBytes: undefined }, { rootReadOnly: false }];
  const missing = without.map((one) => {
    const judged = judge({ ...WALLED, ...one }, { underSystemd: true });
    assert.equal(judged.isolation, 'partial');
    assert.equal(judged.missing.length, 1);
    return judged.missing[0]?.zh;
  });
  assert.equal(new Set(missing).size, without.length);
  assert.equal(judge(WALLED, { underSystemd: false }).isolation, 'development');
});

test('limits of the control group and capabilities are read as they are written', () => {
  const [proc, cgroup] = [join(folder, 'proc'), join(folder, 'cgroup')];
  for (const path of ['7', '7/ns']) spawnSync('mkdir', ['-p', join(proc, path)]);
  spawnSync('mkdir', ['-p', join(cgroup, 'system.slice/hospay.service')]);
  const write = (path: string, text: string): void => { writeFileSync(join(folder, path), text); };
  write('proc/7/status', 'Name:\tnode\nUid:\t700\t700\t700\t700\nCapEff:\t0000000000200001\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n');
  write('proc/7/cgroup', '0::/system.slice/hospay.service\n');
  write('proc/7/cmdline', '/opt/hospay/bin/node\0--max-old-space-size=512\0/opt/hospay/core/server/dist/main.js\0--profile\0appliance\0');
  write('proc/7/mountinfo', '36 35 254:0 / / ro,nodev - squashfs /dev/dm-0 ro\n');
  write('cgroup/system.slice/hospay.service/memory.max', '805306368\n');
  write('cgroup/system.slice/hospay.service/cpu.max', '50000 100000\n');
  write('cgroup/system.slice/hospay.service/pids.max', 'max\n');
  assert.deepEqual(readConfinement(7, { proc, cgroup }), { pid: 7, program: 'dist/main.js', user: 700, seccomp: 'filter', noNewPrivileges: true, capabilities: [0, 21], bounding: [], memoryMaxBytes: 805_306_368, cpuMax: 0.5, tasksMax: undefined, rootReadOnly: true, ownMounts: undefined, nodePermissions: false });
});

test('units are read as systemctl shows them, and listening ports as the kernel does', () => {
  assert.deepEqual(readUnits('Id=hospay.service\nMainPID=812\nActiveState=active\nProtectSystem=strict\nUser=hospay\n\nId=hospay-prepare.service\nMainPID=0\nActiveState=inactive\n'), [
    { unit: 'hospay.service', pid: 812, state: 'active', settings: { ProtectSystem: 'strict', User: 'hospay' } }, { unit: 'hospay-prepare.service', pid: undefined, state: 'inactive', settings: {} },
  ]);
  assert.deepEqual(readPorts('  sl  local_address rem_address   st\n   0: 00000000:1F90 00000000:0000 0A 0\n   1: 0100007F:1F9A 00000000:0000 0A 0\n   2: 0100007F:1F9A 0100007F:8000 01 0\n'), ['*:8080', 'localhost:8090']);
});

test('the command finds the core by its data folder and says what this machine is', async () => {
  const pid = await begin(process.execPath, ['-e', SCRIPT]);
  writeFileSync(join(folder, 'lock-holder.json'), JSON.stringify({ processId: pid }));
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '../hospay.js'), '--data-folder', folder, 'doctor'], { encoding: 'utf8' });
  assert.match(stdout, new RegExp(`core  active  pid ${String(pid)}`));
  assert.match(stdout, /隔离等级：开发/);
  assert.match(stdout, /数据盘 disk .*MB/);
  const json = spawnSync(process.execPath, [join(import.meta.dirname, '../hospay.js'), '--data-folder', folder, 'doctor', '--json'], { encoding: 'utf8' });
  assert.equal((JSON.parse(json.stdout) as { underSystemd: boolean }).underSystemd, isSystemd());
});
