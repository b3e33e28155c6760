/** A folder as a target of backups: a disk, or a share the system mounts. */
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { TARGET_MARK, type BackupTarget, type StoredSet, type TargetState } from '../../backups/ports.js';
import { BilingualError, type Bilingual } from '../../domain/bilingual.js';
import { isIncrement, isPieceOf, isSet, mustBeOurs, pieceOf } from './set-files.js';

export type FolderTargetOptions = {
  readonly id: string;
  readonly folder: string;
  /** Whose sets these are: pieces another hospital's box is writing are its own. */
  readonly hospital: string;
  /** Only for the demo and tests: the folder is made, with its mark, when it is not there. */
  readonly makes?: boolean;
  /** Free bytes of the target; tests have small disks. */
  readonly freeBytes?: (folder: string) => Promise<number>;
};

export function folderTarget({ id, folder, hospital, makes = false, freeBytes = freeBytesOf }: FolderTargetOptions): BackupTarget {
  const pathOf = (name: string): string => join(folder, mustBeOurs(name));
  const listing = async (isWanted: (name: string) => boolean): Promise<readonly StoredSet[]> => {
    const said = await why();
    if (said !== undefined) throw new BilingualError(said);
    const names = (await readdir(folder)).filter((name) => isWanted(name));
    return Promise.all(names.toSorted().map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })));
  };
  const why = async (): Promise<Bilingual | undefined> => {
    try {
      if (makes) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await (await open(join(folder, TARGET_MARK), 'a', 0o600)).close();
      }
      await stat(join(folder, TARGET_MARK));
      return undefined;
    } catch (error) {
      return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
        ? { zh: `${folder} 中没有标记文件 ${TARGET_MARK}：磁盘或共享未挂载，或尚未启用为备份位置`, en: `${folder} has no ${TARGET_MARK}: the disk or share is not mounted, or was never made a target` }
        : saidOf(error, folder);
    }
  };
  return {
    id, protocol: 'folder', place: folder,
    async state(): Promise<TargetState> {
      const said = await why();
      if (said !== undefined) return { kind: 'unusable', said };
      try {
        return { kind: 'ready', freeBytes: await freeBytes(folder) };
      } catch (error) {
        return { kind: 'unusable', said: saidOf(error, folder) };
      }
    },
    list: () => listing(isSet),
    increments: () => listing(isIncrement),
    all: () => listing((name) => isSet(name) || isIncrement(name)),
    async begin(name) {
      const said = await why();
      if (said !== undefined) throw new BilingualError(said);
      const [whole, part] = [pathOf(name), join(folder, pieceOf(name))];
      const told = async <Value>(work: () => Promise<Value>): Promise<Value> => {
        try {
          return await work();
        } catch (error) {
          throw new BilingualError(saidOf(error, folder));
        }
      };
      const handle = await told(() => open(part, 'wx', 0o600));
      return {
        write: (chunk) => told(async () => { await handle.writeFile(chunk); }),
        finish: () => told(async () => {
          await handle.sync();
          await handle.close();
          // Unmounted in the middle, the path is another disk by now: without its mark nothing is called a set.
          await stat(join(folder, TARGET_MARK));
          await rename(part, whole);
          const directory = await open(folder, 'r');
          try {
            await directory.sync().catch(() => undefined);
          } finally {
            await directory.close();
          }
        }),
        async discard() {
          await handle.close().catch(() => undefined);
          await rm(part, { force: true }).catch(() => undefined);
        },
      };
    },
    async read(name) {
      const path = pathOf(name);
      const said = await why();
      if (said !== undefined) throw new BilingualError(said);
      if ((await stat(path).catch(() => undefined)) === undefined) throw new BilingualError({ zh: `${folder} 中没有备份 ${name}`, en: `there is no set ${name} in ${folder}` });
      return createReadStream(path, { highWaterMark: 1_048_576 });
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
    async clean() {
      if ((await why()) !== undefined) return;
      for (const name of await readdir(folder)) if (isPieceOf(hospital, name)) await rm(join(folder, name), { force: true });
    },
  };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function saidOf(error: unknown, folder: string): Bilingual {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return { zh: `${folder} 空间不足`, en: `${folder} is full` };
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return { zh: `${folder} 不允许写入（${code}）`, en: `${folder} may not be written (${code})` };
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'EIO' || code === 'ESTALE' || code === 'ENOTCONN') return { zh: `${folder} 已断开（${code}）`, en: `${folder} is gone (${code})` };
  return { zh: `${folder} 无法使用：${error instanceof Error ? error.message : String(error)}`, en: `${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}` };
}
