/**
 * `hospay-plugin@.service`: one plugin. Standard input is its line to the core. Puts the package into the folder that is this unit's alone, starts the guest as the core itself would, and hands messages on. When the
 * core hangs up, both end at once; what is left of the unit the service manager ends.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, resolve, sep } from 'node:path';
import { frameOf, readFrames } from './frames.js';
import { forkedGuestLine, type GuestLine } from './guest-line.js';
import { LONGEST_PACKAGE_BYTES, MEBIBYTE, type FromUnit, type ToUnit } from './unit-messages.js';

const STANDARD_INPUT = 0;
/** Names and what holds the files together. */
const LARGEST_HEAD_BYTES = 8 * MEBIBYTE;
const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
const line = new Socket({ fd: STANDARD_INPUT, readable: true, writable: true });
let guest: GuestLine | undefined;
let entryPath = '';

const say = (message: FromUnit, then: () => void = () => {}): void => { line.write(frameOf(message), then); };
function leave(): never {
  guest?.kill();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

readFrames(line, LONGEST_PACKAGE_BYTES + LARGEST_HEAD_BYTES, (message) => { take(message as ToUnit); }, leave);
line.on('end', leave);
line.on('close', leave);
line.on('error', leave);

function take(message: ToUnit): void {
  if (message.kind === 'guest') {
    // The host names the place where the package lies there.
    guest?.send(message.message.kind === 'load' ? { kind: 'load', entry: entryPath } : message.message);
    return;
  }
  if (guest !== undefined) return;
  for (const { path, bytes } of message.files) {
    const file = within(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  entryPath = within(message.entry);
  guest = forkedGuestLine({
    folder, entryPath, memoryMegabytes: message.memoryMegabytes,
    heard: (told) => { say({ kind: 'guest', message: told }); },
    ended: (reason) => { say({ kind: 'ended', reason }, leave); },
  });
}

function within(path: string): string {
  const file = resolve(folder, normalize(path));
  if (!file.startsWith(folder + sep)) throw new Error(`${path} is not in the package`);
  return file;
}
