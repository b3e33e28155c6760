/**
 * What each generation of SQL Server speaks and has. Generations up to 2008 R2 serve databases that were made with the ANSI options off, by
 * vendors whose own clients never set them: `vendor` leaves all of them as the login and the database have them, so that a procedure sees
 * from us what it sees from the vendor's client. `ansi` sets what newer clients set.
 */

export const SQL_SERVER_VERSIONS = ['sql2000', 'sql2005', 'sql2008', 'sql2008r2', 'sql2012', 'sql2014', 'sql2016', 'sql2017', 'sql2019', 'sql2022'] as const;
export type SqlServerVersion = (typeof SQL_SERVER_VERSIONS)[number];
export const DEFAULT_VERSION: SqlServerVersion = 'sql2012';

export type Generation = {
  readonly tdsVersion: '7_1' | '7_2' | '7_3_A' | '7_3_B' | '7_4';
  readonly encrypt: boolean;
  readonly tls: 'modern' | 'legacy';
  readonly sets: 'vendor' | 'ansi';
  /** Whether the server tells its clients that a transaction began or ended: from 2005. */
  readonly tellsTransactions: boolean;
  /** varchar(max) and its kin, ROW_NUMBER: from 2005. */
  readonly hasMaxTypes: boolean;
  readonly hasRowNumber: boolean;
  /** The type date: from 2008. */
  readonly hasDate: boolean;
};

const MODERN: Generation = { tdsVersion: '7_4', encrypt: false, tls: 'modern', sets: 'ansi', tellsTransactions: true, hasMaxTypes: true, hasRowNumber: true, hasDate: true };
const LEGACY: Generation = { ...MODERN, tls: 'legacy', sets: 'vendor' };

export const GENERATIONS: Readonly<Record<SqlServerVersion, Generation>> = {
  sql2000: { ...LEGACY, tdsVersion: '7_1', tellsTransactions: false, hasMaxTypes: false, hasRowNumber: false, hasDate: false },
  sql2005: { ...LEGACY, tdsVersion: '7_2', hasDate: false },
  sql2008: { ...LEGACY, tdsVersion: '7_3_A' },
  sql2008r2: { ...LEGACY, tdsVersion: '7_3_B' },
  sql2012: MODERN,
  sql2014: MODERN,
  sql2016: MODERN,
  sql2017: MODERN,
  sql2019: MODERN,
  sql2022: { ...MODERN, encrypt: true },
};
