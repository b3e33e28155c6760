/** An error with SQL Server's own number, severity class, state and text, as a client of the real server would see it. */
export class SqlServerError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  procedure = '';
  line = 1;

  constructor(number: number, message: string, options: { severity?: number; state?: number } = {}) {
    super(message);
    this.name = 'SqlServerError';
    this.number = number;
    this.severity = options.severity ?? severityByNumber.get(number) ?? 16;
    this.state = options.state ?? 1;
  }
}

const severityByNumber = new Map([
  [18456, 14], [102, 15], [105, 15], [111, 15], [134, 15], [137, 15], [139, 15], [156, 15], [1205, 13], [2627, 14], [2601, 14], [229, 14], [3980, 16],
]);

/**
 * Errors that end only their own statement; the batch goes on with the next one unless XACT_ABORT is on.
 * Everything else ends the batch. Source: SQL Server documentation, "SET XACT_ABORT" and "Database Engine error severities".
 */
const statementOnly = new Set([2627, 2601, 547, 515, 1222, 8134, 8115, 8152, 2812, 201, 8144, 8145, 8162, 266, 3902, 3903, 50000, 2714, 3701, 512, 220]);

export function endsOnlyItsStatement(error: SqlServerError): boolean {
  return statementOnly.has(error.number);
}

export function incorrectSyntax(near: string): SqlServerError {
  return new SqlServerError(102, `Incorrect syntax near '${near}'.`);
}

export function invalidObject(name: string): SqlServerError {
  return new SqlServerError(208, `Invalid object name '${name}'.`);
}

export function invalidColumn(name: string): SqlServerError {
  return new SqlServerError(207, `Invalid column name '${name}'.`);
}

export function undeclaredVariable(name: string): SqlServerError {
  return new SqlServerError(137, `Must declare the scalar variable "${name}".`);
}

/** What the simulator does not speak; number 40000 is outside SQL Server's own range so it is never mistaken for a server answer. */
export function notSupported(what: string): SqlServerError {
  return new SqlServerError(40000, `The hospital simulator does not support ${what}.`);
}
