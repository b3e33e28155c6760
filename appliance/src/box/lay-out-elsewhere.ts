/**
 * Lays out the state where the system around the core is not ours: in a container, or on a hospital's own system of the Debian family. Network and time are not ours there. An `answers.yaml` in the folder of the
 * state is taken as a drive's is on the appliance. `--start-core`: becomes the core then, with the secrets in its environment, for want of a service manager.
 */
import { chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readAnswers } from './answers.js';
import { KEPT_SECRETS } from './restore-box.js';
import { layOutState, secretsOf, type GivenAnswers } from './lay-out-state.js';

const PRODUCT = resolve(import.meta.dirname, '../../..');
const DATA = '/var/lib/hospay';
const { values } = parseArgs({
  options: {
    state: { type: 'string', default: '/state' },
    run: { type: 'string', default: '/run/hospay' },
    'start-core': { type: 'boolean', default: false },
    'data-folder': { type: 'string', default: DATA },
  },
});
const { state, run } = values;

mkdirSync(run, { recursive: true });
const folders = { state, product: PRODUCT, run, data: values['data-folder'] };
for (const line of layOut(findAnswers())) process.stdout.write(`${line}\n`);
// Root lays it out for the core, which reads its configuration; secrets come to it by the service.
const { uid, gid } = statSync(values['data-folder']);
if (process.getuid?.() === 0) for (const path of ['keys', KEPT_SECRETS]) if (existsSync(join(values['data-folder'], path))) chownSync(join(values['data-folder'], path), uid, gid);
if (process.getuid?.() === 0) for (const path of ['config', 'config/profiles', 'config/hospitals', 'config/profiles/appliance.yaml']) chownSync(join(state, path), 0, gid);
if (values['start-core']) {
  const core = [join(PRODUCT, 'core/server/dist/main.js'), '--profile', 'appliance', '--profile-folder', join(state, 'config/profiles'), '--data-folder', values['data-folder']];
  const authorities = join(run, 'hospay/authorities.pem');
  // Not a child: signals, and what the host does with the first process, are the core's own.
  process.execve?.(process.execPath, [process.execPath, ...core], { ...process.env, ...secretsOf(state), ...(existsSync(authorities) ? { NODE_EXTRA_CA_CERTS: authorities } : {}) });
}

function layOut(given: GivenAnswers | undefined): readonly string[] {
  try {
    if (given?.answers.role === 'relay') throw new Error('role: relay is for machines of the appliance; elsewhere start core/relay/dist/main.js 角色 relay 只用于一体机');
    return layOutState(folders, given);
  } catch (error) {
    if (given === undefined) throw error;
    process.stderr.write(`the answers file was not taken: ${error instanceof Error ? error.message : String(error)}\n`);
    return layOutState(folders);
  }
}

function findAnswers(): GivenAnswers | undefined {
  const file = join(state, 'answers.yaml');
  if (!existsSync(file)) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    return { text, answers: readAnswers(text) };
  } catch (error) {
    // As on the appliance: said, and nothing is changed.
    process.stderr.write(`the answers file was not taken: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}
