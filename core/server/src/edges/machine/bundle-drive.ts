import { constants } from 'node:fs';
import { open, opendir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BilingualError, type Bilingual } from '../../domain/bilingual.js';
import { ok, refused, type Outcome } from '../../domain/errors.js';
import type { Timers } from '../../domain/time.js';
import { BUNDLE_NAME, LARGEST_BUNDLE_BYTES, type BundleSource, type DriveFile, type UpdateDrive } from '../../updates/ports.js';

/** A folder of a million names holds up nobody. */
const MOST_LOOKED_AT = 2_000;
const MOST_LISTED = 50;
const PIECE_BYTES = 4 * 1_048_576;
/** A drive that is failing goes quiet for long; one that was pulled out answers at once. */
const SILENCE_MS = 30_000;

const NAME = new RegExp(BUNDLE_NAME);
const TOO_LARGE: Bilingual = { zh: '文件过大，不是更新包', en: 'it is too large to be a bundle' };
const UNREADABLE: Bilingual = { zh: '平台无权读取该文件：在制作 U 盘的电脑上执行 chmod a+r，或改用 FAT、exFAT', en: 'the platform may not read it: chmod a+r it where the drive was made, or use FAT or exFAT' };
const NO_FILE: Bilingual = { zh: '不是普通文件，不读取', en: 'it is no regular file and is not read' };
const GONE: Bilingual = { zh: 'U 盘读取中断，可能已拔出或损坏；没有留下取了一半的文件，插好后重新取', en: 'the drive cannot be read any more: was it pulled out, or is it failing? Nothing half taken is kept: plug it in and take the file again' };
const SILENT: Bilingual = { zh: 'U 盘没有应答，请换一个 U 盘', en: 'the drive does not answer: use another one' };

/**
 * The folder a drive of updates is mounted on. Only names of the one form, only regular files that lie right there, none through a link; every wait has an end, so that a failing drive holds up
 * who asked and not the platform.
 */
export function bundleDrive({ folder, timers, silenceMs = SILENCE_MS }: { readonly folder: string; readonly timers: Timers; readonly silenceMs?: number }): UpdateDrive {
  /** One look at a time: behind a drive that hangs no threads pile up. */
  let looking: Promise<Outcome<readonly DriveFile[]>> | undefined;
  const inTime = async <Value>(asked: Promise<Value>): Promise<Value> => {
    const silence = Promise.withResolvers<never>();
    const timer = timers.after(silenceMs, () => { silence.reject(new BilingualError(SILENT)); });
    asked.catch(() => undefined);
    try {
      return await Promise.race([asked, silence.promise]);
    } finally {
      timer.cancel();
    }
  };
  return {
    async list() {
      looking ??= listFiles(folder).finally(() => { looking = undefined; });
      try {
        return await inTime(looking);
      } catch (error) {
        return refused('UPDATE_REFUSED', error instanceof BilingualError ? error.said : GONE);
      }
    },
    async open(name) {
      if (!NAME.test(name)) return refused('NO_SUCH_ITEM', { zh: '文件名不合规定', en: 'no bundle is called that' });
      try {
        const opened = await inTime(openRegular(join(folder, name)));
        return 'problem' in opened ? refused('UPDATE_REFUSED', opened.problem) : ok(sourceOf(opened.file, opened.bytes, inTime));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return refused('NO_SUCH_ITEM', { zh: 'U 盘上没有该文件，可能已拔出', en: 'it is not on the drive, or the drive was pulled out' });
        return refused('UPDATE_REFUSED', error instanceof BilingualError ? error.said : GONE);
      }
    },
  };
}

async function listFiles(folder: string): Promise<Outcome<readonly DriveFile[]>> {
  const found: DriveFile[] = [];
  try {
    let looked = 0;
    for await (const { name } of await opendir(folder)) {
      looked += 1;
      if (looked > MOST_LOOKED_AT || found.length === MOST_LISTED) break;
      if (NAME.test(name)) found.push(await factsOf(join(folder, name), name));
    }
  } catch (error) {
    // Where nothing can be mounted there is no drive.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return ok(found.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
}

async function factsOf(path: string, name: string): Promise<DriveFile> {
  const opened = await openRegular(path);
  if ('file' in opened) await opened.file.close();
  return { name, bytes: opened.bytes, ...('problem' in opened ? { problem: opened.problem } : {}) };
}

type Opened = { readonly file: FileHandle; readonly bytes: number } | { readonly problem: Bilingual; readonly bytes: number };

async function openRegular(path: string): Promise<Opened> {
  let file: FileHandle;
  try {
    // Without waiting: a pipe of that name would never open.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ELOOP' && code !== 'EACCES' && code !== 'ENXIO') throw error;
    return { problem: code === 'EACCES' ? UNREADABLE : NO_FILE, bytes: 0 };
  }
  const facts = await file.stat();
  const problem = !facts.isFile() ? NO_FILE : facts.size > LARGEST_BUNDLE_BYTES ? TOO_LARGE : undefined;
  if (problem === undefined) return { file, bytes: facts.size };
  await file.close();
  return { problem, bytes: facts.isFile() ? facts.size : 0 };
}

function sourceOf(opened: FileHandle, total: number, inTime: <Value>(asked: Promise<Value>) => Promise<Value>): BundleSource {
  return {
    total,
    async *pieces(from) {
      try {
        for (let at = from; at < total;) {
          // Not one byte more than was told: a file that grows is cut there, and is no bundle.
          const { bytesRead, buffer } = await inTime(opened.read(new Uint8Array(Math.min(PIECE_BYTES, total - at)), 0, Math.min(PIECE_BYTES, total - at), at));
          if (bytesRead === 0) throw new BilingualError(GONE);
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } catch (error) {
        throw error instanceof BilingualError ? error : new BilingualError(GONE);
      }
    },
    // Not waited for: it would wait for a read that hangs.
    close() { opened.close().catch(() => undefined); },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
