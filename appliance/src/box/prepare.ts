/** `hospay-prepare.service`: runs as root before the core, at each start of the appliance. Problems with an answers file are said and do not stop the start: the machine stays as it was. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settleAtStart } from '../update/box-update.js';
import { readAnswers } from './answers.js';
import { BOX, own, RESET_FOLDERS } from './box-places.js';
import { carryOutReset } from './factory-reset.js';
import { layOutState, type GivenAnswers } from './lay-out-state.js';
import { ovfAnswers } from './ovf-answers.js';
import { putBack } from './restore-box.js';
import { SETUP_DRIVE, SETUP_DRIVE_AT } from './setup-drive.js';
import { UPDATE_PLACES } from './update-places.js';

/** Drives that bring answers, by label, the first that is there: `answers.yaml` on a USB stick, second disk or CD; what was entered at the import into VMware. */
const DRIVES = [
  { device: SETUP_DRIVE, file: 'answers.yaml', read: (text: string): string | undefined => text },
  { device: '/dev/disk/by-label/OVF\\x20ENV', file: 'ovf-env.xml', read: ovfAnswers },
];

const say = (line: string): void => { process.stdout.write(`${line}\n`); };

mkdirSync('/run/hospay', { recursive: true });
for (const line of putBack({ dataFolder: BOX.data, state: BOX.state }, new Date())) say(line);
for (const line of carryOutReset(RESET_FOLDERS)) say(line);
const found = findAnswers();
const { given, done } = layOut(found);
for (const line of done) say(line);
own();
askForRestore(given);
// An update that cannot be settled is no reason not to take payments.
try {
  const settled = settleAtStart(UPDATE_PLACES);
  if (settled !== undefined) say(settled);
} catch (error) {
  say(`the slots cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

/** Of a file that cannot be carried out nothing is: no restore either. */
function layOut(answers: GivenAnswers | undefined): { readonly given: GivenAnswers | undefined; readonly done: readonly string[] } {
  try {
    return { given: answers, done: layOutState(BOX, answers) };
  } catch (error) {
    if (answers === undefined) throw error;
    refuseAnswers(error);
    return { given: undefined, done: layOutState(BOX) };
  }
}

function refuseAnswers(error: unknown): void {
  const problem = error instanceof Error ? error.message : String(error);
  say(problem);
  writeFileSync('/run/hospay/answers-problem', `${problem}\n`);
}

/** `hospay-restore.service` does it, before the core starts: it may take long, and the screen says so meanwhile. */
function askForRestore(answers: GivenAnswers | undefined): void {
  rmSync('/run/hospay/restore.json', { force: true });
  if (answers?.answers.restore === undefined) return;
  const sha256 = createHash('sha256').update(answers.text).digest('hex');
  writeFileSync('/run/hospay/restore.json', JSON.stringify({ ...answers.answers.restore, sha256, profile: answers.answers.profile !== undefined }), { mode: 0o600 });
}

function findAnswers(): GivenAnswers | undefined {
  // A CD is found later than the disk we started from.
  spawnSync('udevadm', ['settle', '--timeout=20']);
  const drive = DRIVES.find(({ device }) => existsSync(device));
  if (drive === undefined) return undefined;
  mkdirSync(SETUP_DRIVE_AT, { recursive: true });
  const mounted = spawnSync('mount', ['-o', 'ro,nosuid,nodev,noexec', drive.device, SETUP_DRIVE_AT], { encoding: 'utf8' });
  // The set to restore lies there too; otherwise nothing of it stays in reach.
  let isNeeded = false;
  try {
    if (mounted.status !== 0) throw new Error(`the setup drive cannot be read: ${mounted.stderr.trim()}`);
    const file = join(SETUP_DRIVE_AT, drive.file);
    if (!existsSync(file)) throw new Error(`the setup drive holds no ${drive.file}`);
    const text = drive.read(readFileSync(file, 'utf8'));
    if (text === undefined) return undefined;
    const answers = readAnswers(text);
    isNeeded = answers.restore !== undefined;
    return { text, answers };
  } catch (error) {
    refuseAnswers(error);
    return undefined;
  } finally {
    if (mounted.status === 0 && !isNeeded) spawnSync('umount', [SETUP_DRIVE_AT]);
  }
}
