import { nextStep } from './next-step.js';
import type { CardTerminalOperationView, CardTerminalRecord } from './ports.js';

/** With what the person beside the terminal does next. */
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
