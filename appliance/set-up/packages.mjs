/** npm packages by the lock file, and the pinned runtime among them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, say, seconds, stopBecause } from './say.mjs';

/** The runtime every part runs on, whatever Node the machine has. */
export const NODE = join(ROOT, 'node_modules', '.bin', 'node');
const STAMP = join(ROOT, 'node_modules', '.hospay-lock');

export function ensurePackages() {
  const lock = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
  const isCurrent = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock && existsSync(NODE);
  if (!isCurrent) {
    say('installing npm packages by the lock file (about a minute) …');
    const since = Date.now();
    const result = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { capture: true });
    if (result.status !== 0) stopBecause(`npm ci failed:\n${result.stderr}\nCheck the npm registry this machine uses and run the command again.`);
    writeFileSync(STAMP, lock);
    say(`packages installed in ${seconds(since)}`);
  }
  const version = run(NODE, ['--version'], { capture: true }).stdout?.trim() ?? '';
  if (!version.startsWith('v24.')) {
    stopBecause(`the pinned runtime does not run here (found "${version}"). Hospay runs on Linux x64 and arm64; check that npm installed optional packages (no --omit=optional).`);
  }
}
