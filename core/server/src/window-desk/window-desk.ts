import { ok, refused } from '../domain/errors.js';
import { viewCardTerminalOperation } from './card-terminal-view.js';
import { compareTills } from './compare-tills.js';
import { listCardTerminals } from './list-card-terminals.js';
import { openTill } from './open-till.js';
import { operateCardTerminal } from './operate-card-terminal.js';
import type { WindowDesk, WindowDeskPorts } from './ports.js';
import { readOwnTills } from './read-own-tills.js';
import { readTillDays } from './read-till-days.js';
import { settleCardTerminals } from './settle-card-terminals.js';

/** The use cases of the window desk with their ports given. */
export function createWindowDesk(ports: WindowDeskPorts): WindowDesk {
  return {
    async operateCardTerminal(request) {
      const operated = await operateCardTerminal(ports, { ...request, wait: 'soon' });
      return operated.kind === 'ok' ? ok(viewCardTerminalOperation(operated.value)) : operated;
    },
    async findCardTerminalOperation({ operationNo, terminalId }) {
      const found = await ports.rows.findOperation(operationNo);
      return found === undefined || (terminalId !== undefined && found.terminalId !== terminalId) ? refused('NO_SUCH_ITEM') : ok(viewCardTerminalOperation(found));
    },
    listCardTerminals: () => listCardTerminals(ports),
    openTill: (request) => openTill(ports, request),
    readOwnTills: (request) => readOwnTills(ports, request),
    readTillDays: (request) => readTillDays(ports, request),
    cashChannels: () => ports.desks.tills().map(({ channel }) => channel),
    settleCardTerminals: () => settleCardTerminals(ports),
    compareTills: () => compareTills(ports),
    endInterrupted: () => ports.rows.endInterrupted('the platform stopped before the terminal answered', ports.clock.now()),
  };
}
