import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResetFolders } from './factory-reset.js';
import { ownRelay } from './machine-role.js';
import type { BoxFolders } from './lay-out-state.js';

/** This machine, as its image lays it out. */
export const BOX: BoxFolders = { state: '/state', product: '/opt/hospay', run: '/run', data: '/var/lib/hospay/data' };
export const BOX_DATA = BOX.data;
export const RESET_FOLDERS: ResetFolders = { state: BOX.state, data: BOX.data, wiped: ['/var/lib/hospay', '/var/lib/hospay-files', '/var/log'], trim: (folder) => { spawnSync('fstrim', [folder]); } };
/** The core's user and group. */
export const BOX_GROUP = 700;

/** What belongs to whom, again at each start: a partition whose file system was just made belongs to root. */
export function own(): void {
  for (const folder of [dirname(BOX_DATA), BOX_DATA, join(BOX_DATA, 'keys'), '/var/lib/hospay-files', '/var/lib/hospay-files/updates']) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, BOX_GROUP, BOX_GROUP);
  }
  const kept = join(BOX_DATA, 'keys/appliance-secrets.json');
  if (existsSync(kept)) chownSync(kept, BOX_GROUP, BOX_GROUP);
  ownRelay(BOX.run, BOX.state);
  // The core reads its configuration; secrets come to it by the service, which root reads.
  for (const path of ['config', 'config/profiles', 'config/hospitals', 'config/profiles/appliance.yaml']) chownSync(join(BOX.state, path), 0, BOX_GROUP);
}
