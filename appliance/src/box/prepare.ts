/** `hospay-prepare.service`: runs as root before the core, at each start of the appliance. Problems with an answers file are said and do not stop the start: the machine stays as it was. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAnswers } from './answers.js';
import { layOutState, type GivenAnswers } from './lay-out-state.js';
import { ovfAnswers } from './ovf-answers.js';

/** Drives that bring answers, by label, the first that is there: `answers.yaml` on a USB stick, second disk or CD; what was entered at the import into VMware. */
const DRIVES = [
  { device: '/dev/disk/by-label/HOSPAYSETUP', file: 'answers.yaml', read: (text: string): string | undefined => text },
  { device: '/dev/disk/by-label/OVF\\x20ENV', file: 'ovf-env.xml', read: ovfAnswers },
];
const MOUNTED_AT = '/run/hospay/setup-drive';
const HOSPAY_GROUP = 700;

const say = (line: string): void => { process.stdout.write(`${line}\n`); };

mkdirSync('/run/hospay', { recursive: true });
for (const line of layOutState({ state: '/state', product: '/opt/hospay', run: '/run' }, findAnswers())) say(line);
// The core reads its configuration; secrets come to it by the service, which root reads.
for (const path of ['config', 'config/profiles', 'config/hospitals', 'config/profiles/appliance.yaml']) chownSync(join('/state', path), 0, HOSPAY_GROUP);

function findAnswers(): GivenAnswers | undefined {
  // A CD is found later than the disk we started from.
  spawnSync('udevadm', ['settle', '--timeout=20']);
  const drive = DRIVES.find(({ device }) => existsSync(device));
  if (drive === undefined) return undefined;
  mkdirSync(MOUNTED_AT, { recursive: true });
  const mounted = spawnSync('mount', ['-o', 'ro,nosuid,nodev,noexec', drive.device, MOUNTED_AT], { encoding: 'utf8' });
  try {
    if (mounted.status !== 0) throw new Error(`the setup drive cannot be read: ${mounted.stderr.trim()}`);
    const file = join(MOUNTED_AT, drive.file);
    if (!existsSync(file)) throw new Error(`the setup drive holds no ${drive.file}`);
    const text = drive.read(readFileSync(file, 'utf8'));
    return text === undefined ? undefined : { text, answers: readAnswers(text) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say(problem);
    writeFileSync('/run/hospay/answers-problem', `${problem}\n`);
    return undefined;
  } finally {
    if (mounted.status === 0) spawnSync('umount', [MOUNTED_AT]);
  }
}
