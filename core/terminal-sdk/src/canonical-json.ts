/**
 * The text that is signed: JSON in one canonical form. A restriction of RFC 8785: objects, arrays, strings, whole numbers within ±(2^53 − 1),
 * booleans and null; keys sorted by UTF-16 code units; no white space. The core has its own copy; a test holds both to the same vectors.
 */

export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

const DEEPEST_NESTING = 32;

/** @throws NotCanonical for a fraction, a lone surrogate, a function, or nesting beyond 32. */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > DEEPEST_NESTING) throw new NotCanonical('nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return wholeNumber(value);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new NotCanonical(`${typeof value} has no canonical form`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${text(key)}:${write(member, depth + 1)}`).join(',')}}`;
}

/** A surrogate without its partner. Spelled out: kiosk browsers are older than `isWellFormed`. */
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function text(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new NotCanonical('text with a lone surrogate');
  return JSON.stringify(value);
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new NotCanonical('a number that is not a whole number within ±(2^53 − 1)');
  return Object.is(value, -0) ? '0' : String(value);
}
