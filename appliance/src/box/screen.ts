/** `hospay-screen@.service`: shows on tty1 and the serial line what the machine is, where the console is and, until it served, the setup code; Enter opens the menu. Draws again when something changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { boxStatus } from '../update/box-update.js';
import { BOX } from './box-places.js';
import { lastErasure } from './factory-reset.js';
import { localConsole, type LocalConsole } from './local-console.js';
import { readRole } from './machine-role.js';
import { machineParts } from './screen-machine.js';
import { screenMenu } from './screen-menu.js';
import { screenText, type BoxFacts, type RelayFacts } from './screen-text.js';
import { UPDATE_PLACES } from './update-places.js';

const LOOK_EVERY_MS = 5_000;
/** A menu nobody types into is left: somebody else may come by. */
const MENU_PATIENCE_MS = 180_000;
/** Asking the service manager starts a program: while the core runs there is nothing to ask. */
const UNIT_WORDS = ['ActiveState', 'NRestarts'] as const;
const READY_FILE = '/run/hospay-core/ready.json';
const RELAY_FILE = '/run/hospay-relay/ready.json';

type Unit = Partial<Record<(typeof UNIT_WORDS)[number], string>>;
type Told = { readonly addresses: { readonly console: string }; readonly firstLoginCode?: string };

/** Once it is, it stays so: nothing on this machine takes rules away. */
let isFirewallLoaded = false;
let shown = '';
let isHidden = false;
let wakeUp = (): void => {};
let isInMenu = false;
let isMenuAsked = false;

const terminal = new Writable({
  write(chunk: Buffer, _encoding, done) {
    if (!isHidden) process.stdout.write(chunk);
    done();
  },
});
const keyboard = createInterface({ input: process.stdin, output: terminal, terminal: process.stdin.isTTY });
keyboard.on('line', () => {
  if (isInMenu) return;
  isMenuAsked = true;
  wakeUp();
});
const say = (text: string): void => { process.stdout.write(`${text.replaceAll('\n', '\r\n')}\r\n`); };

for (;;) {
  const text = screenText(await lookAround());
  if (text !== shown) {
    shown = text;
    say(`\u001B[2J\u001B[H${text}`);
  }
  if (!isMenuAsked) await new Promise<void>((wake) => { wakeUp = wake; setTimeout(wake, LOOK_EVERY_MS); });
  if (!isMenuAsked) continue;
  isMenuAsked = false;
  await openMenu();
  shown = '';
}

async function openMenu(): Promise<void> {
  isInMenu = true;
  let console: LocalConsole | undefined;
  try {
    await screenMenu({
      ...machineParts({ role: readRole(BOX.state).role, console: () => (console ??= localConsole(consoleOf(toldByCore()))), isReady: () => existsSync(READY_FILE) }),
      say,
      ask: async (prompt, hidden = false) => {
        const answer = keyboard.question(prompt, { signal: AbortSignal.timeout(MENU_PATIENCE_MS) });
        isHidden = hidden;
        try {
          return await answer;
        } finally {
          if (hidden) say('');
          isHidden = false;
        }
      },
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) say(`Not done 未完成: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    isInMenu = false;
  }
}

async function lookAround(): Promise<BoxFacts> {
  const { role } = readRole(BOX.state);
  const facts = {
    role,
    version: readIf('/opt/hospay/VERSION')?.trim() ?? '?',
    slot: /hospay\.slot=([ab])/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1] ?? '?',
    addresses: Object.values(networkInterfaces()).flat().filter((one) => one !== undefined && one.family === 'IPv4' && !one.internal).map((one) => one?.address ?? ''),
    isFirewallLoaded: (isFirewallLoaded ||= spawnSync('systemctl', ['is-active', '--quiet', 'nftables.service']).status === 0),
    answersProblem: readIf('/run/hospay/answers-problem')?.trim(),
    erasure: lastErasure(BOX.state),
  };
  return { ...facts, ...(role === 'relay' ? relayFacts() : await coreFacts()) };
}

function relayFacts(): Pick<BoxFacts, 'relay' | 'consolePort' | 'isEncrypted' | 'core' | 'update' | 'setupCode' | 'coreProblem'> {
  const ready = readIf(RELAY_FILE);
  const [prepare, relay] = ready === undefined ? unitsNow(['hospay-prepare.service', 'hospay-relay.service']) : [];
  const failed = isUnprepared(prepare) ? 'hospay-prepare.service' : Number(relay?.NRestarts) > 0 ? 'hospay-relay.service' : undefined;
  return {
    relay: ready === undefined ? undefined : (JSON.parse(ready) as RelayFacts), consolePort: 0, isEncrypted: false, update: updateLine(), setupCode: undefined,
    core: ready !== undefined ? 'ready' : failed === undefined ? 'starting' : 'failed', coreProblem: failed === undefined ? undefined : lastWords(failed),
  };
}

async function coreFacts(): Promise<Pick<BoxFacts, 'consolePort' | 'isEncrypted' | 'core' | 'update' | 'setupCode' | 'coreProblem'>> {
  const told = toldByCore();
  // A core that ended is begun again after seconds: that it had to be says that it does not run. Without its state laid out it is not begun at all.
  const [prepare, restore, core] = told === undefined ? unitsNow(['hospay-prepare.service', 'hospay-restore.service', 'hospay.service']) : [];
  const unprepared = isUnprepared(prepare);
  const restoreProblem = readIf('/run/hospay/restore-problem')?.trim();
  const failed = told === undefined && (unprepared || restoreProblem !== undefined || Number(core?.NRestarts) > 0);
  const where = consoleOf(told);
  return {
    consolePort: where.port,
    isEncrypted: where.isEncrypted,
    core: told !== undefined ? 'ready' : failed ? 'failed' : restore?.ActiveState === 'activating' ? 'restoring' : 'starting',
    update: updateLine(),
    setupCode: told?.firstLoginCode !== undefined && (await localConsole(where).isUnclaimed()) === true ? told.firstLoginCode : undefined,
    coreProblem: failed ? (restoreProblem ?? lastWords(unprepared ? 'hospay-prepare.service' : 'hospay.service')) : undefined,
  };
}

function toldByCore(): Told | undefined {
  const ready = readIf(READY_FILE);
  return ready === undefined ? undefined : (JSON.parse(ready) as Told);
}

function consoleOf(told: Told | undefined): { readonly port: number; readonly isEncrypted: boolean } {
  const { protocol, port } = new URL(told?.addresses.console ?? 'http://127.0.0.1:8090');
  return { port: Number(port), isEncrypted: protocol === 'https:' };
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

/** It failed, or what it needs did (a disk that cannot be mounted): then it was never begun. The screen comes after it. */
function isUnprepared(prepare: Unit | undefined): boolean {
  return prepare?.ActiveState === 'failed' || prepare?.ActiveState === 'inactive';
}

function unitsNow(units: readonly string[]): Unit[] {
  const { stdout } = spawnSync('systemctl', ['show', '-p', UNIT_WORDS.join(','), ...units], { encoding: 'utf8' });
  return stdout.trim().split('\n\n').map((unit) => Object.fromEntries(unit.split('\n').map((line) => line.split('=', 2))) as Unit);
}

function lastWords(unit: string): string | undefined {
  const { stdout } = spawnSync('journalctl', ['-u', unit, '-n', '8', '-o', 'cat', '--no-pager'], { encoding: 'utf8' });
  if (stdout.trim() !== '') return stdout.trim();
  const failed = spawnSync('systemctl', ['--failed', '--plain', '--no-legend'], { encoding: 'utf8' }).stdout.trim();
  return failed === '' ? undefined : failed;
}

function readIf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
