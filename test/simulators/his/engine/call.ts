import { convertValue } from './convert-value.js';
import type { Frame } from './frame.js';
import { SqlServerError } from './sql-server-error.js';
import { typeClass, type SqlType } from './sql-type.js';
import type { StoredValue } from './stored-value.js';
import type { Expression, ProcedureParameter } from './syntax.js';

/** A value with the T-SQL type it was declared or sent with. */
export interface TypedValue {
  readonly type: SqlType;
  readonly value: StoredValue;
}

export interface CallArgument {
  readonly name: string | undefined;
  /** Absent means DEFAULT. */
  readonly given: TypedValue | undefined;
  readonly output: boolean;
}

export interface CallResult {
  readonly status: number;
  readonly outputs: readonly { readonly name: string; readonly typed: TypedValue }[];
}

export interface Callee {
  readonly name: string;
  readonly parameters: readonly ProcedureParameter[];
  /** Works out a parameter's default; absent where none are allowed. */
  readonly constant?: (expression: Expression) => TypedValue;
}

/** Matches what was passed to what was declared, with SQL Server's complaints (201, 8114, 8144, 8145, 8162). */
export function bindArguments(callee: Callee, given: readonly CallArgument[]): ReadonlyMap<string, TypedValue> {
  const bound = new Map<string, TypedValue>();
  given.forEach((argument, index) => {
    const parameter = parameterOf(callee.parameters, argument, index);
    if (!parameter) {
      throw argument.name
        ? new SqlServerError(8145, `${argument.name} is not a parameter for procedure ${callee.name}.`)
        : new SqlServerError(8144, `Procedure or function ${callee.name} has too many arguments specified.`, { state: 2 });
    }
    if (argument.output && !parameter.output) {
      throw new SqlServerError(8162, `The formal parameter "${parameter.name}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`, { state: 2 });
    }
    if (!argument.given) return;
    const value = convertValue(argument.given.value, { from: argument.given.type, to: parameter.type, forParameter: true });
    bound.set(parameter.name.toLowerCase(), { type: parameter.type, value });
  });
  for (const parameter of callee.parameters) {
    const key = parameter.name.toLowerCase();
    if (bound.has(key)) continue;
    if (!parameter.defaultValue || !callee.constant) {
      throw new SqlServerError(201, `Procedure or function '${callee.name}' expects parameter '${parameter.name}', which was not supplied.`, { state: 4 });
    }
    const typed = callee.constant(parameter.defaultValue);
    bound.set(key, { type: parameter.type, value: convertValue(typed.value, { from: typed.type, to: parameter.type }) });
  }
  return bound;
}

/** What the OUTPUT parameters hold when the callee has ended. */
export function outputsOf(declared: readonly ProcedureParameter[], given: readonly CallArgument[], frame: Frame): CallResult['outputs'] {
  return given.flatMap((argument, index) => {
    if (!argument.output) return [];
    const parameter = parameterOf(declared, argument, index);
    const variable = parameter && frame.variables.get(parameter.name.toLowerCase());
    return parameter && variable ? [{ name: parameter.name, typed: { type: variable.type, value: variable.value } }] : [];
  });
}

function parameterOf(declared: readonly ProcedureParameter[], argument: CallArgument, index: number): ProcedureParameter | undefined {
  return argument.name ? declared.find((candidate) => candidate.name.toLowerCase() === argument.name?.toLowerCase()) : declared[index];
}

/** The text argument of sp_executesql and its kin. */
export function textArgument(argument: CallArgument | undefined): string {
  const typed = argument?.given;
  if (!typed || typed.value === null) return '';
  if (typeClass(typed.type) !== 'string') throw new SqlServerError(214, "Procedure expects parameter of type 'ntext/nchar/nvarchar'.", { state: 2 });
  return String(typed.value);
}
