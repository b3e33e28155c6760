/**
 * 系统槽: which system starts. systemd-boot takes the newest boot image that has tries left and counts each start down in its name (`hospay-b+3.efi`, `hospay-b+2-1.efi`, …); without
 * a counter it is good. Nothing here is guessed: where the running slot and the files do not fit together, nothing is changed.
 */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SLOTS, type Slot } from './bundle.js';
import { synced } from './durable-file.js';
import { UpdateProblem } from './update-problem.js';

/** `trying`: started and not found well yet. `failed`: out of tries; the other starts. */
export type SlotState = 'good' | 'trying' | 'failed' | 'empty';
export type SlotFacts = { readonly slot: Slot; readonly isRunning: boolean; readonly state: SlotState; readonly triesLeft: number | undefined; readonly file: string | undefined };

export const TRIES = 3;
const FOLDER = 'EFI/Linux';
const ENTRY = /^hospay-([ab])(?:\+(\d+)(?:-(\d+))?)?\.efi$/;

/** The slot of the command line of the running kernel. @throws UpdateProblem when it names none: then it is not known which must not be written to */
export function runningSlot(commandLine: string): Slot {
  const named = SLOTS.find((slot) => new RegExp(`(^| )hospay\\.slot=${slot}( |$)`).test(commandLine));
  if (named === undefined) throw new UpdateProblem({ zh: '无法确认当前运行的系统槽，不能更新', en: 'it is not known which slot is running: no update is taken' });
  return named;
}

/** @param esp where the boot partition is mounted. @throws UpdateProblem when a slot has two boot images, or the running one has none */
export function readSlots(esp: string, running: Slot): readonly SlotFacts[] {
  const entries = readdirSync(join(esp, FOLDER)).flatMap((file) => {
    const [, slot, left] = ENTRY.exec(file) ?? [];
    return slot === undefined ? [] : [{ file, slot, left: left === undefined ? undefined : Number(left) }];
  });
  return SLOTS.map((slot): SlotFacts => {
    const isRunning = slot === running;
    const own = entries.filter((entry) => entry.slot === slot);
    const [entry] = own;
    if (own.length > 1 || (isRunning && entry === undefined)) throw new UpdateProblem({ zh: `系统槽 ${slot.toUpperCase()} 的启动文件不唯一或缺失，不能更新`, en: `slot ${slot.toUpperCase()} has no boot image, or several: no update is taken` });
    if (entry === undefined) return { slot, isRunning, state: 'empty', triesLeft: undefined, file: undefined };
    const state = entry.left === undefined ? 'good' : entry.left === 0 && !isRunning ? 'failed' : 'trying';
    return { slot, isRunning, state, triesLeft: entry.left, file: entry.file };
  });
}

/** The running system was found well: it starts from now on. */
export function commitRunning(esp: string, slots: readonly SlotFacts[]): void {
  const { slot, file } = runningOf(slots);
  rename(esp, file, `hospay-${slot}.efi`);
}

/** The running system is not to start again; the other is. @throws UpdateProblem when there is no other that could */
export function giveUpRunning(esp: string, slots: readonly SlotFacts[]): void {
  const other = otherOf(slots);
  if (other.state !== 'good') throw new UpdateProblem({ zh: '另一系统槽没有可用的系统，不能回退', en: 'the other slot holds no system that is known to be good: there is nothing to go back to' });
  const { slot, file } = runningOf(slots);
  rename(esp, file, `hospay-${slot}+0-${String(TRIES)}.efi`);
}

/** From now on nothing starts from this slot: it is about to be written. */
export function emptySlot(esp: string, { file }: SlotFacts, slot: Slot): void {
  for (const name of [file, draftOf(slot)]) if (name !== undefined) rmSync(join(esp, FOLDER, name), { force: true });
  synced(join(esp, FOLDER));
}

/** Where the boot image of a slot is written before it counts. */
export function draftOf(slot: Slot): string {
  return `hospay-${slot}.new`;
}
export function draftPath(esp: string, slot: Slot): string {
  return join(esp, FOLDER, draftOf(slot));
}

/** The written boot image counts: it is tried at the next start. */
export function armSlot(esp: string, slot: Slot): void {
  rename(esp, draftOf(slot), `hospay-${slot}+${String(TRIES)}.efi`);
}

export function runningOf(slots: readonly SlotFacts[]): SlotFacts & { readonly file: string } {
  const found = slots.find(({ isRunning }) => isRunning);
  if (found?.file === undefined) throw new Error('readSlots refuses a machine without one');
  return { ...found, file: found.file };
}
export function otherOf(slots: readonly SlotFacts[]): SlotFacts {
  const found = slots.find(({ isRunning }) => !isRunning);
  if (found === undefined) throw new Error('there are two slots');
  return found;
}

function rename(esp: string, from: string, to: string): void {
  if (from === to) return;
  renameSync(join(esp, FOLDER, from), join(esp, FOLDER, to));
  synced(join(esp, FOLDER));
}
