import { saidOf, type Bilingual } from '../domain/bilingual.js';
import { ok, reasonOf, refused, retold, type Outcome } from '../domain/errors.js';
import { redactText } from '../domain/sensitive.js';
import type { Clock, Timers } from '../domain/time.js';
import type { BegunWork, Work, WorkBoard, WorkHear } from './ports.js';

/** A day's work of everybody; the oldest ended go first, and what runs is never forgotten. */
const MOST_KEPT = 200;
const KEPT_MS = 24 * 60 * 60 * 1000;

/** `changed`: told of every step and end, with what is there now. */
export function createWorkBoard({ clock, timers, changed }: { readonly clock: Clock; readonly timers: Timers; readonly changed: (work: Work) => void }): WorkBoard {
  const board = new Map<string, Work>();
  /** What runs and may be joined, by kind and subject. */
  const joinable = new Map<string, { readonly id: string; readonly ended: Promise<Outcome<unknown>> }>();
  const cancelled = new Set<string>();
  let last = 0;

  const set = (id: string, more: Partial<Work>): void => {
    const known = board.get(id);
    if (known === undefined) return;
    const now = { ...known, ...more };
    board.set(id, now);
    changed(now);
  };
  const end = (id: string, problem: Bilingual | undefined): void => {
    const state = problem !== undefined ? 'failed' : cancelled.delete(id) ? 'cancelled' : 'done';
    set(id, { state, endedAt: clock.now().toISOString(), mayCancel: false, isCancelling: undefined, ...(problem === undefined ? {} : { problem }), ...(state === 'done' ? { share: 10_000 } : {}) });
  };
  const forgetOld = (): void => {
    const ended = [...board.values()].filter(({ endedAt }) => endedAt !== undefined);
    const tooOld = new Date(clock.now().getTime() - KEPT_MS).toISOString();
    const tooMany = Math.max(0, board.size - MOST_KEPT);
    for (const { id } of ended.filter(({ endedAt = '' }, index) => index < tooMany || endedAt <= tooOld)) board.delete(id);
  };

  const run = <Value>({ kind, subject, by, mayCancel }: BegunWork, work: (hear: WorkHear) => Promise<Outcome<Value>>): { readonly begun: Work; readonly ended: Promise<Outcome<Value>> } => {
    forgetOld();
    const id = `work-${String((last += 1))}`;
    const begun: Work = { id, kind, subject, by, state: 'running', startedAt: clock.now().toISOString(), mayCancel };
    board.set(id, begun);
    changed(begun);
    const hear: WorkHear = { step: (now) => { set(id, now); }, isCancelled: () => cancelled.has(id) };
    const toItsEnd = async (): Promise<Outcome<Value>> => {
      try {
        const outcome = await work(hear);
        end(id, outcome.kind === 'refused' ? reasonOf(retold(outcome, redactText)) : undefined);
        return outcome;
      } catch (error) {
        end(id, saidOf(error));
        throw error;
      }
    };
    return { begun, ended: toItsEnd() };
  };
  const within = <Value>(ended: Promise<Outcome<Value>>) => (ms: number): Promise<Outcome<Value> | undefined> => {
    const patience = Promise.withResolvers<undefined>();
    const timer = timers.after(ms, () => { patience.resolve(undefined); });
    return Promise.race([ended, patience.promise]).finally(() => { timer.cancel(); });
  };

  return {
    during: (begun, work) => run(begun, work).ended,
    begin({ join, ...asked }, work) {
      const key = `${asked.kind}/${asked.subject}`;
      const known = join ? joinable.get(key) : undefined;
      const shown = known === undefined ? undefined : board.get(known.id);
      // One that was asked to stop will not do what is wanted now.
      if (known !== undefined && shown !== undefined && shown.isCancelling !== true) return { work: shown, isJoined: true, within: within(known.ended) };
      const { begun, ended } = run(asked, work);
      if (join) joinable.set(key, { id: begun.id, ended });
      const left = (): void => { if (joinable.get(key)?.id === begun.id) joinable.delete(key); };
      // Whoever does not wait for it any more does not hear of a throw either; the board has it.
      ended.then(left, left);
      return { work: begun, isJoined: false, within: within(ended) };
    },
    listOf(kind) {
      forgetOld();
      return [...board.values()].filter((work) => work.kind === kind).toReversed();
    },
    list(by) {
      forgetOld();
      return [...board.values()].filter((work) => work.by === by).toReversed();
    },
    cancel({ id, by }) {
      const found = board.get(id);
      if (found === undefined || found.by !== by) return refused('NO_SUCH_ITEM');
      if (!found.mayCancel) return refused('CONFLICT', found.endedAt === undefined ? { zh: '该工作不能中止，请等待其结束', en: 'this work goes on to its end' } : { zh: '该工作已结束', en: 'it has ended' });
      cancelled.add(id);
      const asked = { ...found, mayCancel: false, isCancelling: true };
      set(id, { mayCancel: false, isCancelling: true });
      return ok(asked);
    },
  };
}
