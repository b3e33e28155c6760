/** What the machine itself does for an update, as root: looks at a bundle, writes the other slot, says how the last one ended. What may be installed and when is decided at the console. */
import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync, readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { gt, gte } from 'semver';
import { Type, type Static } from 'typebox';
import { Parse } from 'typebox/value';
import { readBundle, type BundleManifest, type Slot } from './bundle.js';
import { writeWhole } from './durable-file.js';
import { armSlot, commitRunning, draftPath, emptySlot, giveUpRunning, otherOf, readSlots, runningOf, runningSlot, type SlotState } from './slots.js';
import { trustedKeys, withKeyChanges, type UpdateKey } from './update-keys.js';
import { UpdateProblem } from './update-problem.js';

/** Where things are; in tests elsewhere. */
export type UpdatePlaces = {
  /** The mounted boot partition. */
  readonly esp: string;
  readonly state: string;
  readonly builtInKeys: string;
  readonly commandLine: string;
  /** The version of the running system. */
  readonly version: string;
  readonly deviceOf: (slot: Slot) => string;
  /** After a device was written: what is read next comes from the disk and not from memory. */
  readonly flush: (device: string) => void;
  readonly now: () => Date;
};

const Said = Type.Object({ zh: Type.String(), en: Type.String() });
const RecordSchema = Type.Object({
  versions: Type.Object({ a: Type.Optional(Type.String()), b: Type.Optional(Type.String()) }),
  /** Written and not yet found good or bad. */
  pending: Type.Optional(Type.Object({ version: Type.String(), from: Type.String(), slot: Type.Enum(['a', 'b'] as const), at: Type.String() })),
  last: Type.Optional(Type.Object({ version: Type.String(), from: Type.String(), outcome: Type.Enum(['committed', 'reverted'] as const), at: Type.String(), reason: Type.Optional(Said) })),
});
type UpdateRecord = Static<typeof RecordSchema>;
type Reason = Static<typeof Said>;

export type BoxStatus = {
  readonly version: string;
  readonly running: Slot;
  /** The running system is on trial: without a commit the machine goes back. */
  readonly isTrying: boolean;
  readonly slots: readonly { readonly slot: Slot; readonly state: SlotState; readonly isRunning: boolean; readonly triesLeft?: number | undefined; readonly version?: string | undefined }[];
  readonly pending?: UpdateRecord['pending'];
  readonly last?: UpdateRecord['last'];
  readonly keys: readonly { readonly keyId: string; readonly title: string }[];
};
export type InspectedBundle = { readonly manifest: BundleManifest; readonly manifestSha256: string };

/** @throws UpdateProblem where it is not known which slot is which */
export function boxStatus(places: UpdatePlaces): BoxStatus {
  const running = runningSlot(readFileSync(places.commandLine, 'utf8'));
  const { versions, pending, last } = readRecord(places);
  const slots = readSlots(places.esp, running).map(({ slot, state, isRunning, triesLeft }) => ({ slot, state, isRunning, ...(triesLeft === undefined ? {} : { triesLeft }), ...(isRunning ? { version: places.version } : versions[slot] === undefined ? {} : { version: versions[slot] }) }));
  return { version: places.version, running, isTrying: slots.some(({ isRunning, state }) => isRunning && state === 'trying'), slots, ...(pending === undefined ? {} : { pending }), ...(last === undefined ? {} : { last }), keys: trusted(places).map(({ keyId, title }) => ({ keyId, title })) };
}

/** Reads a bundle to its end and writes nothing. @throws UpdateProblem */
export async function inspectBundle(places: UpdatePlaces, file: string, progress: (bytes: number) => void = () => {}): Promise<InspectedBundle> {
  const manifest = await readBundle(piecesOf(file, progress), { trusted: trusted(places), take: async (_name, pieces) => { for await (const piece of pieces) void piece; } });
  refuseOther(manifest, places.version);
  return { manifest, manifestSha256: hashOf(manifest) };
}

/**
 * Writes the other slot and reads it back. The machine starts it from then on, until it was tried in vain. A power cut at any moment leaves the running system the one that starts.
 * @param manifestSha256 of what was approved: another bundle is refused. @throws UpdateProblem
 */
export async function stageBundle(places: UpdatePlaces, { file, manifestSha256, progress = () => {} }: { readonly file: string; readonly manifestSha256: string; readonly progress?: (bytes: number) => void }): Promise<BundleManifest> {
  const slots = readSlots(places.esp, runningSlot(readFileSync(places.commandLine, 'utf8')));
  if (runningOf(slots).state === 'trying') throw new UpdateProblem({ zh: '当前系统尚在试运行，确认或回退之后才能再更新', en: 'the running system is still on trial: wait until it is committed or has gone back' });
  const { slot, ...other } = otherOf(slots);
  const device = places.deviceOf(slot);
  const boot = draftPath(places.esp, slot);
  let isEmpty = false;
  const manifest = await readBundle(piecesOf(file, progress), {
    trusted: trusted(places),
    async take(name, pieces, signed) {
      if (!isEmpty) {
        if (hashOf(signed) !== manifestSha256) throw new UpdateProblem({ zh: '更新包不是批准的那一个', en: 'this is not the bundle that was approved' });
        refuseOther(signed, places.version);
        emptySlot(places.esp, { slot, ...other }, slot);
        isEmpty = true;
      }
      if (name === 'root.img') await write(device, 'r+', pieces);
      else if (name === `hospay-${slot}.efi`) await write(boot, 'w', pieces);
      else for await (const piece of pieces) void piece;
    },
  });
  places.flush(device);
  await compare(device, manifest.root, `root-${slot}`);
  await compare(boot, manifest.boot[slot], `hospay-${slot}.efi`);
  if (manifest.keys !== undefined) writeWhole(keyFile(places), withKeyChanges(readIf(keyFile(places)), manifest.keys), 0o644);
  const record = readRecord(places);
  const at = places.now().toISOString();
  writeRecord(places, { ...record, versions: { ...record.versions, [runningOf(slots).slot]: places.version, [slot]: manifest.version }, pending: { version: manifest.version, from: places.version, slot, at } });
  armSlot(places.esp, slot);
  return manifest;
}

/** The system on trial was found well. Again, or on a machine without a trial, it changes nothing. */
export function commitUpdate(places: UpdatePlaces): void {
  const slots = readSlots(places.esp, runningSlot(readFileSync(places.commandLine, 'utf8')));
  if (runningOf(slots).state !== 'trying') return;
  commitRunning(places.esp, slots);
  const { pending, ...record } = readRecord(places);
  writeRecord(places, { ...record, last: { version: places.version, from: pending?.from ?? '?', outcome: 'committed', at: places.now().toISOString() } });
}

/** The other slot starts next, and this one not again. Whoever calls it restarts the machine. @throws UpdateProblem when the other holds nothing good */
export function revertUpdate(places: UpdatePlaces, reason: Reason): void {
  const slots = readSlots(places.esp, runningSlot(readFileSync(places.commandLine, 'utf8')));
  giveUpRunning(places.esp, slots);
  const { pending, ...record } = readRecord(places);
  writeRecord(places, { ...record, last: { version: places.version, from: pending?.from ?? record.versions[otherOf(slots).slot] ?? '?', outcome: 'reverted', at: places.now().toISOString(), reason } });
}

/** At each start: notes which version runs here, and that a system which never got so far went back. @returns a line for the journal */
export function settleAtStart(places: UpdatePlaces): string | undefined {
  const running = runningSlot(readFileSync(places.commandLine, 'utf8'));
  const slots = readSlots(places.esp, running);
  const { pending, ...record } = readRecord(places);
  const versions = { ...record.versions, [running]: places.version };
  const wentBack = pending !== undefined && pending.slot !== running && otherOf(slots).state === 'failed';
  if (wentBack) {
    const reason = { zh: '新系统多次启动未成功，已自动回到原系统', en: 'the new system did not come up in any of its tries; the machine went back by itself' };
    writeRecord(places, { ...record, versions, last: { version: pending.version, from: pending.from, outcome: 'reverted', at: places.now().toISOString(), reason } });
    return `the update to ${pending.version} did not start and was taken back`;
  }
  if (record.versions[running] !== places.version) writeRecord(places, { ...record, versions, ...(pending === undefined ? {} : { pending }) });
  return undefined;
}

function refuseOther({ version, upgradesFrom }: BundleManifest, running: string): void {
  if (!gt(version, running)) throw new UpdateProblem({ zh: `本机已是 ${running}，更新包为 ${version}；退回旧版请用“回退到另一系统槽”`, en: `this machine runs ${running}, the bundle brings ${version}: to go back, use the other slot` });
  if (!gte(running, upgradesFrom)) throw new UpdateProblem({ zh: `本机版本 ${running} 过旧，请先更新到 ${upgradesFrom}`, en: `${running} is too old to go there at once: go to ${upgradesFrom} first` });
}

/** The manifest as every reader writes it: the fields in the order of the bundle. */
export function hashOf(manifest: BundleManifest): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}

async function* piecesOf(file: string, progress: (bytes: number) => void): AsyncIterable<Uint8Array> {
  let bytes = 0;
  // Not through a link: whoever asks may write into that folder, but not choose what root reads.
  const opened = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  for await (const piece of opened.createReadStream({ highWaterMark: 1_048_576 })) {
    if (!(piece instanceof Uint8Array)) continue;
    bytes += piece.byteLength;
    progress(bytes);
    yield piece;
  }
}

async function write(path: string, flags: 'r+' | 'w', pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, flags);
  try {
    let at = 0;
    for await (const piece of pieces) at = await writeAll(file, piece, at);
    await file.sync();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw new UpdateProblem({ zh: '新系统大于系统槽，不能写入', en: 'the new system does not fit into its slot' });
    throw error;
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array, from: number): Promise<number> {
  let at = from;
  for (let done = 0; done < piece.byteLength;) {
    const { bytesWritten } = await file.write(piece, done, piece.byteLength - done, at);
    done += bytesWritten;
    at += bytesWritten;
  }
  return at;
}

async function compare(path: string, { bytes, sha256 }: { readonly bytes: number; readonly sha256: string }, name: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { end: bytes - 1, highWaterMark: 1_048_576 })) if (piece instanceof Uint8Array) hash.update(piece);
  if (hash.digest('hex') !== sha256) throw new UpdateProblem({ zh: `写入后读回的 ${name} 不一致，磁盘可能损坏；仍运行原系统`, en: `${name} reads back otherwise than it was written: the disk may be failing; the running system stays` });
}

function trusted(places: UpdatePlaces): readonly UpdateKey[] {
  return trustedKeys(readFileSync(places.builtInKeys, 'utf8'), readIf(keyFile(places)));
}
function keyFile({ state }: UpdatePlaces): string {
  return join(state, 'update-keys.json');
}
function recordFile({ state }: UpdatePlaces): string {
  return join(state, 'update.json');
}
function readRecord(places: UpdatePlaces): UpdateRecord {
  const text = readIf(recordFile(places));
  return text === undefined ? { versions: {} } : Parse(RecordSchema, JSON.parse(text));
}
function writeRecord(places: UpdatePlaces, record: UpdateRecord): void {
  writeWhole(recordFile(places), JSON.stringify(record), 0o644);
}
function readIf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
