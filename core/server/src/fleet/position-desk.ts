/** Where terminals stand (安装位置). It decides nothing, so whoever runs the machine writes it down by himself. */
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { FleetPorts, PositionDesk, TerminalPositionRows } from './ports.js';

export type PositionPorts = Pick<FleetPorts, 'clock' | 'audit'> & { readonly rows: TerminalPositionRows; /** Ids of all terminals. */ readonly terminals: () => Promise<readonly string[]> };

export function createPositionDesk({ rows, terminals, clock, audit }: PositionPorts): PositionDesk {
  return {
    list: () => rows.list(),
    async put({ terminals: named, position, by }): Promise<Outcome<{ readonly count: number }>> {
      const known = new Set(await terminals());
      const stranger = named.find((id) => !known.has(id));
      if (stranger !== undefined) return refused('NO_SUCH_ITEM', { zh: `没有编号为 ${stranger} 的终端`, en: `no terminal ${stranger}` });
      const wanted = [...new Set(named)];
      await rows.put(wanted, position, { by, at: clock.now() });
      await audit.record({ who: by, what: 'terminal.position', object: wanted.length === 1 ? `terminal ${String(wanted[0])}` : `${String(wanted.length)} terminals`, after: { terminals: wanted, ...position } });
      return ok({ count: wanted.length });
    },
  };
}
