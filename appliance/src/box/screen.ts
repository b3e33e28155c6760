/** `hospay-screen@.service`: shows on tty1 and the serial line where the console is and, until it served, the setup code. Draws again when something changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import { networkInterfaces } from 'node:os';
import { screenText, type BoxFacts } from './screen-text.js';

const LOOK_EVERY_MS = 2_000;
const READY_FILE = '/run/hospay-core/ready.json';

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
  const unprepared = propertyOf('hospay-prepare.service', 'ActiveState') === 'failed';
  const failed = ready === undefined && (unprepared || Number(propertyOf('hospay.service', 'NRestarts')) > 0);
  const console = new URL(told?.addresses.console ?? 'http://127.0.0.1:8090');
  const isEncrypted = console.protocol === 'https:';
  const consolePort = Number(console.port);
  return {
    version: readIf('/opt/hospay/VERSION')?.trim() ?? '?',
    slot: /hospay\.slot=([ab])/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1] ?? '?',
    addresses: Object.values(networkInterfaces()).flat().filter((one) => one !== undefined && one.family === 'IPv4' && !one.internal).map((one) => one?.address ?? ''),
    consolePort,
    isEncrypted,
    core: told !== undefined ? 'ready' : failed ? 'failed' : 'starting',
    setupCode: told?.firstLoginCode !== undefined && (await isUnclaimed(consolePort, isEncrypted)) ? told.firstLoginCode : undefined,
    answersProblem: readIf('/run/hospay/answers-problem')?.trim(),
    coreProblem: failed ? lastWords(unprepared ? 'hospay-prepare.service' : 'hospay.service') : undefined,
  };
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

function propertyOf(unit: string, property: string): string {
  return spawnSync('systemctl', ['show', '-p', property, '--value', unit], { encoding: 'utf8' }).stdout.trim();
}

function lastWords(unit: string): string | undefined {
  const { stdout } = spawnSync('journalctl', ['-u', unit, '-n', '8', '-o', 'cat', '--no-pager'], { encoding: 'utf8' });
  return stdout.trim() === '' ? undefined : stdout.trim();
}

function readIf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
