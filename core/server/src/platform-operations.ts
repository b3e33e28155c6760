/** Operations joined: measures, health, live events, the audit log, the data disk, running work and the support bundle. Part of the composition root. */
import { join } from 'node:path';
import type { Clock } from './domain/time.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { announceWork } from './live-events/announce-work.js';
import { announcedAudit } from './live-events/announced-audit.js';
import { createEventHub } from './live-events/event-hub.js';
import { createAuditLog, type AuditLog } from './operations/audit-log.js';
import { ballastFile } from './operations/ballast-file.js';
import { clearDataFolder } from './operations/clear-data-folder.js';
import { spaceOf, watchDiskSpace } from './operations/disk-space.js';
import { createHealth } from './operations/health.js';
import { createMetrics } from './operations/metrics.js';
import { witnessFile } from './operations/witness-file.js';
import { composeAuditForwarding } from './platform-audit-forwarding.js';
import { give, TOKENS } from './platform-container.js';
import type { Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { composeSupportDesk } from './platform-support-desk.js';
import { createWorkBoard } from './running-work/work-board.js';

const MEGABYTE = 1024 * 1024;

export function auditLogOf(database: PlatformDatabase, dataFolder: string, clock: Clock): AuditLog {
  return createAuditLog({ store: database.auditEvents, witness: witnessFile(join(dataFolder, 'audit-witness')), clock });
}

export function composeOperations({ configuration, configFolder, profile, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { disk, dataFolder } = configuration;
  give(TOKENS.metrics, createMetrics);
  give(TOKENS.health, () => createHealth({ timers }));
  give(TOKENS.liveEvents, () => createEventHub({ timers, random }));
  give(TOKENS.audit, (get) => announcedAudit(running.audit ?? auditLogOf(database, dataFolder, clock), get(TOKENS.liveEvents)));
  give(TOKENS.auditForwarding, () => composeAuditForwarding({ configuration, configFolder, database, clock, timers, log }));
  give(TOKENS.disk, (get) => watchDiskSpace({
    limits: { warnPercent: disk.warnPercent, clearPercent: disk.clearPercent, refusePercent: disk.refusePaymentsPercent, roomyBytes: disk.roomyMegabytes * MEGABYTE, warnBelowBytes: disk.warnBelowMegabytes * MEGABYTE, refuseBelowBytes: disk.refusePaymentsBelowMegabytes * MEGABYTE },
    intervalMs: disk.checkSeconds * 1000, timers, log, audit: get(TOKENS.audit), ballast: ballastFile({ folder: dataFolder, wantedBytes: disk.ballastMegabytes * MEGABYTE }), clear: () => clearDataFolder({ folder: dataFolder, now: clock.now() }), readSpace: () => spaceOf(dataFolder),
  }));
  give(TOKENS.work, (get) => createWorkBoard({ clock, timers, changed: announceWork(get(TOKENS.liveEvents)) }));
  give(TOKENS.support, (get) => composeSupportDesk({ dataFolder, configFolder, profile, work: get(TOKENS.work), clock, timers, audit: get(TOKENS.audit) }));
}
