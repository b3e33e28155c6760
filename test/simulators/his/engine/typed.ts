import type { SqlType } from './sql-type.js';

/** A T-SQL expression as SQLite text, with the T-SQL type its stored value has. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  /** The untyped NULL takes the type of its neighbours. */
  readonly isNull?: boolean;
  /** A column as stored: fixed-length strings are kept without their padding. */
  readonly isColumn?: boolean;
  readonly literal?: string;
}

/** What a function needs from the translator to bring its arguments to a type. */
export interface TypeTools {
  /** A session value such as `@@now`, bound like a variable. */
  bind(name: string): string;
  /** The value itself: a fixed-length column gets its padding back. */
  read(typed: Typed): string;
  /** For comparison and arithmetic: keeps every digit, cuts nothing. */
  converted(typed: Typed, to: SqlType): string;
  /** For a variable, parameter or CAST: range checked, rounded, strings cut to length. */
  assigned(typed: Typed, to: SqlType): string;
  compare(operator: string, left: Typed, right: Typed): string;
  arithmetic(operator: string, left: Typed, right: Typed): Typed;
  unified(typed: readonly Typed[]): SqlType;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
