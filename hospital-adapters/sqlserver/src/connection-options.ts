/** From settings to what tedious needs: protocol and TLS presets by server version, SET options, the session's guard rails. */
import type { ConnectionConfiguration } from 'tedious';
import type { Settings, SqlServerVersion } from './settings.js';

type Preset = { readonly tdsVersion: '7_1' | '7_2' | '7_3_A' | '7_3_B' | '7_4'; readonly encrypt: boolean; readonly tls: 'modern' | 'legacy' };

const PRESETS: Readonly<Record<SqlServerVersion, Preset>> = {
  sql2000: { tdsVersion: '7_1', encrypt: false, tls: 'legacy' },
  sql2005: { tdsVersion: '7_2', encrypt: false, tls: 'legacy' },
  sql2008: { tdsVersion: '7_3_A', encrypt: false, tls: 'legacy' },
  sql2008r2: { tdsVersion: '7_3_B', encrypt: false, tls: 'legacy' },
  sql2012: { tdsVersion: '7_4', encrypt: false, tls: 'modern' },
  sql2014: { tdsVersion: '7_4', encrypt: false, tls: 'modern' },
  sql2016: { tdsVersion: '7_4', encrypt: false, tls: 'modern' },
  sql2017: { tdsVersion: '7_4', encrypt: false, tls: 'modern' },
  sql2019: { tdsVersion: '7_4', encrypt: false, tls: 'modern' },
  sql2022: { tdsVersion: '7_4', encrypt: true, tls: 'modern' },
};

/**
 * OpenSSL 3 refuses a TLS 1.0 server unless both the version and the security level are lowered.
 * Only for servers that cannot do better, on a network of their own.
 */
const LEGACY_TLS = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

/** How long the driver waits for the server to acknowledge a cancel before it drops the connection. */
const CANCEL_TIMEOUT_MS = 1_500;

export function connectionConfiguration(settings: Settings): ConnectionConfiguration {
  const preset = PRESETS[settings.version ?? 'sql2012'];
  return {
    server: settings.server,
    authentication: { type: 'default', options: { userName: settings.user, password: settings.password } },
    options: Object.assign({
      port: settings.port ?? 1433,
      database: settings.database,
      appName: settings.applicationName ?? 'Hospay',
      tdsVersion: preset.tdsVersion,
      encrypt: settings.encrypt ?? preset.encrypt,
      trustServerCertificate: settings.trustServerCertificate ?? false,
      ...((settings.tls ?? preset.tls) === 'legacy' ? { cryptoCredentialsDetails: LEGACY_TLS } : {}),
      connectTimeout: settings.connectTimeoutMs ?? 5_000,
      cancelTimeout: CANCEL_TIMEOUT_MS,
      // Deadlines come from the budget guard; the driver's own timer would only race it.
      requestTimeout: 0,
      maxRetriesOnTransientErrors: 0,
      // The driver's Date then carries the HIS's wall clock in its UTC fields, whatever zone this machine is in; his-time.ts adds the offset.
      useUTC: true,
      useColumnNames: false,
      rowCollectionOnDone: false,
      rowCollectionOnRequestCompletion: false,
    }, setOptions(settings)),
  };
}

/** The driver takes null for "leave the server's default", which its own types do not say. */
function setOptions(settings: Settings): Record<string, boolean | null> {
  const set = settings.setOptions ?? {};
  const option = (value: boolean | null | undefined, byDefault: boolean): boolean | null => (value === undefined ? byDefault : value);
  return {
    enableAnsiNull: option(set.ansiNulls, true),
    enableAnsiNullDefault: option(set.ansiNullDefault, true),
    enableAnsiPadding: option(set.ansiPadding, true),
    enableAnsiWarnings: option(set.ansiWarnings, true),
    enableArithAbort: option(set.arithAbort, true),
    enableConcatNullYieldsNull: option(set.concatNullYieldsNull, true),
    enableCursorCloseOnCommit: option(set.cursorCloseOnCommit, false),
    enableImplicitTransactions: option(set.implicitTransactions, false),
    enableNumericRoundabort: option(set.numericRoundAbort, false),
    enableQuotedIdentifier: option(set.quotedIdentifier, true),
  };
}

/** Run once on each new connection: the HIS's own users come first, and a lock never holds us for long. */
export function sessionSettings(settings: Settings): string {
  const lines = [`SET LOCK_TIMEOUT ${settings.lockTimeoutMs ?? 3_000}`, 'SET DEADLOCK_PRIORITY LOW'];
  const xactAbort = settings.setOptions?.xactAbort;
  if (xactAbort !== null) lines.push(`SET XACT_ABORT ${xactAbort === false ? 'OFF' : 'ON'}`);
  return lines.join('\n');
}
