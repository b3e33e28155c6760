/** The line between host and the process of a plugin, and who starts that process: this one, or the machine. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ToGuest } from './messages.js';

export type GuestLineOptions = {
  /** The unpacked package. */
  readonly folder: string;
  readonly entryPath: string;
  /** Of which JavaScript objects take half; the rest is for buffers and Node itself. */
  readonly memoryMegabytes: number;
  /** Whatever it sends: nothing of it is checked yet. */
  readonly heard: (message: unknown) => void;
  /** The process is not there any more, or never was. Told once. */
  readonly ended: (reason: string) => void;
};
export type GuestLine = {
  /** What cannot be sent any more is not: the end is told by itself. */
  send(message: ToGuest): void;
  /** At once, and whatever it is doing. */
  kill(): void;
};
export type StartGuestLine = (options: GuestLineOptions) => GuestLine;

const RUNNER = join(import.meta.dirname, 'guest-process.js');
const RUNNER_PARTS = [RUNNER, join(import.meta.dirname, 'shut-in.js')];
/** The nearest package.json tells Node that the runner is an ES module. */
const RUNNER_PACKAGE = resolve(import.meta.dirname, '../../../package.json');
const HEAP_SHARE = 0.5;
const LOOK_EVERY_MS = 5_000;
const PAGE_BYTES = 4_096;
const MEGABYTE = 1_048_576;

/** A child of this process: no network, files or environment by Node's permission model. Where a machine starts plugins as units of their own it is begun there, by the unit. */
export const forkedGuestLine: StartGuestLine = ({ folder, entryPath, memoryMegabytes, heard, ended }) => {
  const child = fork(RUNNER, [], {
    execArgv: [
      '--permission',
      ...[folder, ...RUNNER_PARTS, RUNNER_PACKAGE].map((path) => `--allow-fs-read=${path}`),
      `--max-old-space-size=${String(Math.floor(memoryMegabytes * HEAP_SHARE))}`, '--disable-proto=delete', '--no-addons',
    ],
    cwd: dirname(entryPath),
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let reason: string | undefined;
  const kill = (why: string | undefined): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const watch = setInterval(() => {
    const used = child.pid === undefined ? undefined : residentMegabytes(child.pid);
    if (used !== undefined && used > memoryMegabytes) kill(`it used ${String(used)} MB of memory, ${String(memoryMegabytes)} are allowed`);
  }, LOOK_EVERY_MS);
  let hasEnded = false;
  const end = (why: string): void => {
    clearInterval(watch);
    if (hasEnded) return;
    hasEnded = true;
    ended(reason ?? why);
  };
  child.on('message', heard);
  child.on('exit', (code, signal) => { end(signal === null ? `it ended with code ${String(code)}` : `it was ended by ${signal}`); });
  child.on('error', (error) => {
    // Without a process there is no exit to wait for.
    if (child.pid === undefined) end(`it could not be started: ${error.message}`);
  });
  // What a plugin prints is not ours to keep: nobody knows what is in it.
  for (const stream of [child.stdout, child.stderr]) stream?.resume();
  return {
    send(message) {
      if (child.connected) child.send(message, () => {});
    },
    kill: () => { kill(undefined); },
  };
};

/** Resident memory of a process, buffers included; undefined where the system does not tell. */
function residentMegabytes(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')[1]);
    return Number.isFinite(pages) ? Math.round((pages * PAGE_BYTES) / MEGABYTE) : undefined;
  } catch {
    return undefined;
  }
}
