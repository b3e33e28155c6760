/** The fence (隔离): what a restored box knows of itself. One file of the data folder that is part of no backup; while it is there nothing that moves money leaves the box. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { Fence } from '../../backups/ports.js';
import { FENCE_FILE } from './data-files.js';

const FenceSchema = Type.Object({ set: Type.String(), takenAt: Type.String(), restoredAt: Type.String(), journal: Type.Object({ seq: Type.Integer({ minimum: 0 }), hash: Type.String() }) });

/** Undefined: not fenced. @throws for a file that cannot be read: what might be a fence is one */
export function readFence(dataFolder: string): Fence | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, FENCE_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return Parse(FenceSchema, JSON.parse(text));
}

export function writeFence(dataFolder: string, fence: Fence): void {
  writeDurably(dataFolder, FENCE_FILE, fence);
}

/** The file stays under another name: it says who took the fence away, and when. */
export function liftFence(dataFolder: string, lifted: { readonly changeNo: string; readonly proposedBy: string; readonly approvedBy: string; readonly at: string }): void {
  const fence = readFence(dataFolder);
  if (fence === undefined) return;
  const name = `fence-lifted-${lifted.at.replaceAll(/[^0-9]/g, '')}.json`;
  writeDurably(dataFolder, name, { ...fence, lifted });
  renameSync(join(dataFolder, FENCE_FILE), join(dataFolder, `.${FENCE_FILE}.lifted`));
  syncFolder(dataFolder);
}

export function writeDurably(folder: string, name: string, value: unknown): void {
  const draft = join(folder, `${name}.new`);
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, name));
  syncFolder(folder);
}

/** A name is on the disk when its folder is. */
function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
