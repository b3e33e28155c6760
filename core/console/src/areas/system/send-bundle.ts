import { CallFailure, UNREACHABLE } from '../../api/call-failure';
import { call, upload } from '../../api/call';

/** A line that breaks comes back, or a person looks at it. */
const MOST_BREAKS = 5;
const REST_MS = 3_000;

/**
 * Sends a bundle in pieces, each kept by the platform. It begins where an earlier try with the same file ended; a piece whose answer was lost is not guessed about: the platform says how much it has.
 * @param share told how much is there, in hundredths. @throws CallFailure
 */
export async function sendBundle(file: File, chunkBytes: number, share: (percent: number) => void): Promise<void> {
  let offset = (await halfOf(file)) ?? 0;
  for (let breaks = 0; offset < file.size;) {
    share(Math.floor((offset / file.size) * 100));
    try {
      ({ arrived: offset } = await upload('receiveUpdate', {}, new File([file.slice(offset, offset + chunkBytes)], file.name), {}, { offset, total: file.size, name: file.name }));
      breaks = 0;
    } catch (error) {
      breaks += 1;
      if (!isBroken(error) || breaks > MOST_BREAKS) throw error;
      await new Promise((go) => { setTimeout(go, REST_MS); });
      const half = await halfOf(file).catch((asked: unknown) => { if (!isBroken(asked)) throw asked; return offset; });
      // None is there any more: it was the last piece that arrived, or somebody threw it away.
      if (half === undefined && offset > 0) {
        if (offset + chunkBytes >= file.size) return;
        throw error;
      }
      offset = half ?? 0;
    }
  }
}

/** How much of this file the platform has, if it has a half of it. */
async function halfOf({ name, size }: File): Promise<number | undefined> {
  const { arriving } = await call('readUpdate');
  return arriving?.from === 'upload' && arriving.name === name && arriving.total === size ? arriving.arrived : undefined;
}

function isBroken(error: unknown): boolean {
  return error instanceof CallFailure && error.code === UNREACHABLE.code;
}
