/**
 * Answers that look like JSON and are none: keys, mostly Chinese, and values without quotes, single quotes, commas too many. Read by hand, because
 * readers of JSON dialects make numbers of amounts and card numbers, and a number has lost its zeros.
 */
import type { XmlElement } from '@hospay/plugin-sdk/his-mapping';

export type LooseText = { readonly kind: 'object'; readonly root: XmlElement } | { readonly kind: 'malformed'; readonly reason: string };

const DEEPEST = 16;

/** The object as a tree of elements: a list makes elements of the same name. A text that ends early, or goes on behind its end, is malformed. */
export function readLooseText(text: string): LooseText {
  const reader = new Reader(text);
  try {
    const root = reader.value('', 0);
    reader.end();
    const [element] = root;
    if (element === undefined || root.length !== 1 || !text.trimStart().startsWith('{')) return { kind: 'malformed', reason: 'not one object' };
    return { kind: 'object', root: element };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws SyntaxError */
  value(name: string, depth: number): readonly XmlElement[] {
    if (depth > DEEPEST) throw new SyntaxError('nested too deeply');
    const start = this.#peek();
    if (start === '{') return [{ name, text: '', children: this.#members(depth) }];
    if (start === '[') return this.#items(name, depth);
    return [{ name, text: start === '"' || start === '\'' ? this.#quoted() : this.#bare(/[,}\]]/), children: [] }];
  }

  end(): void {
    if (this.#peek() !== '') throw new SyntaxError('goes on behind its end');
  }

  #members(depth: number): XmlElement[] {
    const members: XmlElement[] = [];
    const names = new Set<string>();
    this.#at += 1;
    while (this.#peek() !== '}') {
      const start = this.#peek();
      const name = start === '"' || start === '\'' ? this.#quoted() : this.#bare(/[:,{}[\]]/);
      // Which of two amounts is the amount?
      if (name === '' || names.has(name.toLowerCase())) throw new SyntaxError('a key is empty or stands twice');
      names.add(name.toLowerCase());
      if (this.#peek() !== ':') throw new SyntaxError('a key without a value');
      this.#at += 1;
      members.push(...this.value(name, depth + 1));
      this.#comma('}');
    }
    this.#at += 1;
    return members;
  }

  #items(name: string, depth: number): XmlElement[] {
    const items: XmlElement[] = [];
    this.#at += 1;
    while (this.#peek() !== ']') {
      if (this.#peek() === '[') throw new SyntaxError('a list within a list');
      items.push(...this.value(name, depth + 1));
      this.#comma(']');
    }
    this.#at += 1;
    return items;
  }

  #comma(closing: string): void {
    const next = this.#peek();
    if (next === ',') this.#at += 1;
    else if (next !== closing) throw new SyntaxError(next === '' ? 'ends before its end' : `expected a comma or "${closing}"`);
  }

  /** The next character that is no blank; '' at the end. */
  #peek(): string {
    while (this.#at < this.#text.length && /\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #bare(stop: RegExp): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !stop.test(this.#text.charAt(this.#at))) this.#at += 1;
    if (this.#at === this.#text.length) throw new SyntaxError('ends before its end');
    const text = this.#text.slice(from, this.#at).trim();
    if (/["'{[]/.test(text)) throw new SyntaxError('a value that is neither quoted nor bare');
    return text === 'null' ? '' : text;
  }

  #quoted(): string {
    const quote = this.#text.charAt(this.#at);
    let text = '';
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text.charAt(this.#at);
      if (character === quote) {
        this.#at += 1;
        return text;
      }
      text += character === '\\' ? this.#escaped() : character;
    }
    throw new SyntaxError('ends before its end');
  }

  /** Leaves the place on the last character of the escape. */
  #escaped(): string {
    this.#at += 1;
    const character = this.#text.charAt(this.#at);
    const code = character === 'u' ? /^[0-9a-fA-F]{4}/.exec(this.#text.slice(this.#at + 1))?.[0] : undefined;
    if (code !== undefined) {
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const meaning = ESCAPES.get(character);
    if (meaning === undefined) throw new SyntaxError('an escape nobody knows');
    return meaning;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([['"', '"'], ['\'', '\''], ['\\', '\\'], ['/', '/'], ['n', '\n'], ['r', '\r'], ['t', '\t'], ['b', '\b'], ['f', '\f']]);
