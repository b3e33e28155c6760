/** Where copies of the audit log are kept (审计外送), as the configuration says. Called by the composition root. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Configuration } from './config/configuration-schema.js';
import type { Log } from './domain/log.js';
import type { Clock, Timers } from './domain/time.js';
import { auditCollector } from './edges/alarm-delivery/audit-collector.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { createAuditForwarding, type AuditForwarding } from './operations/forward-audit.js';

type Parts = { readonly configuration: Configuration; readonly configFolder: string; readonly database: Pick<PlatformDatabase, 'auditEvents' | 'auditCollectors'>; readonly clock: Clock; readonly timers: Timers; readonly log: Log };

export function composeAuditForwarding({ configuration: { monitoring, hospital }, configFolder, database, clock, timers, log }: Parts): AuditForwarding {
  const read = (file: string): string => readFileSync(resolve(configFolder, file), 'utf8');
  const collectors = monitoring.auditCollectors.map(({ id, host, port, facility, serverName, longestMessageBytes, authorityFile, clientCertificateFile, clientKey }) => auditCollector({
    id, host, port, facility, serverName, longestMessageBytes, hospital: hospital.id, hostname: hostname(),
    readKeys: () => ({
      authorityPem: authorityFile === undefined ? undefined : read(authorityFile),
      client: clientCertificateFile === undefined || clientKey === undefined ? undefined : { certificatePem: read(clientCertificateFile), keyPem: clientKey },
    }),
  }, { timers }));
  return createAuditForwarding({ store: database.auditEvents, collectors, cursors: database.auditCollectors, clock, timers, log });
}
