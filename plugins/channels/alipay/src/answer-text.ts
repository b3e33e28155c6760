const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const BRACKET_OR_STRING = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g;
const LITERAL = /[-+.0-9A-Za-z]+/y;
const BLANK = /[ \t\r\n]*/y;

/**
 * The members of the outermost JSON object as they are written, byte for byte: Alipay signs the raw text of one of them, so it must never be parsed and
 * written again. `undefined` when the text is not one object with each name once.
 */
export function rawMembers(text: string): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  let at = skip(BLANK, text, 0);
  if (text[at] !== '{') return undefined;
  for (;;) {
    const nameAt = skip(BLANK, text, at + 1);
    const nameEnd = skip(STRING, text, nameAt);
    const colonAt = skip(BLANK, text, nameEnd);
    if (nameEnd === nameAt || text[colonAt] !== ':') return undefined;
    const valueAt = skip(BLANK, text, colonAt + 1);
    const valueEnd = endOfValue(text, valueAt);
    const name = text.slice(nameAt + 1, nameEnd - 1);
    if (valueEnd === valueAt || members.has(name)) return undefined;
    members.set(name, text.slice(valueAt, valueEnd));
    at = skip(BLANK, text, valueEnd);
    if (text[at] === '}') return skip(BLANK, text, at + 1) === text.length ? members : undefined;
    if (text[at] !== ',') return undefined;
  }
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return skip(STRING, text, start);
  if (text[start] !== '{' && text[start] !== '[') return skip(LITERAL, text, start);
  let depth = 0;
  BRACKET_OR_STRING.lastIndex = start;
  for (let match = BRACKET_OR_STRING.exec(text); match !== null; match = BRACKET_OR_STRING.exec(text)) {
    const [found] = match;
    if (found === '{' || found === '[') depth += 1;
    else if (found === '}' || found === ']') depth -= 1;
    if (depth === 0) return match.index + 1;
  }
  return start;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
