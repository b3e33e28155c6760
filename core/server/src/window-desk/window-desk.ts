import type { CardTerminalOperation } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { viewCardTerminalOperation, type CardTerminalOperationView } from './card-terminal-view.js';
import { compareTills } from './compare-tills.js';
import { listCardTerminals } from './list-card-terminals.js';
import { openTill, type OpenTillRequest } from './open-till.js';
import { operateCardTerminal } from './operate-card-terminal.js';
import type { AskedKey, Asker, TillOpening, WindowDeskPorts } from './ports.js';
import { readOwnTills } from './read-own-tills.js';
import { readTillDays } from './read-till-days.js';
import { settleCardTerminals } from './settle-card-terminals.js';

export type WindowDesk = ReturnType<typeof createWindowDesk>;

/** The use cases of the window desk with their ports given: what terminals, console and tasks call. */
export function createWindowDesk(ports: WindowDeskPorts) {
  return {
    async operateCardTerminal(request: { readonly terminalId: string; readonly channel?: string; readonly operation: CardTerminalOperation; readonly asker: Asker; readonly asked: AskedKey }): Promise<Outcome<CardTerminalOperationView>> {
      const operated = await operateCardTerminal(ports, { ...request, wait: 'soon' });
      return operated.kind === 'ok' ? ok(viewCardTerminalOperation(operated.value)) : operated;
    },
    /** `terminalId`: only an operation at this card terminal exists for the asker. */
    async findCardTerminalOperation({ operationNo, terminalId }: { readonly operationNo: string; readonly terminalId?: string }): Promise<Outcome<CardTerminalOperationView>> {
      const found = await ports.rows.findOperation(operationNo);
      return found === undefined || (terminalId !== undefined && found.terminalId !== terminalId) ? refused('NO_SUCH_ITEM') : ok(viewCardTerminalOperation(found));
    },
    /** Where change money can be counted in now. */
    cashChannels: () => ports.desks.tills().map(({ channel }) => channel),
    listCardTerminals: () => listCardTerminals(ports),
    openTill: (request: OpenTillRequest): Promise<Outcome<TillOpening>> => openTill(ports, request),
    readOwnTills: (request: Parameters<typeof readOwnTills>[1]) => readOwnTills(ports, request),
    readTillDays: (request: { readonly day: string }) => readTillDays(ports, request),
    settleCardTerminals: () => settleCardTerminals(ports),
    compareTills: () => compareTills(ports),
    /** At start: an operation that a process before had begun can get no answer any more. */
    endInterrupted: () => ports.rows.endInterrupted('the platform stopped before the terminal answered', ports.clock.now()),
  };
}
