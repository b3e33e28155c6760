/** The support bundle of the console joined: what `hospay support collect` runs, of this platform's own folders. Called by the composition root, of which it is a part. */
import { join } from 'node:path';
import type { AuditTrail } from './domain/audit.js';
import type { Clock, Timers } from './domain/time.js';
import { bundleShelf } from './edges/support/bundle-shelf.js';
import { SUPPORT_PROGRAM } from './platform-support.js';
import type { WorkBoard } from './running-work/ports.js';
import type { SupportDesk } from './support/ports.js';
import { createSupportDesk } from './support/support-desk.js';

export type SupportDeskParts = { readonly dataFolder: string; readonly configFolder: string; readonly profile: string; readonly work: Pick<WorkBoard, 'begin' | 'listOf'>; readonly clock: Clock; readonly timers: Timers; readonly audit: AuditTrail };

export function composeSupportDesk({ dataFolder, configFolder, profile, ...parts }: SupportDeskParts): SupportDesk {
  const words = ['--profile', profile, '--profile-folder', join(configFolder, 'profiles'), '--data-folder', dataFolder];
  return createSupportDesk({ shelf: bundleShelf({ folder: join(dataFolder, 'support'), program: SUPPORT_PROGRAM, words }), ...parts });
}
