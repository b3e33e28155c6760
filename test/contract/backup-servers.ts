/** Servers that keep sets, on the loopback: Debian's own sshd and smbd, started by whoever runs the tests, and an object storage that checks signatures. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { TARGET_MARK } from '@hospay/server/backups/ports.js';
import { serveQuestion, type NfsMachine } from '@hospay/server/edges/backups/nfs/serve-question.js';
import type { NfsPlace, S3Place, SftpPlace, SmbPlace } from '@hospay/server/edges/backups/rclone.js';
import { freePort } from '../simulators/free-port.js';
import { startS3Simulator } from '../simulators/s3/start-s3-simulator.js';

const UP_WITHIN_MS = 15_000;

/** A program of Debian's that listens; it is not skipped where it is missing. */
export class Listener {
  readonly port: number;
  readonly #child: ChildProcess;
  #said = '';
  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { this.#said = `${this.#said}${chunk.toString('utf8')}`.slice(-4_000); });
  }
  static async start(program: string, pack: string, port: number, words: readonly string[]): Promise<Listener> {
    if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install --no-install-recommends ${pack}`);
    const listener = new Listener(spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] }), port);
    for (const until = Date.now() + UP_WITHIN_MS; !(await answers(port));) {
      if (Date.now() > until || listener.#child.exitCode !== null) throw new Error(`${program} does not listen: ${listener.#said}`);
      await new Promise((go) => { setTimeout(go, 50); });
    }
    return listener;
  }
  /** What it is and what serves its connections: none of them says a word from now on. */
  freeze(): void {
    for (const pid of treeOf(this.#child.pid ?? 0)) process.kill(pid, 'SIGSTOP');
  }
  thaw(): void {
    for (const pid of treeOf(this.#child.pid ?? 0)) process.kill(pid, 'SIGCONT');
  }
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const pids = treeOf(this.#child.pid ?? 0);
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
    for (const pid of pids) try { process.kill(pid, 'SIGKILL'); } catch { /* ended with it */ }
  }
}

function treeOf(pid: number): readonly number[] {
  const children = existsSync(`/proc/${String(pid)}`) ? readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').split(' ').filter((text) => text !== '').map(Number) : [];
  return [pid, ...children.flatMap((child) => treeOf(child))];
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => { resolve(false); });
  });
}

function markedFolder(root: string): string {
  const folder = join(root, 'sets');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, TARGET_MARK), '');
  return folder;
}

const publicKey = (file: string): string => readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();

/** OpenSSH with three host keys, as servers have them; one account, by key. */
export async function startSftpServer(root: string) {
  const folder = markedFolder(root);
  const key = (name: string, kind: string, passphrase = ''): string => {
    execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', passphrase, '-C', '', '-f', join(root, name)]);
    return join(root, name);
  };
  const hosts = [key('host-rsa', 'rsa'), key('host-ecdsa', 'ecdsa'), key('host-ed25519', 'ed25519')];
  const [account, guarded, stranger] = [key('account', 'ed25519'), key('guarded', 'ecdsa', 'a phrase'), key('stranger', 'ed25519')];
  writeFileSync(join(root, 'authorized'), [account, guarded].map((file) => readFileSync(`${file}.pub`, 'utf8')).join(''));
  const port = await freePort();
  writeFileSync(join(root, 'sshd.conf'), [
    `Port ${String(port)}`, 'ListenAddress 127.0.0.1', ...hosts.map((file) => `HostKey ${file}`), `AuthorizedKeysFile ${join(root, 'authorized')}`, 'StrictModes no', 'UsePAM no', 'PidFile none', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password', 'ForceCommand internal-sftp', 'Subsystem sftp internal-sftp', '',
  ].join('\n'));
  // Of the package's own unit: it separates its rights there when it is root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const server = await Listener.start('/usr/sbin/sshd', 'openssh-server', port, ['-D', '-e', '-f', join(root, 'sshd.conf')]);
  const place: SftpPlace = { protocol: 'sftp', host: '127.0.0.1', port, user: userInfo().username, privateKey: readFileSync(account, 'utf8'), hostKeys: hosts.map(publicKey), folder };
  return { server, folder, place, guardedKey: readFileSync(guarded, 'utf8'), strangersKey: readFileSync(stranger, 'utf8'), anotherHostKey: publicKey(stranger) };
}

/** Of the password below; NT hash, as `smbpasswd` writes it. */
const SMB_PASSWORD = 'Geheim-1';
const SMB_HASH = 'C8D5E43F14E387BFC4615D69AC12C0D5';

/** Samba with a share that takes and one that only gives. */
export async function startSmbServer(root: string) {
  const folder = markedFolder(root);
  for (const name of ['private', 'lock', 'state', 'cache', 'pid', 'ncalrpc']) mkdirSync(join(root, name), { recursive: true });
  const { username, uid } = userInfo();
  writeFileSync(join(root, 'private/smbpasswd'), `${username}:${String(uid)}:${'X'.repeat(32)}:${SMB_HASH}:[U          ]:LCT-65000000:\n`, { mode: 0o600 });
  const port = await freePort();
  writeFileSync(join(root, 'smb.conf'), [
    '[global]', 'server role = standalone server', 'interfaces = 127.0.0.1', 'bind interfaces only = yes', 'disable netbios = yes', 'load printers = no', 'printing = bsd', 'printcap name = /dev/null', 'disable spoolss = yes', 'server min protocol = SMB2_10', `smb ports = ${String(port)}`,
    `private dir = ${join(root, 'private')}`, `lock directory = ${join(root, 'lock')}`, `state directory = ${join(root, 'state')}`, `cache directory = ${join(root, 'cache')}`, `pid directory = ${join(root, 'pid')}`, `ncalrpc dir = ${join(root, 'ncalrpc')}`, `passdb backend = smbpasswd:${join(root, 'private/smbpasswd')}`, `log file = ${join(root, 'log')}`,
    '[backup]', `path = ${root}`, 'read only = no', '[archive]', `path = ${root}`, 'read only = yes', '',
  ].join('\n'));
  const server = await Listener.start('/usr/sbin/smbd', 'samba', port, ['--foreground', '--no-process-group', '-s', join(root, 'smb.conf'), '-p', String(port), '--debug-stdout']);
  const place: SmbPlace = { protocol: 'smb', host: '127.0.0.1', port, share: 'backup', folder: 'sets', user: username, password: SMB_PASSWORD };
  return { server, folder, place };
}

export async function startS3Server(tls?: { readonly keyPem: string; readonly certificatePem: string }) {
  const place: S3Place = { protocol: 's3', endpoint: '', bucket: 'hospay', prefix: 'his/sets', accessKeyId: 'AKHOSPAYTEST', secretAccessKey: 'canary+secret/of=the-bucket' };
  const server = await startS3Simulator({ ...place, ...(tls === undefined ? {} : { tls }) });
  server.put(`his/sets/${TARGET_MARK}`, '');
  return { server, place: { ...place, endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(server.port)}` } satisfies S3Place };
}

/**
 * What systemd does for `hospay-nfs.socket`, with the machine's own program behind each connection. The mount alone is not the kernel's: the image's test has that, against a server of Debian.
 */
export async function startNfsMachine(root: string) {
  const folder = markedFolder(root);
  const socketPath = join(root, 'nfs.sock');
  const connections = new Set<Socket>();
  const machine: { mount: NfsMachine['mount']; program: string } = { mount: ({ place: { exportPath } }) => Promise.resolve(join(root, exportPath)), program: '/usr/bin/rclone' };
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    void serveQuestion(connection, { mount: (question) => machine.mount(question), program: machine.program }).then(() => { connection.destroy(); });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  const place: NfsPlace = { protocol: 'nfs', host: 'nas.yiyuan', exportPath: '/', folder: 'sets' };
  const stop = async (): Promise<void> => {
    for (const connection of connections) connection.destroy();
    server.close();
    await once(server, 'close');
  };
  return { machine, folder, place, socketPath, connections, stop };
}
