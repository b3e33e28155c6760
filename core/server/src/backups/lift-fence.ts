/** Taking the fence of a restored box away (解除隔离), as a change: one person says why the old box is off, another has seen it too. */
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct } from '../changes/ports.js';
import type { AuditTrail } from '../domain/audit.js';
import { changeLine } from '../domain/change-proposal.js';
import { ok, refused } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { Fence } from './ports.js';

const Content = Type.Object({ set: Type.String() });

export type LiftFencePorts = {
  /** As it stands now. */
  readonly read: () => Fence | undefined;
  readonly lift: (lifted: { readonly changeNo: string; readonly proposedBy: string; readonly approvedBy: string; readonly at: string }) => void;
  /** Everything begins as after any start: what is open is asked about, nothing is assumed. */
  readonly startAnew: () => void;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};

export function liftFence({ read, lift, startAnew, clock, audit }: LiftFencePorts): ChangeAct {
  return {
    kind: 'liftFence',
    draw() {
      const fence = read();
      if (fence === undefined) return Promise.resolve(refused('CONFLICT', { zh: '本机未处于隔离状态', en: 'the box is not fenced' }));
      const { set, takenAt, restoredAt, journal } = fence;
      const lines = [changeLine('fence', 'closed', 'open'), changeLine('set', set, undefined), changeLine('takenAt', takenAt, undefined), changeLine('restoredAt', restoredAt, undefined), changeLine('lastJournal', String(journal.seq), undefined)];
      return Promise.resolve(ok({ subject: 'fence', content: { set }, masked: { set, takenAt, restoredAt }, lines, levels: 1 }));
    },
    present: () => Promise.resolve(read() ?? null),
    isDone: () => Promise.resolve(read() === undefined),
    async apply(asked, { changeNo, proposedBy, decidedBy }) {
      const { set } = Parse(Content, asked);
      if (read()?.set !== set) return refused('CONFLICT', { zh: '这是另一次恢复的隔离', en: 'it is the fence of another restore' });
      const approvedBy = decidedBy ?? proposedBy;
      await audit.record({ who: proposedBy, what: 'fence.lift', object: `backup ${set}`, after: { changeNo, approvedBy } });
      lift({ changeNo, proposedBy, approvedBy, at: clock.now().toISOString() });
      startAnew();
      return ok({ done: true });
    },
  };
}

/** While the box is fenced nothing else is changed: a plugin that starts, a key that is tried, would speak to somebody in the name of the old box. */
export function heldByFence(act: ChangeAct): ChangeAct {
  const held = () => Promise.resolve(refused('CONFLICT', { zh: '本机处于隔离状态，请先解除隔离', en: 'fenced: lift the fence first' }));
  return { ...act, draw: held, apply: held };
}
