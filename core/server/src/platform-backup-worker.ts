/** Taking, reading back and proving a set: the heavy half of backups. Part of the composition root; in the running platform it lives in a thread of its own, at the command line in the process. */
import { mkdir, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BACKUP_FORMAT, type BackupProgress, type BackupStep, type BackupTarget, type BackupWorker, type Manifest, type SavedDatabase, type SavedFile, type TargetFile } from './backups/ports.js';
import { BilingualError, type Bilingual } from './domain/bilingual.js';
import { readSet, writeSet, type Source } from './edges/backups/archive.js';
import { DATABASES, listConfigurationFiles, listDataFiles, WORK_FOLDER } from './edges/backups/data-files.js';
import { headsIn, type Heads } from './platform-backup-heads.js';
import { machineMilliseconds } from './edges/backups/machine-milliseconds.js';
import { bytesOfDatabase, bytesOfFiles, snapshotDatabase } from './edges/backups/snapshot.js';
import { unpackInto } from './edges/backups/unpack.js';
import { proveData } from './platform-backup-proof.js';
import { applyIncrements, besideSet } from './platform-increments-apply.js';

export type BackupWorkerParts = {
  readonly dataFolder: string;
  readonly configFolder: string;
  readonly hospital: string;
  readonly profile: string;
  readonly version: string;
  readonly targets: readonly BackupTarget[];
  /** Folders of targets that lie in the data folder. */
  readonly except: readonly string[];
  readonly recipients: readonly string[];
  /** The appliance's own identity. */
  readonly identity: string;
  /** What must stay free on the data disk: payments come first. */
  readonly reserveBytes: number;
};

const CANCELLED: Bilingual = { zh: '已取消', en: 'It was cancelled' };

export function createBackupWorker(parts: BackupWorkerParts): BackupWorker {
  let now: BackupProgress | undefined;
  let isCancelled = false;
  const check = (): void => { if (isCancelled) throw new BilingualError(CANCELLED); };
  /** One after another (the desk sees to it): each begins uncancelled and leaves the work folder empty. */
  const working = async <Value>(folder: string, work: (folder: string) => Promise<Value>): Promise<Value> => {
    isCancelled = false;
    const scratch = join(parts.dataFolder, WORK_FOLDER, folder);
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    try {
      return await work(scratch);
    } finally {
      now = undefined;
      await rm(scratch, { recursive: true, force: true });
    }
  };
  const targetOf = (id: string): BackupTarget => {
    const target = parts.targets.find((one) => one.id === id);
    if (target === undefined) throw new BilingualError({ zh: `未配置备份位置 ${id}`, en: `no target is called ${id}` });
    return target;
  };
  /** Counts bytes into shares of a step. */
  const counting = (step: BackupStep, total: number) => {
    let done = 0;
    now = { step, share: 0 };
    return (bytes: number): void => {
      done += bytes;
      now = { step, share: Math.min(10_000, Math.round((done * 10_000) / Math.max(1, total))) };
    };
  };

  return {
    progress: () => Promise.resolve(now),
    cancel() {
      isCancelled = true;
      return Promise.resolve();
    },
    take: ({ name, takenAt, follows }) => working('taking', async (folder) => {
      if (parts.targets.length === 0) throw new BilingualError({ zh: '未配置备份位置（backups.targets）', en: 'no target is configured (backups.targets)' });
      const databases = await takeDatabases(parts, folder, (share) => { now = { step: 'databases', share }; }, check);
      const copiedAtMs = machineMilliseconds();
      // After the databases: a row may name a file, and then it is there.
      const files = [...(await listDataFiles(parts.dataFolder, parts.except)), ...(await listConfigurationFiles(parts.configFolder))];
      const sources: readonly Source[] = [...databases.map(({ file, path }) => ({ file, path })), ...files];
      const heads = readHeads(folder);
      const manifest = (saved: readonly SavedFile[]): Manifest => {
        const schemas = new Map(databases.map(({ path, schema }) => [path, schema]));
        const savedDatabases: SavedDatabase[] = saved.flatMap((file) => { const schema = schemas.get(file.path); return schema === undefined ? [] : [{ ...file, schema }]; });
        return { formatVersion: BACKUP_FORMAT, product: 'hospay', name, version: parts.version, hospital: parts.hospital, profile: parts.profile, takenAt, ...heads, databases: savedDatabases, files: saved.filter(({ path }) => !schemas.has(path)), ...(follows === undefined ? {} : { follows, copiedAtMs }) };
      };
      const writing = await beginEverywhere(parts.targets, name);
      try {
        const packed = await writeSet({ sources, recipients: parts.recipients, manifest, write: (chunk) => writing.write(chunk), packed: counting('files', bytesOfFiles(sources)), check });
        return { ...packed, manifest: { takenAt, ...heads, files: sources.length }, copies: await writing.finish() };
      } catch (error) {
        await writing.discard();
        throw error;
      }
    }),
    verify: ({ name, target }) => working('verifying', async () => {
      const from = targetOf(target);
      const read = counting('verify', (await from.list()).find((set) => set.name === name)?.bytes ?? 0);
      await readSet({ source: counted(await from.read(name), read), identities: [parts.identity], check });
    }),
    prove: ({ name, target }) => working('proving', async (folder) => {
      const from = targetOf(target);
      const read = counting('extract', (await from.list()).find((set) => set.name === name)?.bytes ?? 0);
      const room = (await freeBytes(folder)) - parts.reserveBytes;
      let unpacked = 0;
      const manifest = await extractSet({
        source: counted(await from.read(name), read), identities: [parts.identity], folder, check,
        read: (bytes) => {
          unpacked += bytes;
          // The disk is the payments': a proof that would fill it ends.
          if (unpacked > room) throw new BilingualError({ zh: '数据盘剩余空间不足以恢复演练', en: 'the data disk has no room for the proof' });
        },
      });
      // What a restore would give: the set, and what followed it.
      const whole = await applyIncrements({ folder, manifest, source: besideSet(name, from), identities: [parts.identity], check, reserveBytes: parts.reserveBytes });
      now = { step: 'prove', share: 0 };
      return { ...(await proveData(join(folder, 'data'), whole.manifest)), increments: whole.applied };
    }),
  };
}

/** Unpacks a set into an empty folder (`data/…`, `configuration/…`), each file on the disk before the next, and compares all of it with its manifest. */
export async function extractSet({ source, identities, folder, check, read }: { readonly source: AsyncIterable<Uint8Array>; readonly identities: readonly string[]; readonly folder: string; readonly check?: () => void; readonly read?: (bytes: number) => void }): Promise<Manifest> {
  return readSet({
    source, identities, ...(check === undefined ? {} : { check }), ...(read === undefined ? {} : { read }),
    take: (path, content) => unpackInto(folder, path, content),
  });
}

type Copied = { readonly file: string; readonly path: string; readonly schema: readonly string[] };

/** Money first: what of the others it names was written before it. */
async function takeDatabases({ dataFolder, reserveBytes }: BackupWorkerParts, folder: string, told: (share: number) => void, check: () => void): Promise<readonly Copied[]> {
  const needed = DATABASES.reduce((sum, name) => sum + bytesOfDatabase(join(dataFolder, name)), 0);
  if ((await freeBytes(folder)) - needed < reserveBytes) throw new BilingualError({ zh: `数据盘剩余空间不足：备份须临时占用约 ${megabytes(needed)} MB`, en: `the data disk is too full: a backup takes about ${megabytes(needed)} MB of it for a while` });
  const copies: Copied[] = [];
  for (const [index, name] of DATABASES.entries()) {
    check();
    told(Math.round((index * 10_000) / DATABASES.length));
    const file = join(folder, name);
    await snapshotDatabase(join(dataFolder, name), file);
    copies.push({ file, path: `data/${name}`, schema: schemaOf(file) });
  }
  return copies;
}

function schemaOf(file: string): readonly string[] {
  const table = basename(file) === 'money.sqlite' ? 'money_migration' : basename(file) === 'platform.sqlite' ? 'schema_migration' : undefined;
  return table === undefined ? [] : inside(file, (database) => database.prepare(`SELECT name FROM ${table} ORDER BY rowid`).all().map(({ name }) => String(name)));
}

/** Of the copies, not of the running databases: those have gone on. */
function readHeads(folder: string): Heads {
  const opened = new Map(DATABASES.map((name) => [name as string, new DatabaseSync(join(folder, name), { readOnly: true })]));
  try {
    return headsIn((name) => opened.get(name));
  } finally {
    for (const database of opened.values()) database.close();
  }
}

function inside<Value>(file: string, work: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** One stream into every target that takes it; a target that fails drops out, and the others go on. */
async function beginEverywhere(targets: readonly BackupTarget[], name: string) {
  const writing = new Map<string, TargetFile>();
  const problems = new Map<string, Bilingual>();
  const drop = async (id: string, error: unknown): Promise<void> => {
    if (!(error instanceof BilingualError)) throw error;
    problems.set(id, error.said);
    await writing.get(id)?.discard();
    writing.delete(id);
    if (writing.size === 0 && problems.size === targets.length) throw new BilingualError({ zh: [...problems].map(([target, { zh }]) => `${target}：${zh}`).join('；'), en: [...problems].map(([target, { en }]) => `${target}: ${en}`).join('; ') });
  };
  const each = async (work: (file: TargetFile) => Promise<void>): Promise<void> => {
    const tried = await Promise.allSettled([...writing].map(async ([id, file]) => { try { await work(file); } catch (error) { await drop(id, error); } }));
    for (const one of tried) if (one.status === 'rejected') throw one.reason;
  };
  for (const target of targets) {
    try {
      writing.set(target.id, await target.begin(name));
    } catch (error) {
      await drop(target.id, error);
    }
  }
  return {
    write: (chunk: Uint8Array) => each((file) => file.write(chunk)),
    async finish() {
      await each((file) => file.finish());
      return targets.map(({ id }) => { const problem = problems.get(id); return problem === undefined ? { target: id } : { target: id, problem }; });
    },
    async discard() {
      for (const file of writing.values()) await file.discard();
      writing.clear();
    },
  };
}

async function* counted(source: AsyncIterable<Uint8Array>, read: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    read(chunk.byteLength);
    yield chunk;
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const megabytes = (bytes: number): string => String(Math.ceil(bytes / 1_048_576));
