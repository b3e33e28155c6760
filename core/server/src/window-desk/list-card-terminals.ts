import type { CardTerminalList, WindowDeskPorts } from './ports.js';

/** What a person scrolls through; the rest is in the database. */
const OPERATIONS_SHOWN = 50;

/** Every card terminal of the active channels with what was last done at it. */
export async function listCardTerminals({ desks, rows }: Pick<WindowDeskPorts, 'desks' | 'rows'>): Promise<CardTerminalList> {
  const [latest, operations] = await Promise.all([rows.latestOperations(), rows.listOperations(OPERATIONS_SHOWN)]);
  const lastOf = new Map(latest.map((record) => [`${record.channel}/${record.terminalId}`, record]));
  const terminals = desks.cardTerminals().flatMap(({ channel, cardTerminals }) => cardTerminals.terminalIds.map((terminalId) => ({ channel, terminalId, last: lastOf.get(`${channel}/${terminalId}`) })));
  return { terminals, operations };
}
