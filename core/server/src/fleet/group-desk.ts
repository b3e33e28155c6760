/** Groups of terminals (终端分组), beside kind and campus: configuration, notices and routing go by them. */
import { ok, refused, type Outcome } from '../domain/errors.js';
import { EVERYBODY, TERMINAL_KINDS, type FleetPorts, type TerminalGroup } from './ports.js';

export type GroupDesk = {
  list(): Promise<readonly TerminalGroup[]>;
  add(group: TerminalGroup, by: string): Promise<Outcome<TerminalGroup>>;
  rename(group: TerminalGroup, by: string): Promise<Outcome<TerminalGroup>>;
  remove(id: string, by: string): Promise<Outcome<{ readonly id: string }>>;
  isKnown(id: string): Promise<boolean>;
};

/** Notices of kinds and of everybody have topics of these names. */
const TAKEN: readonly string[] = [EVERYBODY, ...TERMINAL_KINDS];

export function createGroupDesk({ store, clock, audit }: FleetPorts): GroupDesk {
  return {
    list: () => store.listGroups(),
    async add(group, by) {
      if (TAKEN.includes(group.id)) return refused('GROUP_ID_TAKEN', { zh: `${group.id} 是终端类型的名称，不能用作分组编号`, en: `${group.id} is a kind of terminal` });
      if (!(await store.addGroup(group, clock.now()))) return refused('GROUP_ID_TAKEN', { zh: '该分组编号已存在', en: 'this id exists' });
      await audit.record({ who: by, what: 'terminalGroup.add', object: `terminal group ${group.id}`, after: { title: group.title } });
      return ok(group);
    },
    async rename(group, by) {
      if (!(await store.renameGroup(group))) return refused('NO_SUCH_ITEM');
      await audit.record({ who: by, what: 'terminalGroup.rename', object: `terminal group ${group.id}`, after: { title: group.title } });
      return ok(group);
    },
    async remove(id, by) {
      const removed = await store.removeGroup(id, clock.now());
      if (removed === 'none') return refused('NO_SUCH_ITEM');
      if (removed === 'inUse') return refused('GROUP_IN_USE');
      await audit.record({ who: by, what: 'terminalGroup.remove', object: `terminal group ${id}` });
      return ok({ id });
    },
    isKnown: async (id) => (await store.listGroups()).some((group) => group.id === id),
  };
}
