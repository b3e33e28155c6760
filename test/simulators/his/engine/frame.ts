import type { Table } from './catalog.js';
import { SqlServerError } from './sql-server-error.js';
import type { SqlType } from './sql-type.js';
import type { StoredValue } from './stored-value.js';
import type { Statement } from './syntax.js';

/** What one batch or one procedure call has of its own. */
export interface Frame {
  readonly variables: Map<string, { readonly type: SqlType; value: StoredValue }>;
  /** Table variables, and temporary tables made in a procedure. */
  readonly tables: Map<string, Table>;
  readonly procedure: string;
  /** 0 for a batch, one more for each call inside a call. */
  readonly depth: number;
}

export function newFrame(procedure: string, depth: number): Frame {
  return { variables: new Map(), tables: new Map(), procedure, depth };
}

/** Variables live for the whole batch, wherever in it their DECLARE stands. */
export function declareAll(statements: readonly Statement[], frame: Frame): void {
  for (const statement of statements) {
    if (statement.kind === 'declare') declare(statement, frame);
    if (statement.kind === 'block') declareAll(statement.statements, frame);
    if (statement.kind === 'if') declareAll(statement.otherwise ? [statement.consequence, statement.otherwise] : [statement.consequence], frame);
    if (statement.kind === 'while') declareAll([statement.body], frame);
    if (statement.kind === 'tryCatch') declareAll([...statement.attempt, ...statement.handler], frame);
  }
}

function declare(statement: Extract<Statement, { kind: 'declare' }>, frame: Frame): void {
  for (const { name, type } of statement.variables) {
    const key = name.toLowerCase();
    if (frame.variables.has(key)) throw new SqlServerError(134, `The variable name '${name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`);
    frame.variables.set(key, { type, value: null });
  }
}
