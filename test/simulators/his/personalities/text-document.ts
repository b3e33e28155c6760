/** The XML this hospital's programs read and write: elements and text, nothing else. Values keep their letters and zeros. */

/** Leaves of the root by name in lower case; undefined when the text is no document. */
export function readDocument(text: string): ReadonlyMap<string, string> | undefined {
  const root = /^\s*(?:<\?xml[^>]*\?>)?\s*<([\w.-]+)>([\s\S]*)<\/\1>\s*$/.exec(text);
  if (root === null) return undefined;
  return new Map([...(root[2] ?? '').matchAll(/<([\w.-]+)>([^<]*)<\/\1>|<([\w.-]+)\s*\/>/g)].map((match) => [(match[1] ?? match[3] ?? '').toLowerCase(), unescaped(match[2] ?? '')]));
}

export type Content = string | readonly (readonly [string, Content])[];

export function writeDocument(name: string, content: Content): string {
  const inside = typeof content === 'string' ? escaped(content) : content.map(([child, value]) => writeDocument(child, value)).join('');
  return `<${name}>${inside}</${name}>`;
}

const entities: readonly (readonly [string, string])[] = [['&lt;', '<'], ['&gt;', '>'], ['&quot;', '"'], ['&apos;', "'"], ['&amp;', '&']];

function unescaped(text: string): string {
  return entities.reduce((known, [entity, character]) => known.replaceAll(entity, character), text);
}

function escaped(text: string): string {
  return entities.toReversed().reduce((known, [entity, character]) => known.replaceAll(character, entity), text);
}
