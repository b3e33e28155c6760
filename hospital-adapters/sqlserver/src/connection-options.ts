/** From settings to what tedious needs: protocol, TLS and SET options by the server's generation, the session's guard rails. */
import type { ConnectionConfiguration } from 'tedious';
import { DEFAULT_VERSION, GENERATIONS } from './server-generations.js';
import type { Settings } from './settings.js';

/**
 * OpenSSL 3 refuses a TLS 1.0 server unless both the version and the security level are lowered.
 * Only for servers that cannot do better, on a network of their own.
 */
const LEGACY_TLS = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

/** How long the driver waits for the server to acknowledge a cancel before it drops the connection. */
const CANCEL_TIMEOUT_MS = 1_500;

export function connectionConfiguration(settings: Settings): ConnectionConfiguration {
  const preset = GENERATIONS[settings.version ?? DEFAULT_VERSION];
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
      ...(settings.serverName === undefined ? {} : { serverName: settings.serverName }),
      ...credentialsDetails(settings),
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

function credentialsDetails({ tls, version, caPem }: Settings): Pick<NonNullable<ConnectionConfiguration['options']>, 'cryptoCredentialsDetails'> {
  const details = { ...((tls ?? GENERATIONS[version ?? DEFAULT_VERSION].tls) === 'legacy' ? LEGACY_TLS : {}), ...(caPem === undefined ? {} : { ca: caPem }) };
  return Object.keys(details).length === 0 ? {} : { cryptoCredentialsDetails: details };
}

/**
 * The driver takes null for "leave the server's default", which its own types do not say. The language is never set: with it the server would
 * forget the date format again, and a procedure that compares names of weekdays would see other names.
 */
function setOptions(settings: Settings): Record<string, boolean | string | number | null> {
  const set = settings.setOptions ?? {};
  const isVendor = GENERATIONS[settings.version ?? DEFAULT_VERSION].sets === 'vendor';
  const option = <Value>(value: Value | null | undefined, byDefault: Value | null): Value | null => (value === undefined ? byDefault : value);
  const ansi = (value: boolean | null | undefined): boolean | null => option(value, isVendor ? null : true);
  return {
    enableAnsiNull: ansi(set.ansiNulls),
    enableAnsiNullDefault: ansi(set.ansiNullDefault),
    enableAnsiPadding: ansi(set.ansiPadding),
    enableAnsiWarnings: ansi(set.ansiWarnings),
    enableArithAbort: ansi(set.arithAbort),
    enableConcatNullYieldsNull: ansi(set.concatNullYieldsNull),
    enableQuotedIdentifier: ansi(set.quotedIdentifier),
    enableCursorCloseOnCommit: option(set.cursorCloseOnCommit, false),
    enableImplicitTransactions: option(set.implicitTransactions, false),
    enableNumericRoundabort: option(set.numericRoundAbort, false),
    dateFormat: option(settings.dateFormat, isVendor ? null : 'ymd'),
    datefirst: isVendor ? null : 7,
    language: null,
    // XACT_ABORT is a guard rail of ours, set below.
    abortTransactionOnError: null,
  };
}

/** Run once on each new connection: the HIS's own users come first, and a lock never holds us for long. */
export function sessionSettings(settings: Settings): string {
  const lines = [`SET LOCK_TIMEOUT ${settings.lockTimeoutMs ?? 3_000}`, 'SET DEADLOCK_PRIORITY LOW'];
  const xactAbort = settings.setOptions?.xactAbort;
  if (xactAbort !== null) lines.push(`SET XACT_ABORT ${xactAbort === false ? 'OFF' : 'ON'}`);
  return lines.join('\n');
}
