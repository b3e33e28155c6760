/** Facts for the DBA: which call, how long, how it ended, and the parameters by name and size. */
import type { BoundParameter } from './bind-parameters.js';
import type { Engine } from './engine.js';
import type { PreparedCall } from './prepared-call.js';

export type TimedCall = { readonly operation: string; readonly call: PreparedCall; readonly parameters: readonly BoundParameter[]; readonly durationMs: number; readonly outcome: string };

export function logSlowCall(engine: Pick<Engine, 'slowCallMs' | 'log'>, { operation, call: { command }, parameters, durationMs, outcome }: TimedCall): void {
  if (durationMs < engine.slowCallMs) return;
  engine.log.warn('HIS call was slow', {
    operation,
    command: command.kind === 'procedure' ? command.name : command.kind === 'sql' ? 'sql text' : `${command.kind} ${command.object}`,
    durationMs: Math.round(durationMs),
    outcome,
    parameters: maskParameters(parameters),
  });
}

/** Our own numbers are shown, so that a call can be found; everything else is only its size. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set(['tradeNo', 'refundNo', 'quoteNo', 'day', 'page', 'pageSize', 'terminalId', 'method', 'basketTerminal', 'basketOperator']);

export function maskParameters(parameters: readonly BoundParameter[]): string {
  return parameters
    .filter(({ direction }) => direction === 'in')
    .map(({ name, value, field }) => `@${name}=${field !== undefined && SHOWN_FIELDS.has(field) ? String(value) : maskValue(value)}`)
    .join(' ');
}

function maskValue(value: BoundParameter['value']): string {
  return value === null ? 'NULL' : typeof value === 'string' ? `***(${value.length})` : '***';
}
