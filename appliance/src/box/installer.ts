/** `hospay-installer@.service`: what the installer medium shows on the screen and the serial line. It writes the system onto the disk that somebody names, and switches the machine off. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { installerDialog } from './installer-dialog.js';
import { LSBLK, readDisks } from './installer-disks.js';
import { writeSystem, type InstallPlan } from './write-system.js';

const MEDIUM = '/run/hospay-medium/hospay';
/** Screen and serial line show the same; one of them writes. */
const LOCK = '/run/hospay-installer.lock';

const say = (text: string): void => { process.stdout.write(`${text.replaceAll('\n', '\r\n')}\r\n`); };
const keyboard = createInterface({ input: process.stdin, output: process.stdout });
const plan = readPlan();
const disk = await installerDialog({
  version: plan.version,
  say,
  ask: (prompt) => keyboard.question(prompt),
  disks: () => readDisks(spawnSync('lsblk', LSBLK, { encoding: 'utf8' }).stdout, plan.minimumBytes),
  write: async ({ path }) => {
    takeTurn();
    try {
      await writeSystem({ plan, medium: MEDIUM, disk: path, say });
    } catch (error) {
      rmSync(LOCK);
      throw error;
    }
  },
});
say(`Installed on ${disk.name} 安装完成. The machine switches itself off: take the medium out, then switch it on 关机后取出安装介质再开机.`);
spawnSync('systemctl', ['poweroff']);
// Until it is off.
await new Promise(() => { setInterval(() => {}, 60_000); });

/** The plan whose hash the boot image names. */
function readPlan(): InstallPlan {
  const text = readFileSync(join(MEDIUM, 'install.json'), 'utf8');
  const named = /hospay\.installer=([0-9a-f]{64})/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1];
  if (createHash('sha256').update(text).digest('hex') !== named) {
    say('This medium is not the one that was delivered; nothing is installed from it. 安装介质与交付内容不符。');
    process.exit(1);
  }
  return JSON.parse(text) as InstallPlan;
}

function takeTurn(): void {
  try {
    closeSync(openSync(LOCK, 'wx'));
  } catch (error) {
    throw new Error('another screen of this machine is writing', { cause: error });
  }
}
