/**
 * Where a text stops being JSON: `line 3, column 14`. V8's own message quotes the text, which may hold personal data, and often gives no place.
 * Called only for a text that JSON.parse has refused.
 */
export function findJsonFault(text: string): string {
  const offset = firstFault(text);
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return offset >= text.length ? `its end (line ${String(line)}, column ${String(column)})` : `line ${String(line)}, column ${String(column)}`;
}

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true(?!\w)|false(?!\w)|null(?!\w)))/uy;
const BLANK = /[ \t\r\n]*/y;

type Expecting = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'end';

/** A pushdown automaton over the tokens of RFC 8259; it builds nothing and never recurses. */
function firstFault(text: string): number {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let at = 0;
  for (;;) {
    BLANK.lastIndex = at;
    BLANK.test(text);
    const start = BLANK.lastIndex;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return start;
    const next = step(expecting, token, open);
    if (next === undefined) return start;
    expecting = next;
    at = TOKEN.lastIndex;
  }
}

function step(expecting: Expecting, token: RegExpExecArray, open: ('{' | '[')[]): Expecting | undefined {
  const [, mark, string, scalar] = token;
  const afterValue = (): Expecting => (open.length === 0 ? 'end' : 'commaOrEnd');
  const isValueDue = expecting === 'value' || expecting === 'valueOrEnd';
  const isKeyDue = expecting === 'key' || expecting === 'keyOrEnd';
  if (string !== undefined) return isKeyDue ? 'colon' : isValueDue ? afterValue() : undefined;
  if (scalar !== undefined) return isValueDue ? afterValue() : undefined;
  switch (mark) {
    case '{':
    case '[':
      if (!isValueDue) return undefined;
      open.push(mark);
      return mark === '{' ? 'keyOrEnd' : 'valueOrEnd';
    case '}':
    case ']': {
      const isInside = open.at(-1) === (mark === '}' ? '{' : '[');
      if (!isInside || (expecting !== 'commaOrEnd' && expecting !== 'keyOrEnd' && expecting !== 'valueOrEnd')) return undefined;
      open.pop();
      return afterValue();
    }
    case ',':
      return expecting !== 'commaOrEnd' ? undefined : open.at(-1) === '{' ? 'key' : 'value';
    case ':':
      return expecting === 'colon' ? 'value' : undefined;
    default:
      return undefined;
  }
}
