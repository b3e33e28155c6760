/** Backups of the console's house: a worker in the process, one target on a disk of its own, and a fence that is put in from the test. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBackupDesk } from '@hospay/server/backups/backup-desk.js';
import { liftFence } from '@hospay/server/backups/lift-fence.js';
import { TARGET_MARK, type ContinuousBackup, type DiskState, type Fence } from '@hospay/server/backups/ports.js';
import { shortIdOf } from '@hospay/server/backups/set-name.js';
import type { AuditTrail } from '@hospay/server/domain/audit.js';
import { ok, refused } from '@hospay/server/domain/errors.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Clock } from '@hospay/server/domain/time.js';
import { makeIdentityFile, openOwnIdentity } from '@hospay/server/edges/backups/age-keys.js';
import { folderTarget } from '@hospay/server/edges/backups/folder-target.js';
import type { PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { openPluginStoreFile } from '@hospay/server/edges/database/plugin-store.js';
import { readMachineFacts } from '@hospay/server/edges/machine/machine-facts.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createBackupWorker } from '@hospay/server/platform-backup-worker.js';

export async function consoleBackups({ folder, platform, clock, audit, isFenced }: { readonly folder: string; readonly platform: PlatformDatabase; readonly clock: Clock; readonly audit: AuditTrail; readonly isFenced: boolean }) {
  const [usb, nas] = [join(folder, 'disk-usb'), join(folder, 'disk-nas')];
  mkdirSync(usb);
  writeFileSync(join(usb, TARGET_MARK), '');
  openPluginStoreFile(join(folder, 'plugins.sqlite')).close();
  const own = await openOwnIdentity(join(folder, 'keys/backup-identity.txt'));
  const safe = await makeIdentityFile(join(folder, 'safe.txt'), 'in the safe');
  const recipients = [{ recipient: own.recipient, shortId: shortIdOf(own.recipient), title: '', isOwn: true }, { recipient: safe, shortId: shortIdOf(safe), title: '信息科保险柜', isOwn: false }];
  // The second one is a share that nobody has mounted.
  const targets = [folderTarget({ id: 'usb', folder: usb, hospital: 'demo' }), folderTarget({ id: 'nas', folder: nas, hospital: 'demo' })];
  const state: { fence: Fence | undefined; begunAnew: number } = { fence: isFenced ? { set: `hospay-demo-20261119011500.${shortIdOf(own.recipient)}.tar.zst.age`, takenAt: '2026-11-18T17:15:00.000Z', restoredAt: '2026-11-20T00:40:00.000Z', journal: { seq: 4_711, hash: 'f'.repeat(64) } } : undefined, begunAnew: 0 };
  const worker = createBackupWorker({ dataFolder: folder, configFolder: join(folder, 'config'), hospital: 'demo', profile: 'house', version: '0.1.0', targets, except: [usb, nas], recipients: recipients.map(({ recipient }) => recipient), identity: own.identity, reserveBytes: 1_048_576 });
  // The share that nobody has mounted lags behind.
  const continuous: ContinuousBackup = {
    mark: () => Promise.resolve(undefined), follow: () => undefined, start: () => undefined, stop: () => Promise.resolve(),
    state: (sets) => ({ everySeconds: 60, targets: [{ target: 'usb', upTo: sets.length === 0 ? undefined : clock.now(), waiting: 0 }, { target: 'nas', upTo: undefined, waiting: 12, problem: { zh: `${nas} 未挂载`, en: `${nas} is not mounted` } }] }),
  };
  const desk = createBackupDesk({ hospitalId: 'demo', worker, rows: platform.backups, targets, recipients, keep: { daily: 14, weekly: 8, monthly: 12 }, fence: state.fence, continuous: () => continuous, streams: () => new Set(), clock, timers: SYSTEM_TIMERS, audit, log: SILENT_LOG });
  await desk.start();
  const disk: { state: DiskState } = { state: { step: 'ample', freeBytes: 48_000 * 1_048_576, usedPercent: 52.4, ballast: 'kept', ballastBytes: 1024 * 1_048_576 } };
  return {
    desk, state, usb, nas,
    disk,
    system: {
      disk: () => disk.state,
      releaseBallast: async ({ by }: { readonly by: string }) => {
        if (disk.state.ballast !== 'kept' || disk.state.step !== 'refusing') return refused('CONFLICT', { zh: '没有压舱文件，或数据盘还有空间', en: 'there is no ballast, or there is room without it' });
        disk.state = { ...disk.state, ballast: 'released', ballastBytes: 0, freeBytes: 1_300 * 1_048_576 };
        await audit.record({ who: by, what: 'disk.releaseBallast', object: 'data disk' });
        return ok(undefined);
      },
      read: () => readMachineFacts({ dataFolder: folder, version: '0.1.0', startedAt: new Date(clock.now().getTime() - 3 * 86_400_000) }),
      lastChecks: () => Promise.resolve([
        { task: 'verify-ledger', state: 'succeeded', at: new Date(clock.now().getTime() - 5 * 3_600_000), result: { zh: '校验凭证 12 张、分录 24 条，无问题', en: '12 journals, 24 entries, no problem' } }, { task: 'verify-audit-log', state: 'succeeded', at: new Date(clock.now().getTime() - 5 * 3_600_000), result: { zh: '校验审计记录 31 条，无异常', en: '31 rows, no finding' } },
      ]),
    },
    act: liftFence({ read: () => state.fence, lift: () => { state.fence = undefined; }, startAnew: () => { state.begunAnew += 1; }, clock, audit }),
  };
}
