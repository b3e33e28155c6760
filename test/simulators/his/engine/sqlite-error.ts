import type { Catalog } from './catalog.js';
import { notSupported, SqlServerError } from './sql-server-error.js';

/** Gives an error from SQLite the number and words SQL Server has for the same mishap. */
export function serverErrorOf(error: unknown, site: { readonly verb: string; readonly catalog: Catalog }): SqlServerError {
  if (error instanceof SqlServerError) return error;
  if (!(error instanceof Error)) return notSupported(String(error));
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;
  const failing = /failed: (.*)$/.exec(error.message)?.[1] ?? '';
  const [table = '', ...rest] = failing.split(',')[0]?.split('.') ?? [];
  switch (code) {
    case 1555: case 2067: return duplicate(table, failing, site.catalog);
    case 1299:
      return new SqlServerError(515, `Cannot insert the value NULL into column '${rest.join('.')}', table 'dbo.${table}'; column does not allow nulls. ${site.verb} fails.`, { state: 2 });
    case 787:
      return new SqlServerError(547, `The ${site.verb} statement conflicted with a ${site.verb === 'DELETE' ? 'REFERENCE' : 'FOREIGN KEY'} constraint.`);
    case 275:
      return new SqlServerError(547, `The ${site.verb} statement conflicted with the CHECK constraint "${failing}".`);
    case 5: case 261: case 517:
      return new SqlServerError(1222, 'Lock request time out period exceeded.', { state: 51 });
    default:
      if (error.message.includes('integer overflow')) return new SqlServerError(8115, 'Arithmetic overflow error converting expression to data type numeric.', { state: 2 });
      return notSupported(`this statement (${error.message})`);
  }
}

function duplicate(table: string, failing: string, catalog: Catalog): SqlServerError {
  const columns = failing.split(',').map((part) => (part.trim().split('.').pop() ?? '').toLowerCase()).sort().join();
  const same = (names: readonly string[]): boolean => names.map((name) => name.toLowerCase()).sort().join() === columns;
  const constraint = catalog.tables.get(table.toLowerCase())?.constraints.find((candidate) => (candidate.kind === 'unique' || candidate.kind === 'primaryKey') && same(candidate.columns));
  if (constraint) {
    const kind = constraint.kind === 'primaryKey' ? 'PRIMARY KEY' : 'UNIQUE KEY';
    const name = constraint.name ?? `${constraint.kind === 'primaryKey' ? 'PK' : 'UQ'}_${table}`;
    return new SqlServerError(2627, `Violation of ${kind} constraint '${name}'. Cannot insert duplicate key in object 'dbo.${table}'.`);
  }
  const index = [...catalog.indexes.values()].find((candidate) => candidate.table === table.toLowerCase() && candidate.unique && same(candidate.columns));
  if (index) return new SqlServerError(2601, `Cannot insert duplicate key row in object 'dbo.${table}' with unique index '${index.name}'.`);
  return new SqlServerError(2627, `Violation of PRIMARY KEY constraint 'PK_${table}'. Cannot insert duplicate key in object 'dbo.${table}'.`);
}
