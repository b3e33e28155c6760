/** Where a terminal stands, as a change (变更申请): where routing or settlement look at it, it decides which channel a payment takes or whose money it is. */
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct } from '../changes/ports.js';
import type { AuditTrail } from '../domain/audit.js';
import { changeLine } from '../domain/change-proposal.js';
import { ok, refused } from '../domain/errors.js';
import type { RoutingRule } from '../domain/route-payment.js';
import type { TerminalPlace } from './ports.js';

const Content = Type.Object({ id: Type.String(), title: Type.String(), campus: Type.Optional(Type.String()), group: Type.Optional(Type.String()) });

export type PlaceChangePorts = {
  /** Undefined: there is no such terminal. */
  placeOf(id: string): TerminalPlace | undefined;
  place(id: string, place: TerminalPlace & { readonly title: string }): Promise<boolean>;
  readonly audit: AuditTrail;
};

/** Whether money goes another way when a terminal moves so. */
export function movesMoney({ rules, shares }: { readonly rules: readonly RoutingRule[]; readonly shares: readonly unknown[] }, before: TerminalPlace, after: TerminalPlace): boolean {
  const isRouted = (condition: 'campuses' | 'terminalGroups'): boolean => rules.some(({ when }) => when[condition] !== undefined);
  return (before.group !== after.group && isRouted('terminalGroups')) || (before.campus !== after.campus && (isRouted('campuses') || shares.length > 0));
}

export function placeChange({ placeOf, place, audit }: PlaceChangePorts): ChangeAct {
  return {
    kind: 'terminalPlace',
    draw(asked) {
      const content = Parse(Content, asked);
      const before = placeOf(content.id);
      if (before === undefined) return Promise.resolve(refused('NO_SUCH_ITEM'));
      const lines = [changeLine('campus', before.campus, content.campus), changeLine('group', before.group, content.group)].filter((line) => line.before !== line.after);
      return Promise.resolve(ok({ subject: `terminal ${content.id}`, content, masked: content, lines, levels: 1 }));
    },
    present(asked) {
      const before = placeOf(Parse(Content, asked).id);
      return Promise.resolve([before?.campus, before?.group]);
    },
    isDone(asked) {
      const { id, campus, group } = Parse(Content, asked);
      const now = placeOf(id);
      return Promise.resolve(now !== undefined && now.campus === campus && now.group === group);
    },
    async apply(asked, { proposedBy }) {
      const { id, title, campus, group } = Parse(Content, asked);
      const before = placeOf(id);
      if (!(await place(id, { title, campus, group }))) return refused('NO_SUCH_ITEM');
      await audit.record({ who: proposedBy, what: 'terminal.place', object: `terminal ${id}`, before, after: { title, campus, group } });
      return ok({ done: true });
    },
  };
}
