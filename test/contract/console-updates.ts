/** System updates of the console's house: its desk over a simulated machine, or over none. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditTrail } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Clock } from '@hospay/server/domain/time.js';
import { openBoxLine } from '@hospay/server/edges/machine/box-line.js';
import { bundleDrive } from '@hospay/server/edges/machine/bundle-drive.js';
import { bundleFiles } from '@hospay/server/edges/machine/bundle-files.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import type { WorkBoard } from '@hospay/server/running-work/ports.js';
import { goBack, installUpdate } from '@hospay/server/updates/install-update.js';
import type { PreflightFacts } from '@hospay/server/updates/preflight.js';
import type { UpdateDrive, UpdateMirror } from '@hospay/server/updates/ports.js';
import { createUpdateDesk } from '@hospay/server/updates/update-desk.js';
import { startSimulatedBox } from './simulated-box.js';

type Facts = Omit<PreflightFacts, 'bundle' | 'now' | 'isWithinWindow' | 'window' | 'isTrying'>;

export async function consoleUpdates({ mirror, folder, isAppliance, work, clock, audit }: { /** Undefined: the hospital has none. */ readonly mirror: UpdateMirror | undefined; readonly folder: string; readonly isAppliance: boolean; readonly work: WorkBoard; readonly clock: Clock; readonly audit: AuditTrail }) {
  const place = join(folder, 'box');
  const driveFolder = join(place, 'drive');
  mkdirSync(driveFolder, { recursive: true });
  const mounted = bundleDrive({ folder: driveFolder, timers: SYSTEM_TIMERS });
  /** What is plugged in; tests change it for one that breaks off. */
  const plugged: { drive: UpdateDrive } = { drive: mounted };
  const machine = isAppliance ? await startSimulatedBox(place) : undefined;
  const box = machine === undefined ? undefined : openBoxLine({ path: machine.socket, timers: SYSTEM_TIMERS, log: SILENT_LOG });
  /** What an update is held against; tests change it. */
  const facts: { -readonly [Name in keyof Facts]: Facts[Name] } = { health: { ok: true, failing: [] }, freeBytes: 50 * 1024 ** 3, lastGoodBackupAt: clock.now(), lastProvedAt: clock.now(), openMoney: 0, plugins: [{ id: 'city-card', title: '市民卡', version: '1.4.0', sdk: '^0.2.0' }] };
  /** Restarts asked for, each with when. */
  const restarts: string[] = [];
  const desk = createUpdateDesk({ box, files: bundleFiles(machine?.updatesFolder ?? join(place, 'updates')), drive: { list: () => plugged.drive.list(), open: (name) => plugged.drive.open(name) }, mirror, window: { from: '22:00', to: '05:00' }, facts: () => Promise.resolve(facts), work, clock, timers: SYSTEM_TIMERS, audit, log: SILENT_LOG });
  const noted: number[] = [];
  const acts = [installUpdate({ desk: { ...desk, restart: (when) => { restarts.push(when); } }, box, noteWhatAnswers: () => { noted.push(1); return Promise.resolve(); }, audit }), goBack({ box, audit })];
  return { desk, acts, machine, driveFolder, mounted, plugged, facts, restarts, noted, stop: async () => { desk.stop(); await machine?.stop(); } };
}
