import { makeSetName, readSetName, type SetName } from './set-name.js';

const END = '.tar.zst.age';
const NAME = /^(.+)\.([a-z0-9]{8})-(\d{6})\.tar\.zst\.age$/;
const NUMBER_LETTERS = 6;

/** Increments (增量) of one run of the platform follow each other by their numbers, from one. */
export type IncrementName = SetName & { readonly stream: string; readonly no: number };

/** As the name of a set, with the run it belongs to and its number: `hospay-HOSPITAL-STAMP.KEYS.STREAM-NUMBER.tar.zst.age`. */
export function makeIncrementName({ stream, no, ...set }: Parameters<typeof makeSetName>[0] & { readonly stream: string; readonly no: number }): string {
  return `${makeSetName(set).slice(0, -END.length)}.${stream}-${String(no).padStart(NUMBER_LETTERS, '0')}${END}`;
}

/** Undefined: not the name of an increment. */
export function readIncrementName(name: string): IncrementName | undefined {
  const [, before, stream, no] = NAME.exec(name) ?? [];
  const set = before === undefined ? undefined : readSetName(`${before}${END}`);
  return set === undefined || stream === undefined || no === undefined ? undefined : { ...set, stream, no: Number(no) };
}
