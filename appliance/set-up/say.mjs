/** What the set-up scripts tell the person who waits. Plain JavaScript that Node 20 can run: nothing is installed yet. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export function say(text) {
  process.stdout.write(`hospay: ${text}\n`);
}

/** Ends the script with a sentence that says what to do next. */
export function stopBecause(text) {
  process.stderr.write(`hospay: ${text}\n`);
  process.exit(1);
}

/** Runs a command to its end in the repository root; its output goes where ours goes unless captured. */
export function run(command, args, options = {}) {
  const { capture = false, env = {} } = options;
  return spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
