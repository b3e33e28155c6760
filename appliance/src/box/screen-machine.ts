/** What the menu of the screen does to this machine, and whom it asks. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectBundle, stageBundle } from '../update/box-update.js';
import { writeWhole } from '../update/durable-file.js';
import { BOX, own, RESET_FOLDERS } from './box-places.js';
import { askForReset } from './factory-reset.js';
import { layOutState } from './lay-out-state.js';
import type { LocalConsole } from './local-console.js';
import type { MenuParts, Network, StoredSet } from './screen-menu.js';
import { SETUP_DRIVE, SETUP_DRIVE_AT } from './setup-drive.js';
import { UPDATE_PLACES } from './update-places.js';

const UPDATE_DRIVE_AT = '/backup/update';
const LONGEST_KEY_FILE = 4_096;

export function machineParts({ role, console, isReady }: { readonly role: MenuParts['role']; readonly console: () => LocalConsole; readonly isReady: () => boolean }): Omit<MenuParts, 'say' | 'ask'> {
  return {
    role,
    async guard() {
      if (role === 'relay') return 'open';
      if (!isReady()) return 'absent';
      const unclaimed = await console().isUnclaimed();
      return unclaimed === undefined ? 'absent' : unclaimed ? 'open' : 'signIn';
    },
    signIn: (login, password) => console().signIn(login, password),
    proveSecondFactor: (code) => console().proveSecondFactor(code),
    network: () => readJson<Network>('network.json'),
    setNetwork(network) {
      keep('network.json', network);
      spawnSync('networkctl', ['reload']);
    },
    timeServers: () => readJson<string[]>('time.json') ?? [],
    setTimeServers(servers) {
      keep('time.json', servers.length === 0 ? undefined : servers);
      spawnSync('chronyc', ['reload', 'sources']);
    },
    timeState() {
      const source = /^\^\*\s+(\S+)/m.exec(spawnSync('chronyc', ['-n', 'sources'], { encoding: 'utf8' }).stdout)?.[1];
      return `Clock of the machine 本机时钟: ${new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(new Date())} (${source === undefined ? 'held against no server 未与任何服务器核对' : `held against 以此为准 ${source}`})`;
    },
    sets() {
      mountSetupDrive();
      return ['/backup/usb', SETUP_DRIVE_AT].flatMap((folder): StoredSet[] => (existsSync(folder) ? readdirSync(folder).filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\.age$/.test(name)).map((name) => ({ name, folder })) : []))
        .toSorted((one, other) => (one.name < other.name ? 1 : -1));
    },
    keyOnDrive() {
      mountSetupDrive();
      if (!existsSync(SETUP_DRIVE_AT)) return undefined;
      return readdirSync(SETUP_DRIVE_AT).filter((name) => name.endsWith('.txt')).map((name) => join(SETUP_DRIVE_AT, name))
        .filter((file) => statSync(file).isFile() && statSync(file).size <= LONGEST_KEY_FILE).map((file) => readFileSync(file, 'utf8')).find((text) => text.includes('AGE-SECRET-KEY-1'));
    },
    restore(set, identity) {
      const sha256 = createHash('sha256').update(`${set} ${new Date().toISOString()}`).digest('hex');
      writeFileSync('/run/hospay/restore.json', JSON.stringify({ set, identity, sha256, profile: false }), { mode: 0o600 });
      spawnSync('systemctl', ['stop', 'hospay.service']);
      spawnSync('systemctl', ['restart', '--no-block', 'hospay-restore.service']);
      spawnSync('systemctl', ['start', '--no-block', 'hospay.service']);
    },
    bundles: () => (existsSync(UPDATE_DRIVE_AT) ? readdirSync(UPDATE_DRIVE_AT).filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.hpu$/.test(name)).toSorted() : []),
    async inspect(bundle) {
      const { manifest: { version, notes }, manifestSha256 } = await inspectBundle(UPDATE_PLACES, join(UPDATE_DRIVE_AT, bundle));
      return { bundle, manifestSha256, version, notes };
    },
    async install({ bundle, manifestSha256 }, progress) {
      const file = join(UPDATE_DRIVE_AT, bundle);
      const { size } = statSync(file);
      await stageBundle(UPDATE_PLACES, { file, manifestSha256, progress: (bytes) => { progress(Math.floor((bytes / size) * 100)); } });
    },
    reset: (kind, by) => { askForReset(RESET_FOLDERS, kind, by, new Date()); },
    restart: () => { spawnSync('systemctl', ['--no-block', 'reboot']); },
    switchOff: () => { spawnSync('systemctl', ['--no-block', 'poweroff']); },
    note: (what, by) => { spawnSync('logger', ['-t', 'hospay-screen', '-p', 'authpriv.notice', `${by}: ${what}`]); },
  };
}

function keep(name: string, value: unknown): void {
  if (value === undefined) rmSync(join(BOX.state, name), { force: true });
  else writeWhole(join(BOX.state, name), JSON.stringify(value), 0o644);
  layOutState(BOX);
  own();
}

function readJson<Value>(name: string): Value | undefined {
  const file = join(BOX.state, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Value) : undefined;
}

function mountSetupDrive(): void {
  if (!existsSync(SETUP_DRIVE) || spawnSync('mountpoint', ['-q', SETUP_DRIVE_AT]).status === 0) return;
  mkdirSync(SETUP_DRIVE_AT, { recursive: true });
  spawnSync('mount', ['-o', 'ro,nosuid,nodev,noexec', SETUP_DRIVE, SETUP_DRIVE_AT]);
}
