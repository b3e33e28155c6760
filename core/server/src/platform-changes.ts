/** 变更申请 joined: what is decided by two persons at run time. */
import { applicationChanges } from './applications/application-changes.js';
import { heldByFence, liftFence, type LiftFencePorts } from './backups/lift-fence.js';
import { createChangeDesk } from './changes/change-desk.js';
import type { ChangeAct, ChangeDesk } from './changes/ports.js';
import type { AuditTrail } from './domain/audit.js';
import type { Log } from './domain/log.js';
import type { Clock } from './domain/time.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { rotationChanges, type RotationChangePorts } from './monitoring/rotation-changes.js';
import { instanceChanges, type InstanceChangePorts } from './plugin-host/instance-changes.js';
import { packageChanges } from './plugin-host/packages/package-changes.js';
import { configurationChange } from './platform-configuration.js';
import { parameterChange, type ParameterChangePorts } from './platform-parameters.js';
import type { PluginHost } from './plugin-host/plugin-host.js';
import type { PackageDesk } from './plugin-host/packages/package-desk.js';
import { placeChange, type PlaceChangePorts } from './terminals/place-change.js';

export type ChangeParts = {
  readonly database: PlatformDatabase;
  readonly packages: PackageDesk;
  readonly plugins: InstanceChangePorts;
  readonly rotations: RotationChangePorts['desk'];
  readonly stage: RotationChangePorts['stage'];
  readonly host: Pick<PluginHost, 'inspect'>;
  readonly terminals: Omit<PlaceChangePorts, 'audit'>;
  readonly fence: Omit<LiftFencePorts, 'clock' | 'audit'>;
  /** 系统更新与回退. */
  readonly updates: readonly ChangeAct[];
  readonly loaded: ParameterChangePorts['loaded'];
  readonly expiresAfterMs: number;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly log: Log;
};

export function composeChanges({ database, packages, plugins, rotations, stage, host, terminals, updates, loaded, fence, expiresAfterMs, clock, audit, log }: ChangeParts): ChangeDesk {
  const acts = [...packageChanges({ desk: packages, keyedFingerprint: database.keyedFingerprint, audit }), ...instanceChanges(plugins), ...rotationChanges({ desk: rotations, stage, rotations: database.rotations }), configurationChange({ database, host, clock }), parameterChange({ loaded, database, clock }), placeChange({ ...terminals, audit }), ...updates, ...applicationChanges({ rows: database.applications, merchants: packages.merchants, keyedFingerprint: database.keyedFingerprint, clock, audit })];
  const lifts = liftFence({ ...fence, clock, audit });
  return createChangeDesk({ acts: [lifts, ...(fence.read() === undefined ? acts : acts.map(heldByFence))], store: database.changes, expiresAfterMs, clock, audit, log });
}
