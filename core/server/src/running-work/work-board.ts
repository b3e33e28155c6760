import { ok, refused } from '../domain/errors.js';
import { redactText } from '../domain/sensitive.js';
import type { Clock } from '../domain/time.js';
import type { Work, WorkBoard, WorkHear } from './ports.js';

/** A day's work of everybody; the oldest ended go first, and what runs is never forgotten. */
const MOST_KEPT = 200;
const KEPT_MS = 24 * 60 * 60 * 1000;

/** `changed`: told of every step and end, with whose it is. */
export function createWorkBoard({ clock, changed }: { readonly clock: Clock; readonly changed: (by: string) => void }): WorkBoard {
  const board = new Map<string, Work>();
  const cancelled = new Set<string>();
  let last = 0;

  const set = (id: string, more: Partial<Work>): void => {
    const known = board.get(id);
    if (known === undefined) return;
    board.set(id, { ...known, ...more });
    changed(known.by);
  };
  const end = (id: string, problem: string | undefined): void => {
    const state = problem !== undefined ? 'failed' : cancelled.delete(id) ? 'cancelled' : 'done';
    set(id, { state, endedAt: clock.now().toISOString(), mayCancel: false, ...(problem === undefined ? {} : { problem }), ...(state === 'done' ? { share: 10_000 } : {}) });
  };
  const forgetOld = (): void => {
    const ended = [...board.values()].filter(({ endedAt }) => endedAt !== undefined);
    const tooOld = new Date(clock.now().getTime() - KEPT_MS).toISOString();
    const tooMany = Math.max(0, board.size - MOST_KEPT);
    for (const { id } of ended.filter(({ endedAt = '' }, index) => index < tooMany || endedAt <= tooOld)) board.delete(id);
  };

  return {
    async during({ kind, subject, by, mayCancel }, work) {
      forgetOld();
      const id = `work-${String((last += 1))}`;
      board.set(id, { id, kind, subject, by, state: 'running', startedAt: clock.now().toISOString(), mayCancel });
      changed(by);
      const hear: WorkHear = { step: (now) => { set(id, now); }, isCancelled: () => cancelled.has(id) };
      try {
        const outcome = await work(hear);
        end(id, outcome.kind === 'refused' ? redactText(`${outcome.code}${outcome.detail === undefined ? '' : ` ${outcome.detail}`}`) : undefined);
        return outcome;
      } catch (error) {
        end(id, redactText(error instanceof Error ? error.message : String(error)));
        throw error;
      }
    },
    list(by) {
      forgetOld();
      return [...board.values()].filter((work) => work.by === by).toReversed();
    },
    cancel({ id, by }) {
      const found = board.get(id);
      if (found === undefined || found.by !== by) return refused('NO_SUCH_ITEM');
      if (!found.mayCancel) return refused('CONFLICT', found.endedAt === undefined ? 'this work goes on to its end' : 'it has ended');
      cancelled.add(id);
      const asked = { ...found, mayCancel: false };
      set(id, { mayCancel: false });
      return ok(asked);
    },
  };
}
