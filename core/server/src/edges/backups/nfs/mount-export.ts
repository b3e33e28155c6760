/** How an NFS export is mounted: by the kernel alone. `mount.nfs` is not needed for version 4, and is not on the machine. */
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { within } from '../within.js';
import type { NfsExport } from './question.js';

const MOUNT_PROGRAM = '/usr/bin/mount';
const TENTH = 100;

/**
 * The words after `mount`. `softerr`: a server that goes away is an error after a minute at most, for whoever waits; without it the kernel waits for ever.
 * @param address of its host. @param silentMs how long the server may be silent before a question is repeated: twice, each time longer
 */
export function mountWords(place: NfsExport, address: string, at: string, silentMs: number): readonly string[] {
  const shown = isIP(address) === 6 ? `[${address}]` : address;
  const options = ['nosuid', 'nodev', 'noexec', 'softerr', `timeo=${String(Math.max(10, Math.round(silentMs / 6 / TENTH)))}`, 'retrans=2', `proto=tcp${isIP(address) === 6 ? '6' : ''}`, `vers=${place.version}`, `port=${String(place.port)}`, `addr=${address}`, `clientaddr=${isIP(address) === 6 ? '::' : '0.0.0.0'}`];
  return ['-i', '-t', 'nfs4', '-o', options.join(','), `${shown}:${place.exportPath}`, at];
}

/** What a mount that failed said, as a line for people. */
export class MountRefused extends Error {}

/** Mounts, in the mount namespace of this process. @throws MountRefused with what the system said */
export async function mountExport(place: NfsExport, at: string, { connectMs, idleMs }: { readonly connectMs: number; readonly idleMs: number }): Promise<void> {
  const found = await within(connectMs, lookup(place.host).catch(() => null));
  if (found === undefined || found === null) throw new MountRefused(`no such host: ${place.host}`);
  // In the words of errno: the newer way of mounting says one sentence for every failure of a server.
  const child = spawn(MOUNT_PROGRAM, mountWords(place, found.address, at, idleMs), { env: { PATH: '/usr/sbin:/usr/bin', LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { told = `${told}${text}`.slice(0, 2_000); });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const code = await within(connectMs + idleMs, ended);
  if (code === undefined) {
    child.kill('SIGKILL');
    throw new MountRefused('mount: i/o timeout');
  }
  if (code !== 0) throw new MountRefused(told.split('\n')[0]?.replace(`${at}: `, '') ?? 'mount failed');
}
