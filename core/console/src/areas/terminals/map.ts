/** Terminals as they stand in the buildings (终端分布): what is wrong with each, and which floor it is on. */
import type { Terminal, TerminalPosition } from '../../api/console-api';

/** The worst first. `warning`: what somebody should see to and what stops nobody. */
export const CONDITIONS = ['alarm', 'offline', 'paperOut', 'fault', 'paperLow', 'warning', 'well', 'unclaimed', 'disabled'] as const;
export type Condition = (typeof CONDITIONS)[number];
export type Placed = { readonly terminal: Terminal; readonly position: TerminalPosition | undefined; readonly conditions: readonly [Condition, ...Condition[]] };
export type Floor = { readonly floor: string; readonly placed: readonly Placed[]; readonly tally: readonly { readonly condition: Condition; readonly count: number }[] };
/** Without a building: where nobody has written down yet where they stand. */
export type Building = { readonly campus: string; readonly building: string; readonly floors: readonly Floor[] };

/** All that is wrong, the worst first; of a terminal that is not in use only that. */
export function conditionsOf({ status, alarms, online, faults }: Pick<Terminal, 'status' | 'alarms' | 'online' | 'faults'>): readonly [Condition, ...Condition[]] {
  if (status !== 'active') return [status];
  const paper = (code: string): boolean => faults.some((fault) => fault.component === 'printer' && fault.code === code);
  const others = faults.filter(({ component, code }) => component !== 'printer' || (code !== 'paperOut' && code !== 'paperLow'));
  const wrong: Readonly<Partial<Record<Condition, boolean>>> = {
    alarm: alarms.length > 0, offline: !online, paperOut: paper('paperOut'), fault: others.some(({ level }) => level === 'critical'), paperLow: paper('paperLow'), warning: others.some(({ level }) => level !== 'critical'),
  };
  const [worst, ...rest] = CONDITIONS.filter((condition) => wrong[condition] === true);
  return worst === undefined ? ['well'] : [worst, ...rest];
}

export function tallyOf(placed: readonly Placed[]): Floor['tally'] {
  return CONDITIONS.map((condition) => ({ condition, count: placed.filter(({ conditions }) => conditions.includes(condition)).length })).filter(({ count }) => count > 0);
}

/** 10 楼 comes after 9 楼; what is not written down comes last. */
const inOrder = (left: string, right: string): number => (left === '' ? 1 : 0) - (right === '' ? 1 : 0) || left.localeCompare(right, 'zh-CN', { numeric: true });

export function buildingsOf(placed: readonly Placed[]): readonly Building[] {
  const byBuilding = grouped(placed, ({ terminal, position }) => JSON.stringify([position?.building === undefined ? '' : (terminal.campus ?? ''), position?.building ?? '']));
  return [...byBuilding.values()]
    .map((inside): Building => {
      const [first] = inside;
      const building = first?.position?.building ?? '';
      const floors = [...grouped(inside, ({ position }) => position?.floor ?? '')].toSorted(([left], [right]) => inOrder(left, right));
      return { campus: building === '' ? '' : (first?.terminal.campus ?? ''), building, floors: floors.map(([floor, there]) => ({ floor, tally: tallyOf(there), placed: there.toSorted((left, right) => inOrder(left.position?.area ?? '', right.position?.area ?? '') || inOrder(left.terminal.title, right.terminal.title)) })) };
    })
    .toSorted((left, right) => inOrder(left.building, right.building) || inOrder(left.campus, right.campus));
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
