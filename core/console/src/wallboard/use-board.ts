import { onMounted, onUnmounted, shallowRef } from 'vue';
import { readBoard } from '../api/call';
import { asFailure, type CallFailure } from '../api/call-failure';
import type { Wallboard } from '../api/console-api';

const ASK_EVERY_MS = 5_000;
const TICK_MS = 1_000;
const HOUR_MS = 3_600_000;
/** In the night, and not when it has just been opened: a browser that runs for months gives back what it holds. */
const RELOAD = { hour: 3, afterMs: 2 * HOUR_MS } as const;

/**
 * The board as it was told last, for a screen that runs for weeks: one answer is kept, one question is on its way, and the time goes on by the machine's own count, whatever its clock says.
 */
export function useBoard(token: string) {
  const board = shallowRef<Wallboard>();
  const failure = shallowRef<CallFailure>();
  /** The platform's time now. */
  const nowMs = shallowRef(0);
  const openedAt = performance.now();
  let answeredAt = 0;
  let asking: ReturnType<typeof setTimeout> | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const tick = (): void => {
    if (board.value === undefined) return;
    nowMs.value = Date.parse(board.value.now) + performance.now() - answeredAt;
    const isNight = new Date(nowMs.value + 8 * HOUR_MS).getUTCHours() === RELOAD.hour;
    if (isNight && failure.value === undefined && performance.now() - openedAt > RELOAD.afterMs) location.reload();
  };
  const ask = async (): Promise<void> => {
    try {
      const answer = await readBoard(token);
      answeredAt = performance.now();
      board.value = answer;
      failure.value = undefined;
    } catch (error) {
      failure.value = asFailure(error);
    }
    tick();
    if (ticking !== undefined) asking = setTimeout(() => void ask(), ASK_EVERY_MS);
  };
  onMounted(() => {
    ticking = setInterval(tick, TICK_MS);
    void ask();
  });
  onUnmounted(() => {
    clearInterval(ticking);
    ticking = undefined;
    clearTimeout(asking);
  });
  return { board, failure, nowMs };
}
