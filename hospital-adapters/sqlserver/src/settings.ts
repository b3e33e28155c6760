/** The adapter's settings: where the HIS's SQL Server is, how to speak to it, and how much of it we may use. */
import { GUARD_SETTINGS } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';
import { SQL_SERVER_VERSIONS } from './server-generations.js';

const closedObject = { additionalProperties: false } as const;

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
    version: Type.Optional(Type.Enum(SQL_SERVER_VERSIONS, { description: 'protocol, TLS, SET options and SQL of a server generation; default sql2012' })),
    encrypt: Type.Optional(Type.Boolean({ description: 'default: off up to sql2008r2 and for sql2012 to sql2019, on for sql2022' })),
    caPem: Type.Optional(Type.String({ minLength: 1, maxLength: 65_536, title: 'CA of the HIS server', description: 'PEM: the authority of the server\'s certificate, or that certificate itself where it signed itself; default: the authorities this machine knows' })),
    serverName: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'the name in the server\'s certificate, where it is not `server`; SQL Server\'s own reads SSL_Self_Signed_Fallback' })),
    trustServerCertificate: Type.Optional(Type.Boolean({ description: 'default false; true accepts any certificate, so that whoever stands on the line can answer for the HIS: give caPem instead' })),
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
    dateFormat: Type.Optional(
      Type.Union([Type.Literal('ymd'), Type.Literal('mdy'), Type.Literal('dmy'), Type.Null()], { description: 'how the server reads dates in text; null leaves the login its own; default ymd, null up to sql2008r2' }),
    ),
    basketIdentities: Type.Optional(
      Type.Array(
        Type.Object({ terminal: Type.String({ minLength: 1, maxLength: 64 }), operator: Type.String({ minLength: 1, maxLength: 32 }) }, closedObject),
        { minItems: 1, maxItems: 64, description: 'terminal and operator numbers the HIS keeps for us, one pair for each sequence that may run at once' },
      ),
    ),
    schemaCheckEveryMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 86_400_000, description: 'ping compares the HIS with the mapping again when the last comparison is older; default 600000' }),
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
