/** Taking increments (增量) and sending them to the targets: the heavy half of continuous backup. Part of the composition root; lives in a thread of its own. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeIncrementName, readIncrementName } from './backups/increment-name.js';
import { BACKUP_FORMAT, type BackupTarget, type IncrementManifest, type IncrementWorker, type SavedFile, type StoredSet, type StreamMark, type TargetFile, type TargetProgress } from './backups/ports.js';
import { BilingualError, quoted, type Bilingual } from './domain/bilingual.js';
import { readIncrement, writeSet, type Source } from './edges/backups/archive.js';
import { DATABASES, INCREMENTS_FOLDER, listConfigurationFiles, listDataFiles, WORK_FOLDER } from './edges/backups/data-files.js';
import { headsIn } from './platform-backup-heads.js';
import { sealOf } from './edges/backups/increment-seal.js';
import { LogFollower, LogLost, type LoggedChange } from './edges/backups/log-follower.js';
import { machineMilliseconds } from './edges/backups/machine-milliseconds.js';
import type { BackupWorkerParts } from './platform-backup-worker.js';

export type IncrementWorkerParts = Omit<BackupWorkerParts, 'profile'> & { /** What waits for targets takes no more of the data disk. */ readonly mostWaitingBytes: number };

/** Of the log of the payments: as much as two starts of work at a large hospital leave. A payment then waits for one short pass, once. */
const HOLD_WRITERS_ABOVE_BYTES = 64 * 1_048_576;

/** Before the name of one that is not whole yet. */
const DRAFT = '.';

type Stream = { readonly id: string; no: number; readonly followers: ReadonlyMap<string, LogFollower>; files: ReadonlyMap<string, string> };
type Progress = { /** Unknown until the target was read once. */ sent?: Set<string>; last?: StreamMark & { readonly takenAt: string; readonly name: string }; missing?: StreamMark; lacksBase?: boolean; problem?: Bilingual };

export function createIncrementWorker(parts: IncrementWorkerParts): IncrementWorker {
  const waitingFolder = join(parts.dataFolder, INCREMENTS_FOLDER);
  const scratch = join(parts.dataFolder, WORK_FOLDER, 'increment');
  const progress = new Map<string, Progress>(parts.targets.map(({ id }) => [id, {}]));
  /** When each of those that wait was taken. */
  const takenAts = new Map<string, string>();
  let stream: Stream | undefined;
  let beginning: Promise<Stream> | undefined;

  /** One run at a time: a set may ask for its mark while the first increment begins. Of two runs one would be read by nobody, and hold the logs of the databases for ever. */
  const begin = async (): Promise<Stream> => stream ?? (await (beginning ??= beginRun().finally(() => { beginning = undefined; })));
  const beginRun = async (): Promise<Stream> => {
    // What a crash left half written is nobody's.
    for (const name of await readdir(waitingFolder).catch(() => [])) if (name.startsWith(DRAFT)) await rm(join(waitingFolder, name), { force: true });
    // The files first: one that comes meanwhile is then new to the first increment.
    const files = await listFiles(parts);
    if (isClosed) throw new BilingualError({ zh: '平台正在停止', en: 'the platform is stopping' });
    const followers = new Map<string, LogFollower>();
    try {
      // The others are written so little that their logs are worked off between two writes; and who writes them does not wait for anybody else.
      for (const name of DATABASES) followers.set(name, new LogFollower(join(parts.dataFolder, name), name === 'money.sqlite' ? { holdWritersAboveBytes: HOLD_WRITERS_ABOVE_BYTES } : {}));
    } catch (error) {
      for (const follower of followers.values()) follower.close();
      throw error;
    }
    stream = { id: randomBytes(4).toString('hex'), no: 0, followers, files };
    return stream;
  };
  const end = (): void => {
    for (const follower of stream?.followers.values() ?? []) {
      try {
        follower.close();
      } catch {
        // What broke it may hinder its end.
      }
    }
    stream = undefined;
  };
  const waiting = async (): Promise<readonly StoredSet[]> => {
    const names = (await readdir(waitingFolder).catch(() => [])).filter((name) => readIncrementName(name) !== undefined).toSorted();
    return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(waitingFolder, name))).size })));
  };

  const sendTo = async (target: BackupTarget, names: readonly string[], base: string | undefined): Promise<void> => {
    const of = progress.get(target.id) ?? {};
    progress.set(target.id, of);
    try {
      // Another drive may be plugged in by now. A server is asked when there is something for it.
      if (of.sent === undefined || target.protocol === 'folder' || names.some((name) => of.sent?.has(name) !== true)) {
        const there = new Set((await target.all()).map(({ name }) => name));
        if (of.last !== undefined && !there.has(of.last.name)) of.missing = of.last;
        of.sent = there;
        of.lacksBase = base !== undefined && !there.has(base);
      }
      for (const name of names) {
        if (isClosed) break;
        if (!of.sent.has(name)) await sendOne(target, name);
        of.sent.add(name);
        const read = readIncrementName(name);
        if (read !== undefined) of.last = { stream: read.stream, no: read.no, takenAt: takenAts.get(name) ?? '', name };
      }
      delete of.problem;
    } catch (error) {
      if (!(error instanceof BilingualError)) throw error;
      of.problem = error.said;
    }
  };
  /** What is being written at this moment: a stop waits for no server. */
  const writing = new Set<TargetFile>();
  let isClosed = false;
  const sendOne = async (target: BackupTarget, name: string): Promise<void> => {
    const file = await target.begin(name);
    writing.add(file);
    try {
      for await (const chunk of createReadStream(join(waitingFolder, name), { highWaterMark: 1_048_576 }) as AsyncIterable<Uint8Array>) await file.write(chunk);
      await file.finish();
    } catch (error) {
      await file.discard();
      throw error;
    } finally {
      writing.delete(file);
    }
    // As with a set: it is there when it was read from there.
    const { takenAt } = await readIncrement({ source: await target.read(name), identities: [parts.identity] });
    takenAts.set(name, takenAt);
  };
  /** Goes where every target has it; the oldest go when the others never come, and those targets are told to have a gap. */
  const clear = async (): Promise<void> => {
    const all = [...progress.values()];
    const kept: StoredSet[] = [];
    for (const one of await waiting()) {
      if (all.every(({ sent }) => sent?.has(one.name) === true)) await forget(one.name);
      else kept.push(one);
    }
    let bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of kept) {
      if (bytes <= parts.mostWaitingBytes) break;
      bytes -= one.bytes;
      const read = readIncrementName(one.name);
      for (const of of all) if (of.sent?.has(one.name) !== true && read !== undefined) of.missing = { stream: read.stream, no: read.no };
      await forget(one.name);
    }
  };
  const forget = async (name: string): Promise<void> => {
    await rm(join(waitingFolder, name), { force: true });
    takenAts.delete(name);
  };

  return {
    async mark() {
      const { id, no } = await begin();
      return { stream: id, no };
    },

    async capture({ takenAt }) {
      const now = await begin();
      const beganAtMs = machineMilliseconds();
      await assertRoom(parts);
      const looks: [name: string, change: LoggedChange][] = [];
      let isKept = false;
      try {
        // Money first: what of the others it names was written before it.
        for (const [name, follower] of now.followers) looks.push([name, follower.look()]);
        const listed = await listFiles(parts);
        const files = (await listSources(parts)).filter(({ path }) => listed.get(path) !== undefined && listed.get(path) !== now.files.get(path));
        const changed = looks.filter(([, change]) => change.pages > 0);
        if (changed.length > 0 || files.length > 0) {
          const no = now.no + 1;
          const name = makeIncrementName({ hospital: parts.hospital, takenAt: new Date(takenAt), recipients: parts.recipients, stream: now.id, no });
          await rm(scratch, { recursive: true, force: true });
          await mkdir(scratch, { recursive: true, mode: 0o700 });
          const pages: Source[] = changed.map(([database, change]) => {
            const file = join(scratch, `${database}.pages`);
            change.writeTo(file);
            return { path: `data/${database}.pages`, file };
          });
          const heads = headsIn((database) => looks.find(([of]) => of === database)?.[1].database);
          const isPages = new Set(pages.map(({ path }) => path));
          const manifest = (saved: readonly SavedFile[]): IncrementManifest => {
            const told = { formatVersion: BACKUP_FORMAT, product: 'hospay', kind: 'increment', name, version: parts.version, hospital: parts.hospital, stream: now.id, no, takenAt, beganAtMs, ...heads, pages: saved.filter(({ path }) => isPages.has(path)), files: saved.filter(({ path }) => !isPages.has(path)) } as const;
            return { ...told, seal: sealOf(told, parts.identity) };
          };
          await keep(name, { sources: [...pages, ...files], recipients: parts.recipients, manifest });
          takenAts.set(name, takenAt);
          now.no = no;
        }
        now.files = listed;
        isKept = true;
        for (const [, change] of looks) change.accept();
        return { stream: now.id, no: now.no };
      } catch (error) {
        // What was not kept is seen again. When the log itself is at fault, a new stream begins, behind a new set.
        if (isKept || !(await givenBack(looks, error))) end();
        throw error instanceof BilingualError ? error : new BilingualError({ zh: `增量未能生成：${quoted(messageOf(error)).zh}`, en: `the increment could not be taken: ${messageOf(error)}` });
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },

    async send({ bases }) {
      const names = (await waiting()).map(({ name }) => name);
      await Promise.all(parts.targets.map((target) => sendTo(target, names, bases[target.id])));
      await clear();
      const left = await waiting();
      return parts.targets.map(({ id }): TargetProgress => {
        const { sent, last, missing, lacksBase = false, problem } = progress.get(id) ?? {};
        return { target: id, lacksBase, waiting: left.filter(({ name }) => sent?.has(name) !== true).length, last, missing, problem };
      });
    },

    async close() {
      isClosed = true;
      end();
      // What was not sent waits here for the next start.
      await Promise.all([...writing].map((file) => file.discard()));
    },
  };

  /** Sealed as a set is, read back from this disk, and only then under its name. */
  async function keep(name: string, { sources, recipients, manifest }: { readonly sources: readonly Source[]; readonly recipients: readonly string[]; readonly manifest: (saved: readonly SavedFile[]) => IncrementManifest }): Promise<void> {
    await mkdir(waitingFolder, { recursive: true, mode: 0o700 });
    const draft = join(waitingFolder, `${DRAFT}${name}`);
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await writeSet({ sources, recipients, manifest, write: async (chunk) => { await file.writeFile(chunk); }, check: () => {} });
      await file.sync();
    } finally {
      await file.close();
    }
    await readIncrement({ source: createReadStream(draft), identities: [parts.identity] });
    await rename(draft, join(waitingFolder, name));
  }
}

/** Whether the stream can go on. */
async function givenBack(looks: readonly (readonly [string, LoggedChange])[], error: unknown): Promise<boolean> {
  let isWhole = looks.length === DATABASES.length && !(error instanceof LogLost);
  for (const [, change] of looks) {
    try {
      change.giveBack();
    } catch {
      isWhole = false;
    }
  }
  return isWhole;
}

async function listSources({ dataFolder, except, configFolder }: IncrementWorkerParts): Promise<readonly Source[]> {
  return [...(await listDataFiles(dataFolder, except)), ...(await listConfigurationFiles(configFolder))];
}
/** What says whether a file is another than it was. */
async function listFiles(parts: IncrementWorkerParts): Promise<ReadonlyMap<string, string>> {
  const listed = new Map<string, string>();
  for (const { path, file } of await listSources(parts)) {
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined) listed.set(path, `${String(found.size)} ${String(found.mtimeMs)} ${String(found.ino)}`);
  }
  return listed;
}

async function assertRoom({ dataFolder, reserveBytes }: IncrementWorkerParts): Promise<void> {
  const { bavail, bsize } = await statfs(dataFolder);
  if (bavail * bsize < reserveBytes) throw new BilingualError({ zh: '数据盘剩余空间不足，暂停连续备份', en: 'the data disk is too full: no increment is taken' });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
