/** `hospay-restore.service`: makes this machine of a backup, once, because the answers file says so. The core does not start before it is done: an empty box in the place of the old one would take payments nobody can join to it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, chownSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../update/durable-file.js';
import { layOutState } from './lay-out-state.js';
import { BOX, BOX_DATA, BOX_GROUP, own } from './box-places.js';
import { putBack, restoreEnded, setAside, takeRestored } from './restore-box.js';

const BOX_AND_STATE = { dataFolder: BOX_DATA, state: BOX.state };
const SCRATCH = '/run/hospay/restore';
/** A machine that has just started may have no address yet. */
const NETWORK_WITHIN_SECONDS = '180';
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

const { set, identity, from, sha256, profile } = JSON.parse(readFileSync('/run/hospay/restore.json', 'utf8')) as { set: string; identity: string; from?: Readonly<Record<string, unknown>>; sha256: string; profile: boolean };
const marker = join(BOX.state, 'restored.json');
if (existsSync(marker) && (JSON.parse(readFileSync(marker, 'utf8')) as { sha256: string }).sha256 === sha256) {
  say('this set was restored before');
} else {
  try {
    restore();
    rmSync('/run/hospay/restore-problem', { force: true });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say(problem);
    writeFileSync('/run/hospay/restore-problem', `${problem}\n`);
    process.exitCode = 1;
  }
}

function restore(): void {
  const onDrive = ['/run/hospay/setup-drive', '/backup/usb'].map((folder) => join(folder, set)).find((path) => existsSync(path));
  const file = onDrive ?? (from === undefined ? undefined : set);
  if (file === undefined) throw new Error(`备份 ${set} 不在安装盘，也不在备份盘上 the set ${set} is on no drive`);
  mkdirSync(SCRATCH, { recursive: true, mode: 0o700 });
  chownSync(SCRATCH, BOX_GROUP, BOX_GROUP);
  const lend = (name: string, text: string): string => {
    const path = join(SCRATCH, name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, BOX_GROUP, BOX_GROUP);
    return path;
  };
  const key = lend('identity.txt', identity);
  const server = onDrive !== undefined || from === undefined ? [] : ['--server', lend('server.yaml', JSON.stringify(from)), '--wait-seconds', NETWORK_WITHIN_SECONDS];
  const authorities = '/run/hospay/authorities.pem';
  setAside(BOX_AND_STATE, new Date());
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(BOX.product, 'core/server/dist/platform-backup-main.js'), 'restore', file, '--identity', key, '--into', BOX_DATA, ...server], { encoding: 'utf8', uid: BOX_GROUP, gid: BOX_GROUP, env: existsSync(authorities) ? { NODE_EXTRA_CA_CERTS: authorities } : {} });
    for (const line of stdout.split('\n')) if (line !== '') say(line);
    if (status !== 0) throw new Error(stderr.trim() === '' ? '恢复失败 the restore failed' : stderr.trim());
  } catch (error) {
    for (const line of putBack(BOX_AND_STATE, new Date())) say(line);
    throw error;
  } finally {
    rmSync(SCRATCH, { recursive: true, force: true });
  }
  for (const line of takeRestored({ dataFolder: BOX_DATA, state: BOX.state, given: { profile } })) say(line);
  // What the core reads, rendered again from what was taken.
  layOutState(BOX);
  own();
  // It holds the key of the set.
  rmSync('/run/hospay/restore.json');
  writeWhole(marker, JSON.stringify({ sha256, set }), 0o644);
  restoreEnded(BOX.state);
}
