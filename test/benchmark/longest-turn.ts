import { existsSync, readFileSync } from 'node:fs';

/** In time this thread ran: what other programs take of a shared machine is not ours. */
export async function longestTurn(count: number, work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = ranMs();
  // A turn of the loop as often as it can: `monitorEventLoopDelay` counts its own millisecond in.
  let isOver = false;
  const turn = (): void => {
    const now = ranMs();
    longest = Math.max(longest, now - before);
    before = now;
    if (!isOver) setImmediate(turn);
  };
  turn();
  await Promise.all(Array.from({ length: count }, work));
  isOver = true;
  await new Promise((resolve) => { setImmediate(resolve); });
  return longest;
}

const SCHEDULER = `/proc/self/task/${String(process.pid)}/schedstat`;

/** The first figure of Linux's scheduler statistics, in nanoseconds; elsewhere the clock on the wall. */
function ranMs(): number {
  return existsSync(SCHEDULER) ? Number(readFileSync(SCHEDULER, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}
