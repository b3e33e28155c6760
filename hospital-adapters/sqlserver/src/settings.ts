/** The adapter's settings: where the HIS's SQL Server is, how to speak to it, and how much of it we may use. */
import { GUARD_SETTINGS } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

export const SQL_SERVER_VERSIONS = ['sql2000', 'sql2005', 'sql2008', 'sql2008r2', 'sql2012', 'sql2014', 'sql2016', 'sql2017', 'sql2019', 'sql2022'] as const;
export type SqlServerVersion = (typeof SQL_SERVER_VERSIONS)[number];

/** true and false are sent at login; null leaves the server's default, as the vendor's own old client does. */
const SetOption = Type.Optional(Type.Union([Type.Boolean(), Type.Null()]));

export const SettingsSchema = Type.Object(
  {
    server: Type.String({ minLength: 1, maxLength: 255, title: 'HIS server', description: 'host name or address' }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'default 1433' })),
    database: Type.String({ minLength: 1, maxLength: 128 }),
    user: Type.String({ minLength: 1, maxLength: 128, description: 'a login of its own: EXECUTE on the mapped procedures and nothing else' }),
    password: Type.String({ maxLength: 128, 'x-secret': true }),
    mappingFile: Type.Optional(Type.String({ minLength: 1, description: 'path of the mapping file; exactly one of mapping and mappingFile' })),
    mapping: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'the mapping itself' })),
    version: Type.Optional(Type.Enum(SQL_SERVER_VERSIONS, { description: 'TDS version and TLS defaults; default sql2012' })),
    encrypt: Type.Optional(Type.Boolean({ description: 'default: off up to sql2008r2 and for sql2012 to sql2019, on for sql2022' })),
    trustServerCertificate: Type.Optional(Type.Boolean({ description: 'default false; true accepts any certificate' })),
    tls: Type.Optional(Type.Union([Type.Literal('modern'), Type.Literal('legacy')], { description: 'legacy allows TLS 1.0 and old signatures; default legacy up to sql2008r2' })),
    setOptions: Type.Optional(
      Type.Object(
        {
          ansiNulls: SetOption, ansiNullDefault: SetOption, ansiPadding: SetOption, ansiWarnings: SetOption, arithAbort: SetOption,
          concatNullYieldsNull: SetOption, cursorCloseOnCommit: SetOption, implicitTransactions: SetOption, numericRoundAbort: SetOption,
          quotedIdentifier: SetOption, xactAbort: SetOption,
        },
        closedObject,
      ),
    ),
    poolMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: 'connections this adapter may hold; default 4' })),
    applicationName: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'shown to the DBA; default Hospay' })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: 'default 5000' })),
    lockTimeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'default 3000' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: 'calls that take longer are logged; default 2000' })),
    ...GUARD_SETTINGS,
    validateAfterIdleMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'a connection idle for longer is tried before use: firewalls forget silently; default 15000' })),
  },
  closedObject,
);
export type Settings = Static<typeof SettingsSchema>;
