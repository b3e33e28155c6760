/**
 * rclone, the one program that speaks to servers that keep sets (SFTP, S3, SMB; NFS by the unit of the machine that mounts it): Debian's, 1.60 and later. It is told everything by its environment, which only the same user can read: no configuration file, nothing secret on a command line. What is not secret and must be a file (host keys, an authority)
 * is one for as long as it runs.
 */
import { spawn } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askNfs } from './nfs/nfs-line.js';
import { NFS_REMOTE, type NfsExport } from './nfs/question.js';
import type { Ended, RunningRclone } from './running-rclone.js';
import { within } from './within.js';

const PROGRAM = '/usr/bin/rclone';
const REMOTE = NFS_REMOTE;
/** Of what it says only the end is of use. */
const MOST_TOLD = 8_192;
/** A folder of ten thousand files; one that lists more is no place for sets. */
const MOST_OUTPUT = 4 * 1_048_576;
const KILL_AFTER_MS = 5_000;
const NFS_PORT = 2_049;
/** What storage of the last ten years speaks. */
const NFS_VERSION = '4.1';

export type SftpPlace = { readonly protocol: 'sftp'; readonly host: string; readonly port?: number | undefined; readonly user: string; readonly password?: string | undefined; readonly privateKey?: string | undefined; readonly passphrase?: string | undefined; readonly hostKeys: readonly string[]; readonly folder?: string | undefined };
export type S3Place = { readonly protocol: 's3'; readonly endpoint: string; readonly region?: string | undefined; readonly bucket: string; readonly prefix?: string | undefined; readonly accessKeyId: string; readonly secretAccessKey: string; readonly pathStyle?: boolean | undefined; readonly authorityPem?: string | undefined; /** Trusted besides those of the system. */ readonly furtherAuthoritiesFile?: string | undefined };
export type SmbPlace = { readonly protocol: 'smb'; readonly host: string; readonly port?: number | undefined; readonly share: string; readonly folder?: string | undefined; readonly user: string; readonly domain?: string | undefined; readonly password: string };
/** Mounted by the appliance while a question is asked; rclone sees a folder. */
export type NfsPlace = { readonly protocol: 'nfs'; readonly host: string; readonly port?: number | undefined; readonly exportPath: string; readonly folder?: string | undefined; readonly version?: NfsExport['version'] | undefined };
/** What rclone reaches by itself. */
type RcloneServer = SftpPlace | S3Place | SmbPlace;
export type ServerPlace = RcloneServer | NfsPlace;

export type Rclone = {
  /** The place and what is in it, as a command names them. */
  at(name?: string): string;
  start(words: readonly string[]): Promise<RunningRclone>;
  /** To its end; undefined when it did not end in time, and was ended. */
  ask(words: readonly string[], withinMs: number): Promise<(Ended & { readonly output: string }) | undefined>;
};
/** `idleMs`: how long a connection may be silent; `connectMs`: how long it may take to come about. `program`: tests have none; `nfsSocket`: another than the machine's. */
export type RcloneOptions = { readonly place: ServerPlace; readonly idleMs: number; readonly connectMs: number; readonly program?: string | undefined; readonly nfsSocket?: string | undefined };

export function rclone({ place, idleMs, connectMs, program = PROGRAM, nfsSocket }: RcloneOptions): Rclone {
  const shared = { RCLONE_CONFIG: '/dev/null', RCLONE_RETRIES: '1', RCLONE_LOW_LEVEL_RETRIES: '3', RCLONE_TIMEOUT: `${String(idleMs)}ms`, RCLONE_CONTIMEOUT: `${String(connectMs)}ms`, RCLONE_USE_MMAP: 'true', HOME: '/nonexistent' };
  const root = rootOf(place);

  const launch = (words: readonly string[], environment: NodeJS.ProcessEnv, over: () => Promise<void>): RunningRclone => {
    const child = spawn(program, words, { env: environment, stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { told = `${told}${text}`.slice(-MOST_TOLD); });
    // What cannot be written any more is told by how it ended.
    child.stdin.on('error', () => undefined);
    const ended = new Promise<Ended>((resolve) => {
      child.once('error', (error) => { resolve({ code: undefined, told: error.message }); });
      child.once('close', (code) => { resolve({ code, told }); });
    }).then(async (end) => {
      await over();
      return end;
    });
    return {
      input: child.stdin, output: child.stdout, ended,
      async kill() {
        child.kill('SIGTERM');
        child.stdout.resume();
        const end = await within(KILL_AFTER_MS, ended);
        if (end !== undefined) return;
        child.kill('SIGKILL');
        await ended;
      },
    };
  };
  const collect = async (running: RunningRclone, withinMs: number): Promise<(Ended & { readonly output: string }) | undefined> => {
    let output = '';
    running.output.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > MOST_OUTPUT) void running.kill();
    });
    const end = await within(withinMs, running.ended);
    if (end === undefined) await running.kill();
    return end === undefined ? undefined : { ...end, output };
  };
  return {
    at: (name) => `${REMOTE}:${root}${name === undefined ? '' : `${root === '' || root.endsWith('/') ? '' : '/'}${name}`}`,
    async start(words) {
      if (place.protocol === 'nfs') {
        const { host, port = NFS_PORT, exportPath, folder, version = NFS_VERSION } = place;
        return askNfs({ socketPath: nfsSocket, place: { host, port, exportPath, ...(folder === undefined ? {} : { folder }), version }, connectMs, idleMs }, words);
      }
      const files = await mkdtemp(join(tmpdir(), 'hospay-target-'));
      const remove = (): Promise<void> => rm(files, { recursive: true, force: true });
      try {
        return launch(words, { ...shared, ...ofRemote({ ...(await settingsOf(place, files)), ...secretsOf(place) }), ...(await trustOf(place, files)) }, remove);
      } catch (error) {
        await remove();
        throw error;
      }
    },
    async ask(words, withinMs) {
      const running = await this.start(words);
      running.input.end();
      return collect(running, withinMs);
    },
  };
}

function ofRemote(settings: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[`RCLONE_CONFIG_${REMOTE}_${name}`, value]])));
}

function secretsOf(place: RcloneServer): Readonly<Record<string, string | undefined>> {
  switch (place.protocol) {
    case 'sftp':
      return { PASS: obscure(place.password), KEY_PEM: place.privateKey?.trim().replaceAll('\r', '').replaceAll('\n', '\\n').concat('\\n'), KEY_FILE_PASS: obscure(place.passphrase) };
    case 'smb':
      return { PASS: obscure(place.password) };
    case 's3':
      return { ACCESS_KEY_ID: place.accessKeyId, SECRET_ACCESS_KEY: place.secretAccessKey };
  }
}

/** How rclone wants a password (rclone, fs/config/obscure): no protection, its key is public. What guards it is that nobody else reads the environment of the process. */
const OBSCURED_BY = Buffer.from('9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638', 'hex');
function obscure(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', OBSCURED_BY, iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64url');
}

/** What is no secret. Nothing is run on a server: no hashes by its shell, no times set; a bucket is never made. */
async function settingsOf(place: RcloneServer, files: string): Promise<Readonly<Record<string, string | undefined>>> {
  switch (place.protocol) {
    case 'sftp': {
      const { host, port = 22, user, hostKeys } = place;
      const known = join(files, 'known_hosts');
      await writeFile(known, hostKeys.map((key) => `[${host}]:${String(port)} ${key}\n`).join(''), { mode: 0o600 });
      return { TYPE: 'sftp', HOST: host, PORT: String(port), USER: user, KNOWN_HOSTS_FILE: known, SHELL_TYPE: 'none', DISABLE_HASHCHECK: 'true', SET_MODTIME: 'false' };
    }
    case 'smb':
      return { TYPE: 'smb', HOST: place.host, PORT: String(place.port ?? 445), USER: place.user, DOMAIN: place.domain };
    case 's3':
      // Ten thousand pieces at most: 32 MiB let a set be 320 GB; two at once take 64 MiB of memory.
      return { TYPE: 's3', PROVIDER: 'Other', ENDPOINT: place.endpoint, REGION: place.region ?? 'us-east-1', FORCE_PATH_STYLE: String(place.pathStyle ?? true), NO_CHECK_BUCKET: 'true', CHUNK_SIZE: '32M', UPLOAD_CONCURRENCY: '2' };
  }
}

/** Whose certificates count: the authority that was given, alone; else those of the system, with those the machine was told of. */
async function trustOf(place: RcloneServer, files: string): Promise<Readonly<Record<string, string>>> {
  if (place.protocol !== 's3') return {};
  const { authorityPem, furtherAuthoritiesFile } = place;
  if (authorityPem === undefined) return furtherAuthoritiesFile === undefined ? {} : { SSL_CERT_FILE: furtherAuthoritiesFile };
  const file = join(files, 'authority.pem');
  await writeFile(file, authorityPem, { mode: 0o600 });
  return { RCLONE_CA_CERT: file };
}

function rootOf(place: ServerPlace): string {
  const below = (path: string | undefined): string => (path === undefined || path === '' ? '' : `/${path.replaceAll(/^\/+|\/+$/g, '')}`);
  switch (place.protocol) {
    case 'sftp':
      return place.folder === undefined || place.folder === '/' ? (place.folder ?? '') : place.folder.replace(/\/+$/, '');
    case 's3':
      return `${place.bucket}${below(place.prefix)}`;
    case 'smb':
      return `${place.share}${below(place.folder)}`;
    case 'nfs':
      return '';
  }
}
