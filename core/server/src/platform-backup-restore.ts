/** A box made of a set (恢复): unpacked beside, compared, proved, fenced, and only then where it will run. Part of the composition root, for the command line. */
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BackupTarget, Manifest, ProofOfSet } from './backups/ports.js';
import { BilingualError, inOneLine, quoted } from './domain/bilingual.js';
import { writeFence } from './edges/backups/fence-file.js';
import { isIncrement } from './edges/backups/set-files.js';
import { countFromElsewhere } from './edges/backups/numbers-file.js';
import { JournalWitness } from './edges/database/money/journal-witness.js';
import { witnessFile } from './operations/witness-file.js';
import { proveData } from './platform-backup-proof.js';
import { extractSet } from './platform-backup-worker.js';
import { applyIncrements, besideSet } from './platform-increments-apply.js';

/** Where the configuration of the set is put: whoever restores compares it with the machine's own before it is used. */
export const RESTORED_CONFIGURATION = 'restored-configuration';

/** `file`: where it lies, or its name on the server it is read `from`. */
export type SetPlace = { readonly file: string; readonly from?: Pick<BackupTarget, 'read' | 'increments'> | undefined };
/** Of what followed the set, that lies beside it: all there is, what was taken until then, or nothing. */
export type HowFar = { readonly until?: Date | undefined; readonly setAlone?: boolean | undefined };
export type RestoreRequest = SetPlace & HowFar & { readonly identities: readonly string[]; readonly into: string; readonly now: Date; /** Problems the proof found are told, and the box is made all the same: for the day there is no better set. */ readonly acceptsProblems?: boolean };
export type Restored = { readonly manifest: Manifest; readonly proof: ProofOfSet };

/** @throws BilingualError; then nothing is where the data folder was to be */
export async function restoreSet({ identities, into, now, acceptsProblems = false, ...set }: RestoreRequest): Promise<Restored> {
  const target = resolve(into);
  assertFree(target);
  mkdirSync(dirname(target), { recursive: true });
  const beside = `${target}.restoring-${randomUUID().slice(0, 8)}`;
  mkdirSync(beside, { mode: 0o700 });
  try {
    const { manifest, proof } = await makeWhole(set, identities, beside);
    const data = join(beside, 'data');
    if (proof.problems.length > 0 && !acceptsProblems) throw new BilingualError(inOneLine([{ zh: '核对未通过，未恢复', en: 'it is not whole, nothing was restored' }, ...proof.problems]));
    // The fence first: whatever happens from here on, a folder that could be started is fenced.
    writeFence(data, { set: manifest.name, takenAt: manifest.takenAt, restoredAt: now.toISOString(), journal: manifest.journal });
    countFromElsewhere(data);
    new JournalWitness(join(data, 'journal-witness')).write(manifest.journal);
    await witnessFile(join(data, 'audit-witness')).write(manifest.audit);
    finishRow(data, manifest);
    if (existsSync(join(beside, 'configuration'))) renameSync(join(beside, 'configuration'), join(data, RESTORED_CONFIGURATION));
    assertFree(target);
    if (existsSync(target)) rmdirSync(target);
    renameSync(data, target);
    return { manifest, proof };
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Only unpacked and compared: what `verify` and `prove` do with a set that lies anywhere. */
export async function proveFile({ identities, scratch, ...set }: SetPlace & HowFar & { readonly identities: readonly string[]; readonly scratch: string }): Promise<Restored> {
  const folder = join(resolve(scratch), `hospay-proof-${randomUUID().slice(0, 8)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return await makeWhole(set, identities, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The set, and what followed it, in this folder; and what is to be said of it. */
async function makeWhole({ file, from, until, setAlone = false }: SetPlace & HowFar, identities: readonly string[], folder: string): Promise<Restored> {
  if (isIncrement(basename(file))) throw new BilingualError({ zh: '这是增量：请指定它之前的备份（名中没有“-加六位序号”的），增量放在同一处会自动接上', en: 'this is an increment: name the set before it, and what follows that set is put in by itself' });
  const manifest = await extractSet({ source: await sourceOf({ file, from }), identities, folder });
  const whole = setAlone ? { manifest, applied: undefined } : await applyIncrements({ folder, manifest, source: besideSet(file, from), identities, until });
  return { manifest: whole.manifest, proof: { ...(await proveData(join(folder, 'data'), whole.manifest)), increments: whole.applied } };
}

export async function sourceOf({ file, from }: SetPlace): Promise<AsyncIterable<Uint8Array>> {
  if (from !== undefined) return from.read(basename(file));
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw new BilingualError({ zh: `没有文件 ${quoted(file).zh}`, en: `there is no file ${file}` });
  return createReadStream(file, { highWaterMark: 1_048_576 });
}

/** Never over anything: an old data folder is evidence, and may be in use. */
function assertFree(target: string): void {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw new BilingualError({ zh: `${target} 不是目录`, en: `${target} is no folder` });
  const names = readdirSync(target);
  if (names.includes('lock.sqlite') || names.includes('money.sqlite')) throw new BilingualError({ zh: `${target} 是已有的数据目录（可能正在使用）：请先改名保存，再恢复到空目录`, en: `${target} is a data folder already, perhaps in use: move it aside and restore into an empty one` });
  if (names.length > 0) throw new BilingualError({ zh: `${target} 不是空目录：${basename(names[0] ?? '')} …`, en: `${target} is not empty: ${basename(names[0] ?? '')} …` });
}

/** When its row was copied the set was still being taken. */
function finishRow(data: string, { name }: Manifest): void {
  const database = new DatabaseSync(join(data, 'platform.sqlite'));
  try {
    database.prepare("UPDATE backup_set SET state = 'good' WHERE name = ? AND state = 'running'").run(name);
  } finally {
    database.close();
  }
}
