import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { BilingualError } from '../../domain/bilingual.js';
import { BUNDLE_ORIGINS, type ArrivingBundle, type BundleFiles } from '../../updates/ports.js';

const NAME = 'incoming.hpu';
const NoteSchema = Type.Object({ from: Type.Enum(BUNDLE_ORIGINS), name: Type.String(), total: Type.Number(), sha256: Type.Optional(Type.String()) });

/** The one bundle that lies in a folder, and beside it a part while the next arrives, with a note of what it is to become: it goes on where it ended, and takes the place of the one before when it is whole. */
export function bundleFiles(folder: string): BundleFiles {
  const [file, part, note] = [join(folder, NAME), join(folder, `${NAME}.part`), join(folder, `${NAME}.json`)];
  const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;
  const synced = (): void => {
    const opened = openSync(folder, 'r');
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  };
  const drop = (): void => { for (const path of [part, note]) rmSync(path, { force: true }); };
  return {
    name: NAME,
    size: () => sizeOf(file),
    arriving() {
      const [begun, arrived] = [readNote(note), sizeOf(part)];
      return begun === undefined || arrived === undefined ? undefined : { ...begun, arrived };
    },
    begin(arriving) {
      drop();
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(part, '', { mode: 0o600 });
      writeFileSync(`${note}.new`, JSON.stringify(arriving), { mode: 0o600, flush: true });
      renameSync(`${note}.new`, note);
      synced();
    },
    async write(offset, bytes) {
      const opened = await open(part, offset === 0 ? 'w' : 'r+', 0o600);
      try {
        for (let done = 0; done < bytes.byteLength;) done += (await opened.write(bytes, done, bytes.byteLength - done, offset + done)).bytesWritten;
        await opened.sync();
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw new BilingualError({ zh: '数据盘空间不足，放不下更新包：先腾出空间再取', en: 'the data disk is full, the bundle does not fit: make room, then take it again' });
        throw error;
      } finally {
        await opened.close();
      }
    },
    async sha256() {
      const hash = createHash('sha256');
      for await (const piece of createReadStream(part, { highWaterMark: 1_048_576 })) if (piece instanceof Uint8Array) hash.update(piece);
      return hash.digest('hex');
    },
    finish() {
      renameSync(part, file);
      rmSync(note, { force: true });
      synced();
    },
    drop,
    remove() { rmSync(file, { force: true }); },
  };
}

function readNote(path: string): ArrivingBundle | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const note: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Check(NoteSchema, note) ? note : undefined;
  } catch {
    // Half a note is none: it is sent from its beginning.
    return undefined;
  }
}
