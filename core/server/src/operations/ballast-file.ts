import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export type BallastState = { readonly kind: 'none' | 'released' } | { readonly kind: 'kept'; readonly bytes: number };
/** A file of real blocks that is let go when nothing else can be: what a repair needs to write is there then. */
export type Ballast = {
  state(): BallastState;
  /** How large it is to be on a disk of this size; 0: none. */
  sizeOn(totalBytes: number): number;
  make(bytes: number): Promise<void>;
  release(): void;
};

export const BALLAST_NAME = 'ballast';
/** Left behind, empty, by the one that was let go. */
export const BALLAST_RELEASED_NAME = 'ballast-released';

const MEGABYTE = 1_048_576;
/** Of a small disk only this part. */
const LARGEST_SHARE = 0.05;
/** Not worth keeping. */
const SMALLEST_BYTES = 16 * MEGABYTE;

/** The ballast (压舱文件) in the data folder. Its blocks are really written: a file with holes would give nothing back. Works whether or not a core runs. */
export function ballastFile({ folder, wantedBytes }: { readonly folder: string; readonly wantedBytes: number }): Ballast {
  const [kept, released] = [join(folder, BALLAST_NAME), join(folder, BALLAST_RELEASED_NAME)];
  return {
    state() {
      const file = statSync(kept, { throwIfNoEntry: false });
      if (file !== undefined) return { kind: 'kept', bytes: file.size };
      return { kind: statSync(released, { throwIfNoEntry: false }) === undefined ? 'none' : 'released' };
    },
    sizeOn(totalBytes) {
      const bytes = Math.floor(Math.min(wantedBytes, totalBytes * LARGEST_SHARE) / MEGABYTE) * MEGABYTE;
      return bytes < SMALLEST_BYTES ? 0 : bytes;
    },
    async make(bytes) {
      const draft = `${kept}.new`;
      const file = await open(draft, 'w', 0o600);
      try {
        // Not zeros: a file system that compresses would keep nothing.
        const chunk = randomBytes(MEGABYTE);
        for (let written = 0; written < bytes; written += chunk.byteLength) await file.writeFile(chunk);
        await file.sync();
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      } finally {
        await file.close();
      }
      await rename(draft, kept);
      await rm(released, { force: true });
    },
    release() {
      // Renamed and cut short: neither needs a block of a disk that has none, and what is left says that it was here.
      rmSync(released, { force: true });
      renameSync(kept, released);
      truncateSync(released);
    },
  };
}
