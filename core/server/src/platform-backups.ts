/** Backups (备份) joined: the thread, the targets, the keys, the rows. Called by the composition root, of which it is a part. */
import { join } from 'node:path';
import { createBackupDesk } from './backups/backup-desk.js';
import { createContinuousBackup } from './backups/continuous-backup.js';
import type { BackupDesk, BackupWorker, ContinuousBackup, Fence, IncrementWorker, RecipientView, SystemDesk } from './backups/ports.js';
import { shortIdOf } from './backups/set-name.js';
import type { Configuration } from './config/configuration-schema.js';
import type { AuditTrail } from './domain/audit.js';
import { BilingualError, readBilingual, type Bilingual } from './domain/bilingual.js';
import { ok, refused } from './domain/errors.js';
import type { Log } from './domain/log.js';
import type { AskThread } from './domain/thread.js';
import type { Clock, Timers } from './domain/time.js';
import { openOwnIdentity } from './edges/backups/age-keys.js';
import { OWN_IDENTITY } from './edges/backups/data-files.js';
import { openTarget } from './edges/backups/open-target.js';
import { streamsOf } from './edges/backups/streams-file.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { readMachineFacts } from './edges/machine/machine-facts.js';
import { openThread } from './edges/machine/thread.js';
import type { DiskSpaceWatch } from './operations/disk-space.js';
import { targetOptions } from './platform-backup-targets.js';
import type { BackupThreadData } from './platform-backup-thread.js';
import type { IncrementThreadData } from './platform-increments-thread.js';

const INCREMENTS_THREAD = new URL('./platform-increments-thread.js', import.meta.url);
/** Increments that wait for targets take a tenth of what a box has in the least. */
const MOST_WAITING_BYTES = 1024 * 1024 * 1024;
const THREAD = new URL('./platform-backup-thread.js', import.meta.url);
const MEGABYTE = 1024 * 1024;
const FIRST_AFTER_MS = 20_000;

export type BackupParts = {
  readonly configuration: Configuration;
  readonly configFolder: string;
  readonly authoritiesFile?: string | undefined;
  readonly profile: string;
  readonly version: string;
  readonly database: Pick<PlatformDatabase, 'backups' | 'tasks'>;
  readonly fence: Fence | undefined;
  /** Asked when somebody looks: it is watched once everything else stands. */
  readonly disk: () => Pick<DiskSpaceWatch, 'state' | 'releaseBallast'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly audit: AuditTrail;
  readonly log: Log;
};
export type Backups = { readonly desk: BackupDesk; readonly system: SystemDesk; close(): Promise<void> };
/** What nightly checks say of ledger and audit log. */
const NOTHING_TO_RELEASE: Bilingual = { zh: '没有压舱文件，或数据盘还有空间', en: 'there is no ballast, or there is room without it' };
const CHECKS = ['verify-ledger', 'verify-audit-log', 'back-up', 'prove-backup'] as const;

export async function composeBackups({ configuration, configFolder, authoritiesFile, profile, version, database, fence, disk: watched, clock, timers, audit, log }: BackupParts): Promise<Backups> {
  const { backups, dataFolder, hospital, disk } = configuration;
  const own = await openOwnIdentity(join(dataFolder, OWN_IDENTITY));
  const recipients: readonly RecipientView[] = [
    { recipient: own.recipient, shortId: shortIdOf(own.recipient), title: '', isOwn: true },
    ...backups.recipients.filter(({ recipient }) => recipient !== own.recipient).map(({ recipient, title }) => ({ recipient, shortId: shortIdOf(recipient), title, isOwn: false })),
  ];
  const targets = backups.targets.map(({ id, ...place }) => targetOptions(place, { id, hospital: hospital.id, dataFolder, configFolder, authoritiesFile }));
  const data: BackupThreadData = {
    dataFolder, configFolder, hospital: hospital.id, profile, version, targets, except: targets.flatMap((target) => ('folder' in target ? [target.folder] : [])), recipients: recipients.map(({ recipient }) => recipient), identity: own.identity,
    // Twice what stops payments: a backup is never what filled the disk.
    reserveBytes: 2 * disk.refusePaymentsBelowMegabytes * MEGABYTE,
  };
  const thread = openThread({ module: THREAD, data, called: 'backups', log, starts: 'whenAsked' });
  const asks = askThread<BackupWorker>(thread);
  const worker: BackupWorker = { take: asks('take'), verify: asks('verify'), prove: asks('prove'), progress: asks('progress'), cancel: asks('cancel') };
  const streams = streamsOf(dataFolder);
  let continuous: ContinuousBackup | undefined;
  const desk = createBackupDesk({ hospitalId: hospital.id, worker, rows: database.backups, targets: targets.map((target) => openTarget(target)), recipients, keep: backups.keep, fence, continuous: () => continuous, streams: () => streams.known(), clock, timers, audit, log });
  await desk.start();
  // A fenced box changes nothing, and speaks to nobody.
  const increments = fence === undefined && targets.length > 0 && backups.continuous.everySeconds > 0 ? openThread({ module: INCREMENTS_THREAD, data: { ...data, mostWaitingBytes: MOST_WAITING_BYTES } satisfies IncrementThreadData, called: 'increments', log, starts: 'whenAsked' }) : undefined;
  if (increments !== undefined) {
    const asksFor = askThread<IncrementWorker>(increments);
    continuous = createContinuousBackup({
      worker: { mark: asksFor('mark'), capture: asksFor('capture'), send: asksFor('send'), close: asksFor('close') },
      everySeconds: backups.continuous.everySeconds, targets: targets.map(({ id }) => id), cleaned: () => desk.cleaned(), remember: (stream) => { streams.remember(stream); }, takeBase: async () => (await desk.take({ by: 'system' })).kind === 'ok', clock, timers, log,
    });
    continuous.start();
  }
  const startedAt = clock.now();
  const system: SystemDesk = {
    disk: () => watched().state(),
    releaseBallast: async ({ by }) => ((await watched().releaseBallast(by)) ? ok(undefined) : refused('CONFLICT', NOTHING_TO_RELEASE)),
    read: () => readMachineFacts({ dataFolder, version, startedAt }),
    lastChecks: () => Promise.all(CHECKS.map(async (task) => {
      const [last] = await database.tasks.listRuns({ task, limit: 1 });
      return { task, state: last?.state ?? 'never', at: last?.finishedAt ?? last?.startedAt, result: last?.result };
    })),
  };
  // Somebody, or a night that was made up for, may have been quicker.
  const takeFirst = async (): Promise<void> => { if ((await desk.health()).lastGoodAt === undefined) await desk.take({ by: 'system' }); };
  // A box that was set up this morning has something to lose before the night.
  const isFirst = fence === undefined && targets.length > 0 && (await desk.health()).lastGoodAt === undefined;
  const first = isFirst ? timers.after(FIRST_AFTER_MS, () => void takeFirst().catch((error: unknown) => { log.error('the first backup failed', { error }); })) : undefined;
  return {
    desk, system,
    async close() {
      first?.cancel();
      await continuous?.stop();
      // Before the databases are closed: a log that somebody reads is not brought in.
      await increments?.close();
      await thread.close();
    },
  };
}

/** The thread answers in the shape its question names. */
function askThread<Worker>(thread: AskThread): <Name extends keyof Worker & string>(name: Name) => Worker[Name] {
  const ask = async (name: string, of: unknown): Promise<unknown> => {
    const answer = await thread.ask(name, of);
    if (typeof answer === 'object' && answer !== null && 'said' in answer && typeof answer.said === 'string') throw new BilingualError(readBilingual(answer.said));
    return typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : undefined;
  };
  return (name) => ((of: unknown) => ask(name, of)) as never;
}
