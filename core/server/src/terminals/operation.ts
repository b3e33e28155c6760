/** What an operation of a terminal is: a schema of its request and of its answer, and the use case it reaches. */
import { Type, type StaticEncode, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { refused, type Outcome } from '../domain/errors.js';
import type { Owner } from '../domain/order.js';
import { describeMismatches, listMismatches } from '../domain/schema-mismatch.js';
import type { Operator } from '../users/ports.js';
import type { PatientLabels } from './patient-labels.js';
import type { Terminal, TerminalPorts } from './ports.js';

export type OperationContext = {
  readonly ports: TerminalPorts;
  readonly terminal: Terminal;
  readonly labels: PatientLabels;
  /** The envelope's idempotency key; always there where the operation requires one. */
  readonly idem: string | undefined;
  /** Who is signed in here; always there where the operation requires one, at every terminal but a kiosk. */
  readonly operator: Operator | undefined;
};

export type Operation = {
  readonly request: TSchema;
  readonly reply: TSchema;
  /** `required`: a repeat with the same key answers what became of the first. */
  readonly idem: 'required' | 'unused';
  /** `required`: a kiosk needs nobody, every other terminal a signed-in operator. */
  readonly operator: 'required' | 'unused';
  run(context: OperationContext, body: unknown): Promise<Outcome<object>>;
};

export const closed = { additionalProperties: false } as const;
export const Id = (maxLength: number) => Type.String({ minLength: 1, maxLength });

export function operation<Request extends TSchema>(definition: {
  readonly request: Request;
  readonly reply: TSchema;
  readonly idem?: 'required';
  readonly operator?: 'required';
  handle(context: OperationContext, body: StaticEncode<Request>): Promise<Outcome<object>>;
}): Operation {
  const validator = Compile(definition.request);
  return {
    request: definition.request,
    reply: definition.reply,
    idem: definition.idem ?? 'unused',
    operator: definition.operator ?? 'unused',
    async run(context, body) {
      if (!validator.Check(body)) return refused('MALFORMED_REQUEST', `body: ${describeMismatches(listMismatches(definition.request, body)).slice(0, 300)}`);
      return definition.handle(context, body);
    },
  };
}

export function ownerOf(terminal: Terminal): Owner {
  return { kind: 'terminal', id: terminal.deviceId };
}

export function mayCountCash({ kind }: Terminal): boolean {
  return kind === 'window' || kind === 'kiosk';
}

/** Idempotency keys of one terminal live apart from everybody else's. */
export function tenantOf(terminal: Terminal): string {
  return `terminal/${terminal.deviceId}`;
}

/** Kiosks stand alone; everywhere else somebody works, and answers for what is done. */
export function needsOperator({ kind }: Pick<Terminal, 'kind'>): boolean {
  return kind !== 'kiosk';
}

/** The operator a piece of business is written under: who is signed in, never who a message names. At a kiosk nobody is, and a message may name who fills it. */
export function operatorIdOf({ terminal, operator }: Pick<OperationContext, 'terminal' | 'operator'>, named: string | undefined): string | undefined {
  return needsOperator(terminal) ? operator?.operatorNo : named;
}
