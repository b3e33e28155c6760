/** One connection to the HIS's SQL Server for looking only: no procedure of the hospital is ever called over it. */
import { Connection, Request, TYPES, type ConnectionConfiguration } from 'tedious';

export type SqlRow = Readonly<Record<string, string>>;
export type SqlServerLine = {
  /** Reads with one text parameter, `@name`. @throws with the server's own words */
  read(sql: string, name?: string): Promise<readonly SqlRow[]>;
  /** The declared parameters of a procedure, as the catalogue has them. */
  parametersOf(procedure: string): Promise<readonly string[]>;
  close(): void;
};

/** OpenSSL 3 refuses a TLS 1.0 server otherwise. */
const LEGACY_TLS = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
const TDS_VERSIONS: Readonly<Record<string, string>> = { sql2000: '7_1', sql2005: '7_2', sql2008: '7_3_A', sql2008r2: '7_3_B' };

/** @param settings the adapter's own settings @throws when nobody answers or the login is refused */
export async function openSqlServerLine(settings: Readonly<Record<string, unknown>>): Promise<SqlServerLine> {
  const text = (name: string): string => (typeof settings[name] === 'string' ? settings[name] : '');
  const version = text('version');
  const isOld = TDS_VERSIONS[version] !== undefined;
  const configuration: ConnectionConfiguration = {
    server: text('server'),
    authentication: { type: 'default', options: { userName: text('user'), password: text('password') } },
    options: Object.assign({
      port: typeof settings['port'] === 'number' ? settings['port'] : 1433, database: text('database'), appName: 'Hospay doctor', tdsVersion: TDS_VERSIONS[version] ?? '7_4',
      encrypt: typeof settings['encrypt'] === 'boolean' ? settings['encrypt'] : version === 'sql2022', trustServerCertificate: settings['trustServerCertificate'] === true,
      connectTimeout: 5_000, requestTimeout: 15_000, useUTC: true,
    }, isOld || settings['tls'] === 'legacy' ? { cryptoCredentialsDetails: LEGACY_TLS } : {}),
  };
  const connection = new Connection(configuration);
  connection.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => { connection.connect((error) => { if (error) reject(error); else resolve(); }); });
  const run = (start: (request: Request) => void, text_: string, parameters: readonly (readonly [string, string])[]): Promise<SqlRow[]> => new Promise((resolve, reject) => {
    const rows: SqlRow[] = [];
    const request = new Request(text_, (error) => { if (error) reject(error); else resolve(rows); });
    for (const [name, value] of parameters) request.addParameter(name, TYPES.NVarChar, value, { length: 400 });
    request.on('row', (columns: readonly { readonly metadata: { readonly colName: string }; readonly value: unknown }[]) => {
      rows.push(Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName.toLowerCase(), typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value).trim() : ''])));
    });
    start(request);
  });
  return {
    read: (sql, name) => run((request) => { connection.execSql(request); }, sql, name === undefined ? [] : [['name', name]]),
    parametersOf: async (procedure) => {
      const bare = procedure.split('.').at(-1)?.replace(/[[\]]/g, '') ?? procedure;
      // The catalogue procedure takes a pattern: an underscore stands for itself in brackets only.
      const rows = await run((request) => { connection.callProcedure(request); }, 'sp_sproc_columns', [['procedure_name', bare.replaceAll('_', '[_]')]]);
      return rows.filter((row) => row['procedure_name']?.toLowerCase().startsWith(`${bare.toLowerCase()};`)).map((row) => (row['column_name'] ?? '').replace(/^@/, '').toLowerCase());
    },
    close: () => { connection.close(); },
  };
}
