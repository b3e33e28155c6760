/**
 * The text that is signed: JSON in one canonical form, so that a core in TypeScript and a terminal in C# sign the same bytes.
 *
 * A restriction of RFC 8785 (JSON Canonicalization Scheme): objects, arrays, strings, whole numbers within ±(2^53 − 1), booleans and null. No
 * fractions: money is integer fen, and the number formatting of RFC 8785 is the part other languages get wrong. Vectors: core/docs/terminal-protocol.md.
 */

/** The value cannot be signed: a fraction, a lone surrogate, a function, or nesting beyond the limit. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

/** Deeper nesting than any message of ours; a bound for hostile input. */
const DEEPEST_NESTING = 32;

/**
 * Writes a value in canonical form: no white space, object keys sorted by UTF-16 code units, strings escaped as JSON.stringify does.
 * A property whose value is `undefined` is left out, as in JSON.
 * @throws NotCanonical when the value has no such form.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > DEEPEST_NESTING) throw new NotCanonical('nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return writeWholeNumber(value);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new NotCanonical(`${typeof value} has no canonical form`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${writeText(key)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function writeText(text: string): string {
  if (!text.isWellFormed()) throw new NotCanonical('text with a lone surrogate');
  return JSON.stringify(text);
}

function writeWholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new NotCanonical('a number that is not a whole number within ±(2^53 − 1)');
  return Object.is(value, -0) ? '0' : String(value);
}
