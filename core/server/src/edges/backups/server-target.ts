/** A server as a target of backups: SFTP, S3, SMB or NFS, by rclone. Every question has a deadline: one that hangs is given up, and the other targets go on. */
import { TARGET_MARK, type BackupTarget, type StoredSet, type TargetState } from '../../backups/ports.js';
import { BilingualError, type Bilingual } from '../../domain/bilingual.js';
import { rclone, type ServerPlace } from './rclone.js';
import type { Ended, RunningRclone } from './running-rclone.js';
import { readFailure, sayFailure } from './server-failures.js';
import { isIncrement, isPieceOf, isSet, mustBeOurs, pieceOf, wholeOf } from './set-files.js';
import { within } from './within.js';

/** How long is waited for what, in milliseconds. */
export type ServerPatience = {
  /** A connection that comes about, and one over which nothing is heard. */
  readonly connectMs: number;
  readonly idleMs: number;
  /** A question: what lies there, a name that is changed, something removed. */
  readonly askMs: number;
  /** For somebody who looks at a page. */
  readonly lookMs: number;
  /** One piece handed over or fetched: rclone may send 32 MiB of S3 first. */
  readonly pieceMs: number;
  /** The end of a set: what rclone still holds, and for S3 a copy made by the server. */
  readonly endMs: number;
  /** Waited for in all, before it is asked how fast it is. */
  readonly slowAfterMs: number;
};
const PATIENCE: ServerPatience = { connectMs: 10_000, idleMs: 60_000, askMs: 30_000, lookMs: 5_000, pieceMs: 300_000, endMs: 1_800_000, slowAfterMs: 600_000 };
/** A page asks often; nobody is to wait for the same answer twice, nor may each look be a process more. */
const STATE_KEPT_MS = 15_000;
const CLEAN_MS = 10_000;
/** A target that takes less would hold all others until the morning. */
const LEAST_BYTES_PER_SECOND = 100_000;
/** As little room as no set fits in: what a server calls just a failure was that. */
const NO_ROOM_BYTES = 16 * 1_048_576;

export type ServerTargetOptions = { readonly id: string; readonly place: ServerPlace; /** Whose sets these are. */ readonly hospital: string; readonly patience?: Partial<ServerPatience>; readonly program?: string; readonly nfsSocket?: string };

export function serverTarget({ id, place, hospital, patience: given = {}, program, nfsSocket }: ServerTargetOptions): BackupTarget {
  const patience = { ...PATIENCE, ...given };
  const told = sayPlace(place);
  const remote = rclone({ place, connectMs: patience.connectMs, idleMs: patience.idleMs, program, nfsSocket });
  const failed = (ended: Ended | undefined): BilingualError => new BilingualError(sayFailure(told, ended));
  /** What is wrong with this machine is told of the target alone: the others go on. */
  const begun = async <Value>(work: Promise<Value>): Promise<Value> => work.catch((error: unknown) => { throw new BilingualError({ zh: `本机无法运行 rclone（${String(error)}）`, en: `this machine cannot run rclone (${String(error)})` }); });
  const ask = async (words: readonly string[], withinMs = patience.askMs): Promise<string> => {
    const ended = await begun(remote.ask(words, withinMs));
    if (ended?.code !== 0) throw failed(ended);
    return ended.output;
  };
  /** All that lies there, once it was seen to be a target. */
  const look = async (): Promise<readonly StoredSet[]> => {
    const files = readListing(await ask(['lsjson', '--files-only', '--no-modtime', '--no-mimetype', remote.at()]), told);
    if (!files.some(({ name }) => name === TARGET_MARK)) throw new BilingualError({ zh: `${told} 中没有标记文件 ${TARGET_MARK}：路径不对，或尚未启用为备份位置`, en: `${told} has no ${TARGET_MARK}: the path is another, or it was never made a target` });
    return files;
  };
  const listing = async (isWanted: (name: string) => boolean): Promise<readonly StoredSet[]> => (await look()).filter(({ name }) => isWanted(name)).toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const freeBytes = async (): Promise<number | undefined> => {
    if (place.protocol === 's3') return undefined;
    const answer = await begun(remote.ask(['about', '--json', remote.at()], patience.askMs));
    const free = answer?.code === 0 ? /"free":\s*(\d+)/.exec(answer.output)?.[1] : undefined;
    return free === undefined ? undefined : Number(free);
  };
  /** SFTP has one word for whatever goes wrong: a full disk is seen by looking. */
  const whyNotWritten = async (ended: Ended | undefined): Promise<BilingualError> => {
    const isFull = ended !== undefined && readFailure(ended) === 'other' && ((await freeBytes()) ?? NO_ROOM_BYTES) < NO_ROOM_BYTES;
    return isFull ? new BilingualError(sayFailure(told, ended, 'noSpace')) : failed(ended);
  };
  const removePieces = async (files: readonly StoredSet[], isWanted: (whole: string) => boolean): Promise<void> => {
    for (const { name } of files) if (isPieceOf(hospital, name) && isWanted(wholeOf(name))) await ask(['deletefile', remote.at(name)]);
    // Uploads a crash left, of more than a day ago: storage keeps and charges them for ever. Below a prefix alone: in a bucket of everybody they are somebody else's.
    if (place.protocol === 's3' && place.prefix !== undefined) await remote.ask(['cleanup', remote.at()], patience.askMs).catch(() => undefined);
  };
  const readState = async (): Promise<TargetState> => {
    try {
      await look();
      return { kind: 'ready', freeBytes: await freeBytes() };
    } catch (error) {
      if (!(error instanceof BilingualError)) throw error;
      return { kind: 'unusable', said: error.said };
    }
  };
  let seen: { readonly state: Promise<TargetState>; until: number } | undefined;

  return {
    id, protocol: place.protocol, place: told,
    async state() {
      if (seen === undefined || seen.until < Date.now()) {
        const asked = { state: readState(), until: Infinity };
        void asked.state.finally(() => { asked.until = Date.now() + STATE_KEPT_MS; });
        seen = asked;
      }
      return (await within(patience.lookMs, seen.state)) ?? { kind: 'unusable', said: { zh: `${told} 正在连接，尚无答复：稍后刷新`, en: `${told} is being asked and has not answered yet: look again in a moment` } };
    },
    list: () => listing(isSet),
    increments: () => listing(isIncrement),
    all: () => listing((name) => isSet(name) || isIncrement(name)),
    async begin(name) {
      const piece = remote.at(pieceOf(name));
      // Whatever broke off since the last one: nights of it would fill the server. Only of sets: an increment may be written at the same time, and does not ask first, for each question is a program and there is one every minute.
      if (isSet(name)) await removePieces(await look(), isSet);
      const running = await begun(remote.start(['rcat', piece]));
      const written = { bytes: 0, waitedMs: 0 };
      const giveUp = async (said: Bilingual): Promise<never> => {
        await running.kill();
        throw new BilingualError(said);
      };
      return {
        async write(chunk) {
          const since = Date.now();
          const how = await within(patience.pieceMs, handOver(running, chunk));
          written.bytes += chunk.byteLength;
          written.waitedMs += Date.now() - since;
          if (how === undefined) return giveUp(sayFailure(told, undefined));
          if (how !== 'taken') throw await whyNotWritten(how);
          if (written.waitedMs > patience.slowAfterMs && (written.bytes * 1_000) / written.waitedMs < LEAST_BYTES_PER_SECOND) return giveUp({ zh: `${told} 太慢（不足每秒 100 KB），已放弃`, en: `${told} is too slow (less than 100 KB a second) and was given up` });
        },
        async finish() {
          running.input.end();
          const ended = await within(patience.endMs, running.ended);
          if (ended === undefined) return giveUp(sayFailure(told, undefined));
          if (ended.code !== 0) throw await whyNotWritten(ended);
          // Another path by now, or not all of it: without mark and size nothing is called a set.
          const size = (await look()).find((file) => file.name === pieceOf(name))?.bytes;
          if (size !== written.bytes) throw new BilingualError({ zh: `${told} 上只有 ${String(size ?? 0)} 字节，应为 ${String(written.bytes)} 字节`, en: `${told} has ${String(size ?? 0)} bytes of ${String(written.bytes)}` });
          await ask(['moveto', piece, remote.at(name)], patience.endMs);
        },
        async discard() {
          await running.kill();
          // What stays is taken away before the next one.
          await remote.ask(['deletefile', piece], CLEAN_MS).catch(() => undefined);
        },
      };
    },
    async read(name) {
      mustBeOurs(name);
      if (isSet(name) && !(await look()).some((file) => file.name === name)) throw new BilingualError({ zh: `${told} 中没有备份 ${name}`, en: `there is no set ${name} in ${told}` });
      return readOut(await begun(remote.start(['cat', remote.at(name)])), patience.pieceMs, failed);
    },
    async remove(name) {
      mustBeOurs(name);
      const ended = await begun(remote.ask(['deletefile', remote.at(name)], patience.askMs));
      // Gone already is as good.
      if (ended?.code !== 0 && (await look()).some((file) => file.name === name)) throw failed(ended);
    },
    async clean() {
      await removePieces(await look(), () => true);
    },
  };
}

/** One piece at a time is on its way: what waits in a pipe is no more than it holds. */
async function handOver({ input, ended }: RunningRclone, chunk: Uint8Array): Promise<'taken' | Ended> {
  const taken = new Promise<'taken' | undefined>((resolve) => { input.write(chunk, (error) => { resolve(error === undefined || error === null ? 'taken' : undefined); }); });
  return (await Promise.race([taken, ended])) ?? ended;
}

/** Its end counts only when rclone says so: a line that was cut looks the same. */
async function* readOut(running: RunningRclone, pieceMs: number, failed: (ended: Ended | undefined) => BilingualError): AsyncGenerator<Uint8Array> {
  running.input.end();
  let isOver = false;
  try {
    const pieces: AsyncIterator<Uint8Array> = running.output[Symbol.asyncIterator]();
    for (;;) {
      const next = await within(pieceMs, pieces.next());
      if (next === undefined) throw failed(undefined);
      if (next.done === true) break;
      yield next.value;
    }
    // One that has said all and does not end holds whoever reads no longer than one that says nothing.
    const ended = await within(pieceMs, running.ended);
    if (ended === undefined) throw failed(undefined);
    isOver = true;
    if (ended.code !== 0) throw failed(ended);
  } finally {
    if (!isOver) await running.kill();
  }
}

function readListing(output: string, told: string): readonly StoredSet[] {
  let listed: unknown;
  try {
    listed = JSON.parse(output);
  } catch {
    listed = undefined;
  }
  if (!Array.isArray(listed)) throw new BilingualError({ zh: `${told} 的列表读不懂`, en: `the listing of ${told} cannot be read` });
  return listed.flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'Name' in one && typeof one.Name === 'string' && 'Size' in one && typeof one.Size === 'number' ? [{ name: one.Name, bytes: one.Size }] : []));
}

function sayPlace(place: ServerPlace): string {
  switch (place.protocol) {
    case 'sftp':
      return `sftp://${place.user}@${place.host}${place.port === undefined || place.port === 22 ? '' : `:${String(place.port)}`}/${(place.folder ?? '').replace(/^\//, '')}`;
    case 's3':
      return `${place.endpoint.replace(/\/$/, '')}/${place.bucket}${place.prefix === undefined ? '' : `/${place.prefix.replaceAll(/^\/+|\/+$/g, '')}`}`;
    case 'nfs':
      return `nfs://${place.host}${place.port === undefined || place.port === 2_049 ? '' : `:${String(place.port)}`}${[place.exportPath, place.folder ?? ''].map((part) => part.replaceAll(/^\/+|\/+$/g, '')).filter((part) => part !== '').map((part) => `/${part}`).join('')}`;
    case 'smb':
      return `\\\\${place.host}\\${place.share}${place.folder === undefined ? '' : `\\${place.folder.replaceAll(/^\/+|\/+$/g, '').replaceAll('/', '\\')}`}`;
  }
}
