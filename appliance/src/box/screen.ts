/** `hospay-screen@.service`: shows on tty1 and the serial line where the console is and, until it served, the setup code. Draws again when something changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import { networkInterfaces } from 'node:os';
import { boxStatus } from '../update/box-update.js';
import { screenText, type BoxFacts } from './screen-text.js';
import { UPDATE_PLACES } from './update-places.js';

const LOOK_EVERY_MS = 5_000;
/** Asking the service manager starts a program: while the core runs there is nothing to ask. */
const UNIT_WORDS = ['ActiveState', 'NRestarts'] as const;
const READY_FILE = '/run/hospay-core/ready.json';

/** Once it is, it stays so: nothing on this machine takes rules away. */
let isFirewallLoaded = false;
let shown = '';
for (;;) {
  const text = screenText(await lookAround());
  if (text !== shown) {
    shown = text;
    process.stdout.write(`\u001B[2J\u001B[H${text.replaceAll('\n', '\r\n')}\r\n`);
  }
  await new Promise((wake) => { setTimeout(wake, LOOK_EVERY_MS); });
}

async function lookAround(): Promise<BoxFacts> {
  const ready = readIf(READY_FILE);
  const told = ready === undefined ? undefined : (JSON.parse(ready) as { addresses: { console: string }; firstLoginCode?: string });
  // A core that ended is begun again after seconds: that it had to be says that it does not run. Without its state laid out it is not begun at all.
  const [prepare, restore, core] = ready === undefined ? unitsNow() : [];
  const unprepared = prepare?.ActiveState === 'failed';
  const restoreProblem = readIf('/run/hospay/restore-problem')?.trim();
  const failed = ready === undefined && (unprepared || restoreProblem !== undefined || Number(core?.NRestarts) > 0);
  const console = new URL(told?.addresses.console ?? 'http://127.0.0.1:8090');
  const isEncrypted = console.protocol === 'https:';
  const consolePort = Number(console.port);
  return {
    version: readIf('/opt/hospay/VERSION')?.trim() ?? '?',
    slot: /hospay\.slot=([ab])/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1] ?? '?',
    addresses: Object.values(networkInterfaces()).flat().filter((one) => one !== undefined && one.family === 'IPv4' && !one.internal).map((one) => one?.address ?? ''),
    consolePort,
    isEncrypted,
    core: told !== undefined ? 'ready' : failed ? 'failed' : restore?.ActiveState === 'activating' ? 'restoring' : 'starting',
    isFirewallLoaded: (isFirewallLoaded ||= spawnSync('systemctl', ['is-active', '--quiet', 'nftables.service']).status === 0),
    update: updateLine(),
    setupCode: told?.firstLoginCode !== undefined && (await isUnclaimed(consolePort, isEncrypted)) ? told.firstLoginCode : undefined,
    answersProblem: readIf('/run/hospay/answers-problem')?.trim(),
    coreProblem: failed ? (restoreProblem ?? lastWords(unprepared ? 'hospay-prepare.service' : 'hospay.service')) : undefined,
  };
}

function updateLine(): string | undefined {
  try {
    const { isTrying, version, last, pending } = boxStatus(UPDATE_PLACES);
    if (isTrying) return `Update 更新  ${version} on trial 试运行中`;
    if (pending !== undefined) return `Update 更新  ${pending.version} starts with the next start 下次启动时生效`;
    return last?.outcome === 'reverted' ? `Update 更新  ${last.version} was taken back 已回退: ${last.reason?.en ?? ''} ${last.reason?.zh ?? ''}` : undefined;
  } catch {
    // The page of the console says what is wrong with the slots.
    return undefined;
  }
}

/** Whether nobody has an account yet: only then does the code open anything. */
async function isUnclaimed(port: number, isEncrypted: boolean): Promise<boolean> {
  try {
    const answer: { firstLogin?: boolean } = JSON.parse(await readLocal(port, isEncrypted));
    return answer.firstLogin === true;
  } catch {
    return false;
  }
}

function readLocal(port: number, isEncrypted: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    // Nothing leaves this machine, and its certificate is for the names the network knows it by.
    const where = { host: '127.0.0.1', port, path: '/console-api/v1/state', timeout: LOOK_EVERY_MS, rejectUnauthorized: false };
    const asked = (isEncrypted ? requestEncrypted : requestPlain)(where, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).once('end', () => { resolve(text); });
    });
    asked.once('timeout', () => { asked.destroy(); }).once('error', reject).end();
  });
}

/** Preparation, restore, core. */
function unitsNow(): Partial<Record<(typeof UNIT_WORDS)[number], string>>[] {
  const { stdout } = spawnSync('systemctl', ['show', '-p', UNIT_WORDS.join(','), 'hospay-prepare.service', 'hospay-restore.service', 'hospay.service'], { encoding: 'utf8' });
  return stdout.trim().split('\n\n').map((unit) => Object.fromEntries(unit.split('\n').map((line) => line.split('=', 2))) as Partial<Record<(typeof UNIT_WORDS)[number], string>>);
}

function lastWords(unit: string): string | undefined {
  const { stdout } = spawnSync('journalctl', ['-u', unit, '-n', '8', '-o', 'cat', '--no-pager'], { encoding: 'utf8' });
  return stdout.trim() === '' ? undefined : stdout.trim();
}

function readIf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
