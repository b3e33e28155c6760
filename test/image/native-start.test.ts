/**
 * How long the image takes to start where nothing is emulated. There is no virtual machine here that runs a kernel of Debian's at full speed; so its root is started by this machine's own kernel, with its own service
 * manager and units, in namespaces of its own. Not in it: firmware, kernel, the opening of the verified root, and making file systems at the very first start. Nothing is asserted of the time.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from '../end-to-end/appliance-under-test.js';

const READY_WITHIN_MS = 120_000;
/** What the kernel, the initial RAM disk and `/etc/fstab` do on a machine, for a container: the partitions are folders. */
const ENTER = `set -e
mount --make-rprivate /
mount -t tmpfs rw "$BOX/rw"; mkdir "$BOX/rw/upper" "$BOX/rw/work"
mount -t overlay root -o "lowerdir=$IMAGE,upperdir=$BOX/rw/upper,workdir=$BOX/rw/work" "$BOX/root"
cd "$BOX/root"
: > etc/fstab
for place in state:state ledger:var/lib/hospay blob:var/lib/hospay-files log:var/log esp:efi; do mount --bind "$BOX/disk/\${place%%:*}" "\${place#*:}"; done
mount -t proc proc proc; mount -t sysfs -o ro sys sys; mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev; mount -t tmpfs -o mode=755 run run
for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/\${node%%:*}" c 1 "\${node#*:}"; done
mkdir dev/pts dev/shm; mount -t devpts -o newinstance,ptmxmode=666 pts dev/pts; ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
touch dev/console; mount --bind /dev/null dev/console
exec env -i container=other PATH=/usr/sbin:/usr/bin chroot . /usr/lib/systemd/systemd`;

let box = '';
before(() => {
  box = mkdtempSync(join(tmpdir(), 'hospay-native-'));
  for (const folder of ['rw', 'root', ...['state', 'ledger', 'blob', 'log', 'esp'].map((name) => `disk/${name}`)]) mkdirSync(join(box, folder), { recursive: true });
});
after(() => {
  rmSync(box, { recursive: true, force: true });
});

/** Starts it and switches it off. @returns seconds from the first program to a core that takes payments */
async function start(): Promise<number> {
  const image = join(process.env['HOSPAY_IMAGE_WORK'] ?? '', 'root');
  assert.ok(existsSync(join(image, 'opt/hospay')), `no root of an image in ${image}: run npm run test:image`);
  const since = Date.now();
  const machine = spawn('unshare', ['--pid', '--fork', '--mount', '--uts', '--ipc', '--net', '--kill-child', 'sh', '-c', ENTER], { env: { PATH: process.env['PATH'], IMAGE: image, BOX: box }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  machine.stderr.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); });
  const ended = new Promise<void>((resolve) => { machine.once('close', () => { resolve(); }); });
  try {
    await eventually('the core is ready', () => {
      if (machine.exitCode !== null) assert.fail(`it ended: ${said}`);
      // Its mounts are seen through its first process alone.
      const inside = childrenOf(machine.pid ?? 0)[0];
      return inside !== undefined && existsSync(`/proc/${String(inside)}/root/run/hospay-core/ready.json`) ? true : undefined;
    }, READY_WITHIN_MS);
    return (Date.now() - since) / 1_000;
  } finally {
    machine.kill('SIGKILL');
    await ended;
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${String(pid)}/task`).flatMap((task) => readFileSync(`/proc/${String(pid)}/task/${task}/children`, 'utf8').split(' ').filter((text) => text !== '').map(Number));
}

test('where nothing is emulated the units of the image bring the core up, new and again', async (context) => {
  const first = await start();
  assert.ok(existsSync(join(box, 'disk/ledger/data/money.sqlite')), 'the ledger is there');
  const again = await start();
  context.diagnostic(`ready ${first.toFixed(1)} s after the first program of a new machine, ${again.toFixed(1)} s at the next start; firmware, kernel and verified root come before it`);
});
