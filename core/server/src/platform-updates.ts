/** System updates (系统更新) joined: the machine below, the bundle that arrives, what an update is held against. Called by the composition root, of which it is a part. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BackupDesk } from './backups/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import { BilingualError, type Bilingual } from './domain/bilingual.js';
import { reasonOf } from './domain/errors.js';
import type { AuditTrail } from './domain/audit.js';
import type { Log } from './domain/log.js';
import type { Clock, Timers } from './domain/time.js';
import { openBoxLine } from './edges/machine/box-line.js';
import { updateMirror } from './edges/http/update-mirror.js';
import { bundleDrive } from './edges/machine/bundle-drive.js';
import { bundleFiles } from './edges/machine/bundle-files.js';
import { spaceOf } from './operations/disk-space.js';
import type { Health } from './operations/health.js';
import type { PackageReading, PluginPackage } from './plugin-host/read-package.js';
import type { WorkBoard } from './running-work/ports.js';
import { confirmRunning } from './updates/confirm-running.js';
import { goBack, installUpdate } from './updates/install-update.js';
import type { ChangeAct } from './changes/ports.js';
import type { UpdateDesk } from './updates/ports.js';
import { createUpdateDesk } from './updates/update-desk.js';

/** Where the appliance is reached, where bundles lie for it, and where a drive with updates is mounted. */
export type BoxPlaces = { readonly socket: string; readonly updatesFolder: string; readonly updateDrive: string };
export type UpdateParts = {
  readonly configuration: Configuration;
  /** Undefined on a machine that is no appliance. */
  readonly places: BoxPlaces | undefined;
  readonly backups: Pick<BackupDesk, 'health'>;
  readonly health: Pick<Health, 'ready'>;
  /** Packages the hospital installed. */
  readonly packages: () => readonly PackageReading[];
  readonly channels: () => readonly string[];
  readonly openMoney: (channel: string) => Promise<number>;
  readonly answers: (channel: string) => Promise<boolean>;
  readonly work: WorkBoard;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly audit: AuditTrail;
  readonly log: Log;
};
export type Updates = { readonly desk: UpdateDesk; readonly acts: readonly ChangeAct[]; /** The look of every night. */ lookAtMirror(): Promise<Bilingual>; start(): void; stop(): void };

export function composeUpdates({ configuration, places, backups, health, packages, channels, openMoney, answers, work, clock, timers, audit, log }: UpdateParts): Updates {
  const { dataFolder, updates } = configuration;
  const box = places === undefined ? undefined : openBoxLine({ path: places.socket, timers, log });
  const expectedFile = join(dataFolder, 'update-expects.json');
  const readiness = async () => {
    const { ok, checks } = await health.ready();
    return { ok, failing: checks.flatMap((check) => (check.ok ? [] : [check.name])) };
  };
  const desk = createUpdateDesk({
    box, files: bundleFiles(places?.updatesFolder ?? join(dataFolder, 'updates')), drive: bundleDrive({ folder: places?.updateDrive ?? join(dataFolder, 'no-drive'), timers }), mirror: updates.mirror === undefined ? undefined : updateMirror({ url: updates.mirror, timers }), window: { from: updates.windowFrom, to: updates.windowTo }, work, clock, timers, audit, log,
    async facts() {
      const [ready, freeBytes, { lastGoodAt, lastProvedAt }, open] = await Promise.all([readiness(), spaceOf(dataFolder).then(({ freeBytes: free }) => free, () => undefined), backups.health(), Promise.all(channels().map(openMoney))]);
      return {
        health: ready, freeBytes, lastGoodBackupAt: lastGoodAt, lastProvedAt, openMoney: open.reduce((sum, one) => sum + one, 0),
        plugins: packages().flatMap((reading) => (reading.kind === 'fits' ? [pluginOf(reading.package)] : [])),
      };
    },
  });
  const noteWhatAnswers = async (): Promise<void> => {
    const asked = await Promise.all(channels().map(async (channel) => ((await answers(channel).catch(() => false)) ? [channel] : [])));
    mkdirSync(dirname(expectedFile), { recursive: true });
    writeFileSync(`${expectedFile}.new`, JSON.stringify(asked.flat()), { flush: true });
    renameSync(`${expectedFile}.new`, expectedFile);
  };
  let confirming: { stop(): void } | undefined;
  return {
    desk,
    lookAtMirror: () => nightlyLook(desk, updates.mirror !== undefined && box !== undefined),
    acts: [installUpdate({ desk, box, noteWhatAnswers, audit }), goBack({ box, audit })],
    start() {
      if (box !== undefined) confirming = confirmRunning({ box, ready: readiness, expected: () => readExpected(expectedFile), answers, clock, timers, audit, log });
    },
    stop() {
      confirming?.stop();
      desk.stop();
    },
  };
}

function pluginOf({ manifest: { id, title, version, sdk } }: PluginPackage) {
  return { id, title: title.zh, version, sdk };
}

/** @throws BilingualError when the mirror cannot be read: the task has failed then */
async function nightlyLook(desk: Pick<UpdateDesk, 'lookAtMirror'>, hasMirror: boolean): Promise<Bilingual> {
  if (!hasMirror) return { zh: '没有配置更新镜像', en: 'No mirror of updates is configured' };
  const looked = await desk.lookAtMirror();
  if (looked.kind === 'refused') throw new BilingualError(reasonOf(looked));
  const versions = looked.value.offered.map(({ version }) => version).join('、');
  return versions === '' ? { zh: '更新镜像上没有更新的版本', en: 'The mirror has no newer version' } : { zh: `更新镜像上有新版本：${versions}`, en: `The mirror has newer versions: ${versions.replaceAll('、', ', ')}` };
}

function readExpected(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
