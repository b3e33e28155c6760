/** A target by what it is made of: plain values, so that a thread can be given them. */
import type { BackupTarget } from '../../backups/ports.js';
import { folderTarget, type FolderTargetOptions } from './folder-target.js';
import { serverTarget, type ServerTargetOptions } from './server-target.js';

export type TargetOptions = Omit<FolderTargetOptions, 'freeBytes'> | ServerTargetOptions;

export function openTarget(options: TargetOptions): BackupTarget {
  return 'place' in options ? serverTarget(options) : folderTarget(options);
}
