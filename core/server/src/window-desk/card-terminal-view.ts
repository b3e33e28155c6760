import type { CardTerminalOperation } from '@hospay/plugin-sdk';
import { nextStep } from './next-step.js';
import type { CardTerminalRecord, CardTerminalState } from './ports.js';

/** An operation at a card terminal as people are shown it, with what they do next. */
export type CardTerminalOperationView = {
  readonly operationNo: string;
  readonly channel: string;
  readonly terminalId: string;
  readonly operation: CardTerminalOperation;
  readonly state: CardTerminalState;
  readonly code?: string;
  readonly message: string;
  readonly nextZh: string;
  readonly nextEn: string;
  readonly askedBy: string;
  readonly operatorId?: string;
  readonly askedAt: string;
  readonly endedAt?: string;
};

export function viewCardTerminalOperation({ code, operatorId, askedAt, endedAt, ...record }: CardTerminalRecord): CardTerminalOperationView {
  return {
    ...record,
    ...(code === undefined ? {} : { code }),
    ...nextStep(record.state, record.operation),
    ...(operatorId === undefined ? {} : { operatorId }),
    askedAt: askedAt.toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
  };
}
