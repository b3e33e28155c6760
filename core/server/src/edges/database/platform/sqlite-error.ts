/** Extended result codes (sqlite.org/rescode.html) that Sequelize tells apart by name. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [275, 'SQLITE_CONSTRAINT_CHECK'],
  [787, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  [1299, 'SQLITE_CONSTRAINT_NOTNULL'],
  [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  // RAISE in a trigger. Sequelize would report the plain name as a broken unique key.
  [1811, 'SQLITE_CONSTRAINT_RAISE'],
  [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
  [2579, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
]);
const PRIMARY_NAMES: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [19, 'SQLITE_CONSTRAINT'],
  [26, 'SQLITE_NOTADB'],
]);

/** An SQLite error under the name Sequelize knows. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly code: string;
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    const errcode = cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode : 1;
    this.code = NAMES.get(errcode) ?? PRIMARY_NAMES.get(errcode & 0xff) ?? 'SQLITE_ERROR';
  }
}
