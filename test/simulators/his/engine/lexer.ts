import { incorrectSyntax, SqlServerError } from './sql-server-error.js';

export interface Token {
  readonly kind: 'word' | 'bracketed' | 'quoted' | 'string' | 'nationalString' | 'number' | 'binary' | 'variable' | 'symbol' | 'end';
  /** Words as written; strings without their quotes. */
  readonly text: string;
  /** Upper-cased word, or the symbol: what the parser compares with. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** Splits T-SQL into tokens; comments (nested block comments too) and white space are dropped. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const countLines = (from: number, to: number): void => {
    for (let index = from; index < to; index++) if (source.charCodeAt(index) === 10) line++;
  };
  while (at < source.length) {
    const skipped = endOfBlank(source, at);
    countLines(at, skipped);
    at = skipped;
    if (at >= source.length) break;
    const token = readToken(source, at, line);
    countLines(at, token.end);
    at = token.end;
    tokens.push(token);
  }
  tokens.push({ kind: 'end', text: '', key: '', start: source.length, end: source.length, line });
  return tokens;
}

function endOfBlank(source: string, start: number): number {
  let at = start;
  for (;;) {
    while (at < source.length && /\s|\uFEFF/.test(source[at] ?? '')) at++;
    if (source.startsWith('--', at)) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end + 1;
    } else if (source.startsWith('/*', at)) {
      at = endOfBlockComment(source, at);
    } else return at;
  }
}

function endOfBlockComment(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; ) {
    if (source.startsWith('/*', at)) { depth++; at += 2; }
    else if (source.startsWith('*/', at)) {
      depth--;
      at += 2;
      if (depth === 0) return at;
    } else at++;
  }
  throw new SqlServerError(113, "Missing end comment mark '*/'.", { severity: 15 });
}

const numberPattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const binaryPattern = /0[xX][0-9a-fA-F]*/y;
const wordPattern = /[\p{L}_#][\p{L}\p{N}_@#$]*/uy;
const variablePattern = /@@?[\p{L}\p{N}_@#$]+/uy;
const symbols = ['<>', '!=', '<=', '>=', '!<', '!>', '+=', '-=', '*=', '/=', '%='];

function readToken(source: string, start: number, line: number): Token {
  const make = (kind: Token['kind'], text: string, end: number, key = text): Token => ({ kind, text, key, start, end, line });
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = start;
    return pattern.exec(source)?.[0];
  };
  const first = source[start] ?? '';
  if ((first === 'N' || first === 'n') && source[start + 1] === "'") {
    const { text, end } = readQuoted(source, start + 1, "'");
    return make('nationalString', text, end, '');
  }
  if (first === "'") {
    const { text, end } = readQuoted(source, start, "'");
    return make('string', text, end, '');
  }
  if (first === '"') {
    const { text, end } = readQuoted(source, start, '"');
    return make('quoted', text, end, '');
  }
  if (first === '[') {
    const { text, end } = readQuoted(source, start, ']');
    return make('bracketed', text, end, '');
  }
  const binary = match(binaryPattern);
  if (binary !== undefined) return make('binary', binary, start + binary.length, '');
  const number = match(numberPattern);
  if (number !== undefined) return make('number', number, start + number.length, '');
  const variable = match(variablePattern);
  if (variable !== undefined) return make('variable', variable, start + variable.length, '');
  const word = match(wordPattern);
  if (word !== undefined) return make('word', word, start + word.length, word.toUpperCase());
  const symbol = symbols.find((candidate) => source.startsWith(candidate, start)) ?? first;
  if (!'+-*/%=<>!&|^~(),.;:'.includes(symbol[0] ?? '')) throw incorrectSyntax(symbol);
  return make('symbol', symbol, start + symbol.length);
}

function readQuoted(source: string, start: number, close: string): { text: string; end: number } {
  let text = '';
  let at = start + 1;
  for (;;) {
    const next = source.indexOf(close, at);
    if (next < 0) throw new SqlServerError(105, `Unclosed quotation mark after the character string '${source.slice(start + 1, start + 40)}'.`);
    text += source.slice(at, next);
    if (source[next + 1] !== close) return { text, end: next + 1 };
    text += close;
    at = next + 2;
  }
}
