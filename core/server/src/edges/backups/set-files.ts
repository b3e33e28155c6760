/** What lies on a target by its name: sets, and pieces of one that is being written. Anything else is somebody else's. */
const PART = '.part';
/** The name of a set: hospital, Beijing time, keys. */
const SET = /^hospay-[a-z0-9-]+-\d{14}(?:\.[a-z0-9]{8})+\.tar\.zst\.age$/;

export function isSet(name: string): boolean {
  return SET.test(name);
}

/** Not seen as a set by anybody before it has its name. */
export function pieceOf(name: string): string {
  if (!isSet(name)) throw new Error(`not the name of a set: ${name}`);
  return `${name}${PART}`;
}

/** Pieces another hospital's box is writing are its own. */
export function isPieceOf(hospital: string, name: string): boolean {
  return name.endsWith(PART) && name.startsWith(`hospay-${hospital}-2`) && isSet(name.slice(0, -PART.length));
}
