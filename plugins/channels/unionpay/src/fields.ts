export type Fields = Readonly<Record<string, string>>;

/**
 * Reads an answer: `k=v&k=v`, not URL-encoded. A value may hold `=`, and `&` inside braces (a field of fields).
 * `undefined` for text that is no such list, or names a field twice.
 */
export function readAnswer(text: string): Fields | undefined {
  const pairs: (readonly [string, string])[] = [];
  for (let start = 0; start <= text.length;) {
    const equals = text.indexOf('=', start);
    if (equals < 0) return undefined;
    const end = endOfValue(text, equals + 1);
    pairs.push([text.slice(start, equals), text.slice(equals + 1, end)]);
    start = end + 1;
  }
  return fromPairs(pairs);
}

/** Reads a URL-encoded form (a notification). `undefined` when it is not UTF-8 or names a field twice. */
export function readForm(body: Uint8Array): Fields | undefined {
  try {
    return fromPairs([...new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(body))]);
  } catch {
    return undefined;
  }
}

/** Everything but the signature and what is empty, sorted by key, raw. */
export function textToSign(fields: Fields): string {
  return Object.keys(fields)
    .filter((key) => key !== 'signature' && fields[key] !== '')
    .toSorted((left, right) => (left < right ? -1 : 1))
    .map((key) => `${key}=${fields[key] ?? ''}`)
    .join('&');
}

/** A text without what would break the list: `&`, `+`, `=` and braces belong to the protocol. */
export function plainValue(text: string): string {
  return text.replace(/[&+={}]/g, ' ').replace(/\p{Cc}/gu, ' ').trim();
}

/** The `&` behind the value, or the end of the text. A value that begins with a brace ends behind the brace that closes it; one that is never closed is plain text. */
function endOfValue(text: string, start: number): number {
  const ampersand = text.indexOf('&', start);
  const plainEnd = ampersand < 0 ? text.length : ampersand;
  if (text[start] !== '{') return plainEnd;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at + 1 === text.length || text[at + 1] === '&' ? at + 1 : plainEnd;
  }
  return plainEnd;
}

function fromPairs(pairs: readonly (readonly [string, string])[]): Fields | undefined {
  const fields = new Map<string, string>();
  for (const [key, value] of pairs) {
    if (!/^[A-Za-z0-9_]{1,60}$/.test(key) || fields.has(key)) return undefined;
    fields.set(key, value);
  }
  return Object.fromEntries(fields);
}
