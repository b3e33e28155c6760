import { CardTerminalOutcomeSchema, type CardTerminals } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { CardTerminalsGuest } from '../domain/guests.js';
import type { Boundary } from './boundary.js';

const ANSWER = Compile(CardTerminalOutcomeSchema);

export type ActiveCardTerminals = { readonly desk: CardTerminals; readonly terminalIds: readonly string[]; readonly longestMs: number | undefined; readonly boundary: Boundary };

/** The card terminals as use cases see them: through the boundary, with the terminal's own time where it is longer than the manifest's. Never throws. */
export function cardTerminalsGuest(current: () => ActiveCardTerminals): CardTerminalsGuest {
  return {
    get terminalIds() {
      return current().terminalIds;
    },
    operate(request) {
      const { desk, longestMs, boundary } = current();
      return boundary.call({ operation: 'operate', request, answer: ANSWER, hand: (copy) => desk.operate(copy), ...(longestMs === undefined ? {} : { limitMs: longestMs }) });
    },
  };
}
