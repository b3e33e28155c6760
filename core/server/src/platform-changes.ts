/** 变更申请 joined: what is decided by two persons at run time. */
import { createChangeDesk } from './changes/change-desk.js';
import type { ChangeDesk } from './changes/ports.js';
import type { AuditTrail } from './domain/audit.js';
import type { Log } from './domain/log.js';
import type { Clock } from './domain/time.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { packageChanges } from './plugin-host/packages/package-changes.js';
import type { PackageDesk } from './plugin-host/packages/package-desk.js';

export type ChangeParts = {
  readonly database: PlatformDatabase;
  readonly packages: PackageDesk;
  readonly expiresAfterMs: number;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly log: Log;
};

export function composeChanges({ database, packages, expiresAfterMs, clock, audit, log }: ChangeParts): ChangeDesk {
  return createChangeDesk({ acts: packageChanges({ desk: packages, keyedFingerprint: database.keyedFingerprint, audit }), store: database.changes, expiresAfterMs, clock, audit, log });
}
