/** What has started so far: left by one part, asked for by the next. Part of the composition root. */
import type { CallWindow } from './alarms/call-window.js';
import type { Fence } from './backups/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { openMoneyReader } from './edges/database/money-reader/open-money-reader.js';
import type { StartUpReport } from './edges/database/money/open-money-store.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PluginStoreFile } from './edges/database/plugin-store.js';
import type { openReportReader } from './edges/database/reports/open-report-reader.js';
import type { RunningHttpServer } from './edges/http/http-kit/start-http-server.js';
import type { EmbeddedBroker } from './edges/mqtt/embedded-broker.js';
import type { EnrolmentListener } from './edges/mqtt/enrolment-listener.js';
import type { TerminalGateway } from './edges/mqtt/terminal-gateway.js';
import type { AuditLog } from './operations/audit-log.js';
import type { RunningAlarms } from './platform-alarms.js';
import type { Backups } from './platform-backups.js';
import type { SettledConfiguration } from './platform-configuration.js';
import type { Fleet } from './platform-fleet.js';
import type { openReconciliationThread } from './platform-reconciliation.js';
import type { RelayPart } from './platform-relay.js';
import type { RunningServerCertificate } from './server-certificate/server-certificate-desk.js';

/** What the parts leave for each other and for `describeRunning`. */
export type Running = {
  /** This box was made of a backup. */
  fence?: Fence | undefined;
  backups?: Backups;
  audit?: AuditLog;
  settled?: SettledConfiguration;
  /** The configuration as the files have it. */
  asFiled?: Configuration;
  pluginStores?: PluginStoreFile;
  store?: SqliteMoneyStore;
  report?: StartUpReport;
  moneyReader?: ReturnType<typeof openMoneyReader>;
  reports?: ReturnType<typeof openReportReader>;
  reconciler?: ReturnType<typeof openReconciliationThread>;
  broker?: EmbeddedBroker;
  enrolment?: EnrolmentListener;
  corePassword?: string;
  gateway?: TerminalGateway;
  fleet?: Fleet;
  calls?: CallWindow;
  alarms?: RunningAlarms;
  /** External broker beside the core: its files, written anew. */
  writeBrokerFiles?: () => Promise<void>;
  counterReader?: { close(): Promise<void> };
  paymentServer?: RunningHttpServer;
  relay?: RelayPart;
  consoleServer?: RunningHttpServer;
  firstLoginCode?: string;
  /** Undefined where TLS is off. */
  serverCertificate?: RunningServerCertificate | undefined;
};

type Opened = 'store' | 'report' | 'pluginStores' | 'moneyReader' | 'reports' | 'reconciler';
export function must({ store, report, pluginStores, moneyReader, reports, reconciler }: Running): { readonly [Part in Opened]-?: NonNullable<Running[Part]> } {
  if (store === undefined || report === undefined || pluginStores === undefined || moneyReader === undefined || reports === undefined || reconciler === undefined) throw new Error('the stores are not open yet');
  return { store, report, pluginStores, moneyReader, reports, reconciler };
}

export function fleetOf({ fleet }: Running): Fleet {
  if (fleet === undefined) throw new Error('the fleet is not open yet');
  return fleet;
}

export function backupsOf({ backups }: Running): Backups {
  if (backups === undefined) throw new Error('backups are not open yet');
  return backups;
}

export function alarmsOf({ alarms }: Running): RunningAlarms {
  if (alarms === undefined) throw new Error('alarms are not watched yet');
  return alarms;
}

export function tlsOf({ serverCertificate }: Running): { readonly tls?: RunningServerCertificate } {
  return serverCertificate === undefined ? {} : { tls: serverCertificate };
}
