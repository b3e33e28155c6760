/** `hospay-prepare.service`: runs as root before the core, at each start of the appliance. Problems with an answers file are said and do not stop the start: the machine stays as it was. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settleAtStart } from '../update/box-update.js';
import { readAnswers } from './answers.js';
import { BOX, own } from './box-places.js';
import { layOutState, type GivenAnswers } from './lay-out-state.js';
import { UPDATE_PLACES } from './update-places.js';

/** Label of the drive (USB stick, second disk, CD) that holds `answers.yaml`. */
const DRIVE = '/dev/disk/by-label/HOSPAYSETUP';
const MOUNTED_AT = '/run/hospay/setup-drive';

const say = (line: string): void => { process.stdout.write(`${line}\n`); };

mkdirSync('/run/hospay', { recursive: true });
const given = findAnswers();
for (const line of layOutState(BOX, given)) say(line);
own();
askForRestore(given);
// An update that cannot be settled is no reason not to take payments.
try {
  const settled = settleAtStart(UPDATE_PLACES);
  if (settled !== undefined) say(settled);
} catch (error) {
  say(`the slots cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

/** `hospay-restore.service` does it, before the core starts: it may take long, and the screen says so meanwhile. */
function askForRestore(answers: GivenAnswers | undefined): void {
  rmSync('/run/hospay/restore.json', { force: true });
  if (answers?.answers.restore === undefined) return;
  const sha256 = createHash('sha256').update(answers.text).digest('hex');
  writeFileSync('/run/hospay/restore.json', JSON.stringify({ ...answers.answers.restore, sha256, profile: answers.answers.profile !== undefined }), { mode: 0o600 });
}

function findAnswers(): GivenAnswers | undefined {
  if (!existsSync(DRIVE)) return undefined;
  mkdirSync(MOUNTED_AT, { recursive: true });
  const mounted = spawnSync('mount', ['-o', 'ro,nosuid,nodev,noexec', DRIVE, MOUNTED_AT], { encoding: 'utf8' });
  // The set to restore lies there too; otherwise nothing of it stays in reach.
  let isNeeded = false;
  try {
    if (mounted.status !== 0) throw new Error(`the setup drive cannot be read: ${mounted.stderr.trim()}`);
    const file = join(MOUNTED_AT, 'answers.yaml');
    if (!existsSync(file)) throw new Error('the setup drive holds no answers.yaml');
    const text = readFileSync(file, 'utf8');
    const answers = readAnswers(text);
    isNeeded = answers.restore !== undefined;
    return { text, answers };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say(problem);
    writeFileSync('/run/hospay/answers-problem', `${problem}\n`);
    return undefined;
  } finally {
    if (mounted.status === 0 && !isNeeded) spawnSync('umount', [MOUNTED_AT]);
  }
}
