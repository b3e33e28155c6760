import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatementFolder } from '../../statement-files/ports.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FILE = /^hospay-(hospital|application-[0-9A-Za-z_.-]{1,64}|merchant-_?[0-9A-Za-z-]{1,64})-\d{4}-\d{2}-\d{2}-v\d{1,9}\.csv$/;

/** Statement files under `<folder>/<day>/<file name>`. A file is there whole and on the disk, or not at all: it is written beside the days and moved when it is done. */
export function statementFolder(folder: string): StatementFolder {
  const beside = join(folder, 'unfinished');
  let isSwept = false;
  const pathOf = ({ day, fileName }: { readonly day: string; readonly fileName: string }): string => {
    if (!DAY.test(day) || !FILE.test(fileName)) throw new Error(`not a statement file: ${day} ${fileName}`);
    return join(folder, day, fileName);
  };
  return {
    async begin() {
      // What an earlier run was writing when it ended is nobody's.
      if (!isSwept) await rm(beside, { recursive: true, force: true });
      isSwept = true;
      await mkdir(beside, { recursive: true, mode: 0o700 });
      const path = join(beside, randomUUID());
      const handle = await open(path, 'w', 0o600);
      const hash = createHash('sha256');
      let bytes = 0;
      let isOpen = true;
      const close = async (): Promise<void> => {
        if (isOpen) await handle.close();
        isOpen = false;
      };
      return {
        async write(text) {
          const more = Buffer.from(text, 'utf8');
          hash.update(more);
          bytes += more.byteLength;
          await handle.writeFile(more);
        },
        async keep(as) {
          const to = pathOf(as);
          await handle.sync();
          await close();
          await mkdir(join(folder, as.day), { recursive: true, mode: 0o700 });
          await rename(path, to);
          await syncFolder(join(folder, as.day));
          return { bytes, sha256: hash.digest('hex') };
        },
        async discard() {
          await close();
          await rm(path, { force: true });
        },
      };
    },
    async open(of) {
      const path = pathOf(of);
      return (await stat(path).catch(() => undefined)) === undefined ? undefined : createReadStream(path);
    },
    async removeBefore(day) {
      const old = (await readdir(folder).catch(() => [])).filter((name) => DAY.test(name) && name < day);
      for (const name of old) await rm(join(folder, name), { recursive: true, force: true });
      return old.length;
    },
  };
}

/** The name of a file is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
