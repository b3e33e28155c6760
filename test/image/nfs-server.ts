/** The hospital's NAS, on this host: Debian's NFS server in user space, NFS 4 over TCP, believing addresses and numbers of users as they do. */
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TARGET_MARK } from '@hospay/server/backups/ports.js';
import { Listener } from '../contract/backup-servers.js';
import { freePort } from '../simulators/free-port.js';
import { HOST_SEEN_FROM_INSIDE } from './virtual-machine.js';

/** The core's, as the manual tells whoever administers the server. */
const USER_OF_THE_CORE = 700;

export type NfsServer = Awaited<ReturnType<typeof startNfsServer>>;

export async function startNfsServer() {
  const root = mkdtempSync(join(tmpdir(), 'hospay-nas-'));
  const folder = join(root, 'export/hospay');
  for (const path of [folder, join(root, 'recovery')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, TARGET_MARK), '');
  // Nobody else may even look: root of a machine is nobody there.
  for (const path of [folder, join(folder, TARGET_MARK)]) chownSync(path, USER_OF_THE_CORE, USER_OF_THE_CORE);
  const port = await freePort();
  const configuration = join(root, 'ganesha.conf');
  writeFileSync(configuration, [
    `NFS_CORE_PARAM { Protocols = 4; NFS_Port = ${String(port)}; Bind_addr = 127.0.0.1; Enable_NLM = false; Enable_RQUOTA = false; mount_path_pseudo = true; }`,
    `NFSv4 { Grace_Period = 0; Graceless = true; Only_Numeric_Owners = true; RecoveryBackend = fs; RecoveryRoot = "${join(root, 'recovery')}"; }`,
    `EXPORT { Export_Id = 1; Path = "${join(root, 'export')}"; Pseudo = "/volume1"; Access_Type = RW; Squash = Root_Squash; SecType = sys; Transports = TCP; FSAL { Name = VFS; } }`, '',
  ].join('\n'));
  const server = await Listener.start('/usr/bin/ganesha.nfsd', 'nfs-ganesha nfs-ganesha-vfs', port, ['-F', '-f', configuration, '-L', join(root, 'log'), '-p', join(root, 'pid')]);
  const place = { host: HOST_SEEN_FROM_INSIDE, port, exportPath: '/volume1', folder: 'hospay' };
  return {
    /** As a configuration has it. */
    target: { id: 'nas', nfs: place },
    from: { nfs: place },
    /** How long the set is that lies there, and whose it is; undefined where there is none of that name. */
    find(set: string): { readonly bytes: number; readonly user: number } | undefined {
      const found = statSync(join(folder, set), { throwIfNoEntry: false });
      return found === undefined ? undefined : { bytes: found.size, user: found.uid };
    },
    async stop(): Promise<void> {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
