import { beijingStamp } from '@hospay/plugin-sdk';

const NAME = /^hospay-([a-z0-9]+(?:-[a-z0-9]+)*)-(\d{14})((?:\.[a-z0-9]{8}){1,20})\.tar\.zst\.age$/;
const SHORT_LETTERS = 8;

export type SetName = { readonly hospital: string; /** Beijing time. */ readonly stamp: string; readonly recipients: readonly string[] };

/** The first letters behind `age1`: what stands on the sheet of a key, in the name of every set it opens, and on the screen. */
export function shortIdOf(recipient: string): string {
  return recipient.slice('age1'.length, 'age1'.length + SHORT_LETTERS);
}

/** Says whose it is, when it was taken, and which keys open it: a set is looked for on the day the box is gone. */
export function makeSetName({ hospital, takenAt, recipients }: { readonly hospital: string; readonly takenAt: Date; readonly recipients: readonly string[] }): string {
  return `hospay-${hospital}-${beijingStamp(takenAt)}${recipients.map((recipient) => `.${shortIdOf(recipient)}`).join('')}.tar.zst.age`;
}

/** Beijing time, as it stands in a name, for people. */
export function showStamp(stamp: string): string {
  return stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6');
}
export function showMoment(at: string): string {
  return showStamp(beijingStamp(new Date(at)));
}

/** Undefined: not the name of a set, so it is nobody's to read or remove. */
export function readSetName(name: string): SetName | undefined {
  const [, hospital, stamp, recipients] = NAME.exec(name) ?? [];
  if (hospital === undefined || stamp === undefined || recipients === undefined) return undefined;
  return { hospital, stamp, recipients: recipients.slice(1).split('.') };
}
