/** The appliance's image in QEMU: a disk of its own over the built one, forwarded ports, and what it prints on its serial line. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { freePort } from '../simulators/free-port.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const FIRMWARE = ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_CODE.fd'];
const MEMORY_MIB = 3_072;
/** Emulated, unless somebody says that this machine's KVM is whole: inside other virtual machines it is often there and fails while the firmware runs. */
const PROCESSORS = [...(process.env['HOSPAY_KVM'] === '1' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max']), '-smp', '2'];
/** One processor whose clock is its instructions: 2^0 ns each, and nothing else moves the machine's clocks while it works. Where it waits they go as ours do. */
const COUNTED_PROCESSOR = ['-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-icount', 'shift=0'];
/** What a kernel dies of that rewrites its own code while an emulated second processor runs it: a fault of the emulation, and only while it starts. */
const EMULATION_FAULT = /Oops: int3: 0000/;
const MOST_EMULATION_FAULTS = 3;
const SILENCE_MS = 5_000;
/** Of a drive with an update: what the file system takes for itself. */
const UPDATE_DRIVE_SPARE_KIB = 16_384;
/** Software emulation on a busy machine. */
const LONGEST_WAIT_MS = 1_200_000;

/** Where a guest of QEMU's user network finds the loopback of the host. */
export const HOST_SEEN_FROM_INSIDE = '10.0.2.2';

/** Of this host, each forwarded; `unserved` to a port nothing listens on. `snmp` is UDP. */
type Ports = { readonly plain: number; readonly console: number; readonly payment: number; readonly relayPublic: number; readonly relayTunnel: number; readonly unserved: number; readonly snmp: number };
/** What is plugged in at a start. `withMedium`, `withSetupDrive`: false after somebody took it out. `updateDrive`: a file of `makeUpdateDrive`. */
type PluggedIn = { readonly withMedium?: boolean; readonly withSetupDrive?: boolean; readonly updateDrive?: string };
export type VirtualMachineOptions = {
  /** The text of `answers.yaml` on a drive that is plugged in. */
  readonly answers?: string | undefined;
  /** A file with the file system of a drive: see `makeBackupDrive`. */
  readonly backupDrive?: string | undefined;
  /** An installer medium in its CD drive; the disk is empty then. */
  readonly medium?: string | undefined;
  /** A disk larger than the image, in GiB: as somebody gives one to an imported machine. */
  readonly diskGibibytes?: number | undefined;
  /** The network of a hospital: where this host is in it, and the address the machine was given. Absent: QEMU's own, by DHCP. */
  readonly network?: { readonly subnet: string; readonly host: string; readonly machine: string } | undefined;
  /** Its clock counts what its one processor executes, from this moment at every start: see `COUNTED_PROCESSOR`. */
  readonly countedFrom?: Date | undefined;
};

export class VirtualMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'hospay-vm-'));
  readonly ports: Ports;
  readonly #setupDrive: string | undefined;
  readonly #backupDrive: string | undefined;
  #process: ChildProcess | undefined;
  #boots = 0;
  #faults = 0;
  #pluggedIn: PluggedIn = {};
  readonly #medium: string | undefined;
  readonly #network: VirtualMachineOptions['network'];
  readonly #processors: readonly string[];

  private constructor(ports: Ports, { answers, backupDrive, medium, diskGibibytes, network, countedFrom }: VirtualMachineOptions) {
    this.#network = network;
    this.#processors = countedFrom === undefined ? PROCESSORS : [...COUNTED_PROCESSOR, '-rtc', `base=${countedFrom.toISOString().slice(0, 19)},clock=vm`];
    this.ports = ports;
    this.#backupDrive = backupDrive;
    this.#medium = medium;
    this.#setupDrive = answers === undefined ? undefined : makeSetupDrive(this.folder, answers);
    const firmware = firmwareFile();
    copyFileSync(firmware.replace('CODE', 'VARS'), join(this.folder, 'vars.fd'));
    mustRun('qemu-img', ['create', '-q', '-f', 'qcow2', ...(medium === undefined ? ['-b', imageFile(), '-F', 'raw', this.disk, ...(diskGibibytes === undefined ? [] : [`${String(diskGibibytes)}G`])] : [this.disk, '48G'])]);
  }

  /** A new machine, off. */
  static async create(options: VirtualMachineOptions = {}): Promise<VirtualMachine> {
    return new VirtualMachine({ plain: await freePort(), console: await freePort(), payment: await freePort(), relayPublic: await freePort(), relayTunnel: await freePort(), unserved: await freePort(), snmp: await freePort() }, options);
  }

  get disk(): string {
    return join(this.folder, 'disk.qcow2');
  }
  get consoleOrigin(): string {
    return `http://127.0.0.1:${String(this.ports.console)}`;
  }
  get paymentOrigin(): string {
    return `http://127.0.0.1:${String(this.ports.payment)}`;
  }

  /** What this boot printed so far, without what steers a terminal. */
  get serial(): string {
    const file = this.#serialFile;
    // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
    return existsSync(file) ? readFileSync(file, 'utf8').replaceAll(/\u001B\[[0-9;?!]*[A-Za-z]/g, '') : '';
  }
  get #serialFile(): string {
    return join(this.folder, `serial-${String(this.#boots)}.log`);
  }

  start(pluggedIn: PluggedIn = {}): void {
    const { withMedium = true, withSetupDrive = true, updateDrive } = pluggedIn;
    this.#pluggedIn = pluggedIn;
    this.#boots += 1;
    const keyboard = `socket,id=line,path=${join(this.folder, 'line.sock')},server=on,wait=off,logfile=${this.#serialFile}`;
    const { plain, console, payment, relayPublic, relayTunnel, unserved, snmp } = this.ports;
    const served = [['tcp', plain, 8000], ['tcp', console, 8090], ['tcp', payment, 8080], ['tcp', relayPublic, 8443], ['tcp', relayTunnel, 8444], ['tcp', unserved, 4444], ['udp', snmp, 161]] as const;
    const forwards = served.map(([protocol, here, inside]) => `hostfwd=${protocol}:127.0.0.1:${String(here)}-${this.#network?.machine ?? ''}:${String(inside)}`);
    const net = this.#network === undefined ? '' : `net=${this.#network.subnet},host=${this.#network.host},`;
    const child = spawn('qemu-system-x86_64', [
      '-machine', 'q35', ...this.#processors, '-m', String(MEMORY_MIB), '-display', 'none', '-no-reboot',
      '-drive', `if=pflash,format=raw,readonly=on,file=${firmwareFile()}`, '-drive', `if=pflash,format=raw,file=${join(this.folder, 'vars.fd')}`,
      '-drive', `file=${this.disk},if=virtio,format=qcow2,cache=writethrough`,
      ...(this.#setupDrive === undefined || !withSetupDrive ? [] : ['-drive', `file=${this.#setupDrive},if=virtio,format=raw,readonly=on`]),
      ...(this.#backupDrive === undefined ? [] : ['-drive', `file=${this.#backupDrive},if=virtio,format=raw,cache=writethrough`]),
      ...(updateDrive === undefined ? [] : ['-drive', `file=${updateDrive},if=virtio,format=raw,readonly=on`]),
      ...(this.#medium === undefined || !withMedium ? [] : ['-drive', `file=${this.#medium},media=cdrom,readonly=on,format=raw`]),
      '-nic', `user,model=virtio-net-pci,${net}${forwards.join(',')}`, '-chardev', keyboard, '-serial', 'chardev:line', '-monitor', 'none',
    ], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => { this.#complaint += chunk.toString('utf8'); });
    this.#process = child;
  }
  #complaint = '';

  /** Waits for a text on the serial line. @throws with the last of it when the machine ends first, or never says it. */
  async says(what: RegExp, withinMs = LONGEST_WAIT_MS): Promise<RegExpExecArray> {
    const until = Date.now() + withinMs;
    for (;;) {
      const found = what.exec(this.serial);
      if (found !== null) return found;
      if (!this.isRunning && EMULATION_FAULT.test(this.serial) && this.#faults < MOST_EMULATION_FAULTS) {
        this.#faults += 1;
        this.start(this.#pluggedIn);
        continue;
      }
      if (!this.isRunning) assert.fail(`the machine ended before it said ${String(what)}: ${this.#complaint}\n${this.serial.slice(-2_000)}`);
      if (Date.now() > until) assert.fail(`not within ${String(withinMs)} ms: ${String(what)}\n${this.serial.slice(-2_000)}`);
      await new Promise((wake) => { setTimeout(wake, 200); });
    }
  }

  /** What it printed since then: `serial.length` of an earlier moment of this boot. */
  async saysAfter(from: number, what: RegExp): Promise<void> {
    await this.says(new RegExp(`^[^]{${String(from)}}[^]*?(?:${what.source})`));
  }

  /** Somebody at the serial line types a line. */
  async types(line: string): Promise<void> {
    // One terminal for the whole boot: of one that is unplugged QEMU throws away what the machine has not read yet.
    if (this.#terminal === undefined) {
      const socket = connect(join(this.folder, 'line.sock'));
      await once(socket, 'connect');
      // What is shown is read from the log; here it only must not pile up.
      socket.on('error', () => {}).once('close', () => { this.#terminal = undefined; }).resume();
      this.#terminal = socket;
    }
    this.#terminal.write(`${line}\r`);
  }
  #terminal: Socket | undefined;

  get isRunning(): boolean {
    const child = this.#process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Whether a port is dropped without a word: a machine without rules refuses at once. */
  async isDropped(port: number): Promise<boolean> {
    const socket = connect({ host: '127.0.0.1', port });
    const refused = await Promise.race([once(socket, 'close').then(() => true, () => true), new Promise<false>((go) => { setTimeout(go, SILENCE_MS, false); })]);
    socket.on('error', () => {});
    socket.destroy();
    return !refused;
  }

  /** Waits until it has switched itself off, or started anew, which here is the same. */
  async ends(): Promise<void> {
    if (this.isRunning && this.#process !== undefined) await once(this.#process, 'exit');
  }

  /** As if somebody pulled the plug. */
  async cutPower(): Promise<void> {
    if (!this.isRunning || this.#process === undefined) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.cutPower();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Overwrites a part of the disk while the machine is off. */
  overwrite(offset: number, length: number): void {
    assert.ok(!this.isRunning);
    mustRun('qemu-io', ['-f', 'qcow2', '-c', `write -P 0x5a ${String(offset)} ${String(length)}`, this.disk]);
  }
}

/** A drive as somebody would plug it in for backups: one file system, labelled. @returns the file */
export function makeBackupDrive(file: string, mebibytes = 512): string {
  // The mark of a backup target: without it nothing is written there.
  const folder = mkdtempSync(join(tmpdir(), 'hospay-drive-'));
  writeFileSync(join(folder, '.hospay-backup-target'), '');
  mustRun('mke2fs', ['-q', '-t', 'ext4', '-L', 'HOSPAYBACKUP', '-d', folder, file, `${String(mebibytes)}M`]);
  rmSync(folder, { recursive: true, force: true });
  return file;
}

/** Names of the files on such a drive, which nobody has mounted. */
export function filesOn(drive: string): readonly string[] {
  // Whoever mounts it replays its journal first: after a power cut the names are there alone.
  spawnSync('e2fsck', ['-E', 'journal_only', '-y', drive]);
  const { stdout } = spawnSync('debugfs', ['-R', 'ls -p /', drive], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => { const name = line.split('/')[5]; return name === undefined || name === '' ? [] : [name]; });
}

/** A drive as somebody brings an update on it: FAT, as they are sold, where the label HOSPAYUPDATE is too long. @returns the file */
export function makeUpdateDrive(file: string, bundle: string): string {
  mustRun('mkfs.vfat', ['-C', '-n', 'HOSPAYUPD', file, String(Math.ceil(statSync(bundle).size / 1024) + UPDATE_DRIVE_SPARE_KIB)]);
  mustRun('mcopy', ['-i', file, bundle, `::/${basename(bundle)}`]);
  return file;
}

function makeSetupDrive(folder: string, answers: string): string {
  const file = join(folder, 'setup.img');
  const text = join(folder, 'answers.yaml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(text, answers);
  mustRun('mkfs.vfat', ['-C', '-n', 'HOSPAYSETUP', file, '2048']);
  mustRun('mcopy', ['-i', file, text, '::/answers.yaml']);
  return file;
}

function imageFile(): string {
  const file = process.env['HOSPAY_IMAGE'];
  if (file === undefined || !existsSync(file)) throw new Error(`no image: run npm run test:image in ${ROOT}, or name the raw disk in HOSPAY_IMAGE`);
  return file;
}

function firmwareFile(): string {
  return FIRMWARE.find((file) => existsSync(file)) ?? assert.fail('no UEFI firmware: install the package ovmf');
}

function mustRun(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${command}: ${error?.message ?? stderr}`);
}
