/** What lies on a target by its name: sets, increments, and pieces of one that is being written. Anything else is somebody else's. */
const PART = '.part';
/** The name of a set: hospital, Beijing time, keys. */
const SET = /^hospay-[a-z0-9-]+-\d{14}(?:\.[a-z0-9]{8})+\.tar\.zst\.age$/;
/** Of an increment: the same, then its run and its number. */
const INCREMENT = /^hospay-[a-z0-9-]+-\d{14}(?:\.[a-z0-9]{8})+\.[a-z0-9]{8}-\d{6}\.tar\.zst\.age$/;

export function isSet(name: string): boolean {
  return SET.test(name);
}
export function isIncrement(name: string): boolean {
  return INCREMENT.test(name);
}

/** @throws for what is neither: it is nobody's to read, write or remove */
export function mustBeOurs(name: string): string {
  if (!isSet(name) && !isIncrement(name)) throw new Error(`not the name of a set: ${name}`);
  return name;
}

/** Not seen as a set by anybody before it has its name. */
export function pieceOf(name: string): string {
  return `${mustBeOurs(name)}${PART}`;
}

/** The name a piece would have got. */
export function wholeOf(piece: string): string {
  return piece.slice(0, -PART.length);
}

/** Pieces another hospital's box is writing are its own. */
export function isPieceOf(hospital: string, name: string): boolean {
  const whole = wholeOf(name);
  return name.endsWith(PART) && name.startsWith(`hospay-${hospital}-2`) && (isSet(whole) || isIncrement(whole));
}
