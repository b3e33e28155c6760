import { makeOpaqueId } from '../domain/trade-number.js';
import { operateCardTerminal } from './operate-card-terminal.js';
import type { CardTerminalRecord, WindowDeskPorts } from './ports.js';

const TASK = 'task/settle-card-terminals';
/** A settlement may take minutes, and five hundred windows must be done before the morning; one acquirer is not asked by all of them at once. */
const AT_ONCE = 4;

/** Settles every card terminal of the active channels (终端结算), once, and says what became of each that is not done. @throws with that text when any is not. */
export async function settleCardTerminals(ports: WindowDeskPorts): Promise<string> {
  const terminals = ports.desks.cardTerminals().flatMap(({ channel, cardTerminals }) => cardTerminals.terminalIds.map((terminalId) => ({ channel, terminalId })));
  if (terminals.length === 0) return 'no active channel has a card terminal';
  const run = makeOpaqueId(ports.random);
  const waiting = [...terminals];
  const ends: string[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { channel, terminalId } = next;
      const settled = await operateCardTerminal(ports, { ...next, operation: 'settle', asker: { by: TASK }, asked: { tenant: TASK, key: `${run}/${channel}/${terminalId}` }, wait: 'end' });
      if (settled.kind === 'ok' && settled.value.state === 'done') done += 1;
      else ends.push(`${terminalId}: ${settled.kind === 'ok' ? told(settled.value) : (settled.detail ?? settled.code)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const summary = `${String(done)} of ${String(terminals.length)} card terminals settled`;
  if (ends.length > 0) throw new Error(`${summary}; ${ends.toSorted().join('; ')}`);
  return summary;
}

function told({ state, code, message }: CardTerminalRecord): string {
  return [state, code, message].filter((part) => part !== undefined && part !== '').join(' ');
}
