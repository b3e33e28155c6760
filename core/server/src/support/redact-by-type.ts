/**
 * Redaction of a support bundle: each value is replaced by its type and a pseudonym (化名), `[card#3f9a2c]`. The same value has the same pseudonym in the whole bundle, so that one card, person or order can be followed
 * through it; the salt is made for one bundle and kept nowhere, so that two bundles cannot be compared and no list of numbers tried out. Numbers of orders and terminals stay: they say nothing without the platform.
 * `domain/sensitive.ts` guards logs as they are written; this guards what leaves the house, whoever wrote it.
 */
import { createHmac } from 'node:crypto';
import { isRecord } from '../domain/is-record.js';
import type { Redactions, SensitiveType } from './ports.js';
import { KEY_SHAPES, typeOfKey, valueShape, WORD_SHAPES, type Shape } from './sensitive-shapes.js';

export type Redacted = { readonly text: string; readonly redactions: Redactions };
export type TypeRedactor = {
  /** Remembers the names that stand beside their keys, so that they are found elsewhere too. Every file first, then `redact`. */
  learn(text: string): void;
  redact(text: string): Redacted;
};
/** Takes a value out, and gives what stands in its place. What only looks like one is no name to look for elsewhere. */
type Put = (type: SensitiveType, value: string, by: 'key' | 'shape') => string;

const KEY = /([\p{L}_][\p{L}\p{N}_-]{0,40})(\\?["']?\s*[:=：]\s*)/gu;
const TAG = /<([\p{L}_][\p{L}\p{N}_:-]{0,40})([^<>]*)>([^<>]+)<\/\1>/gu;
/** `a.key  value  ← origin`, as `hospay config` prints it; a hospital's own name and addresses are no person's. */
const PARAMETER = /^(\S+\.)([\p{L}\p{N}_-]+)(\s{2,})(.+?)(\s{2}← .*)$/gmu;
const HOSPITALS_OWN = /^(name|address)$/;
/** Masked already, or no value of anybody. */
const NOTHING = /^([•*]+|true|false|null|undefined|none|-?\d{1,3}|\[[a-zA-Z]+(#[0-9a-f]+)?\]?)$/;
/** One character is an ordinary word, and would take the text apart. */
const SHORTEST_NAME = 2;
const MOST_NAMES = 5_000;
const PSEUDONYM_DIGITS = 6;

export function createTypeRedactor(salt: Uint8Array): TypeRedactor {
  const names = new Set<string>();
  const pseudonym = (type: SensitiveType, value: string): string => `[${type}#${createHmac('sha256', salt).update(plainOf(type, value)).digest('hex').slice(0, PSEUDONYM_DIGITS)}]`;
  return {
    learn(text) {
      redactDocument(text, undefined, (type, value, by) => {
        if (type === 'name' && by === 'key' && [...value].length >= SHORTEST_NAME && /\p{Script=Han}/u.test(value) && names.size < MOST_NAMES) names.add(value);
        return pseudonym(type, value);
      });
    },
    redact(text) {
      const redactions: Partial<Record<SensitiveType, number>> = {};
      const put: Put = (type, value) => {
        redactions[type] = (redactions[type] ?? 0) + 1;
        return pseudonym(type, value);
      };
      return { text: redactDocument(text, anyOf(names), put), redactions };
    },
  };
}

/** A document of JSON as a whole; else line by line, and what stands between lines of JSON in one piece: a key may run over many. */
function redactDocument(text: string, known: RegExp | undefined, put: Put): string {
  const whole = readJson(text);
  if (whole !== undefined) return `${JSON.stringify(redactValue(whole, undefined, known, put), undefined, text.trim().includes('\n') ? 2 : 0)}${text.endsWith('\n') ? '\n' : ''}`;
  const parts: string[] = [];
  let loose: string[] = [];
  const flush = (): void => {
    if (loose.length > 0) parts.push(redactWords(loose.join('\n'), known, put));
    loose = [];
  };
  for (const line of text.split('\n')) {
    const value = line.startsWith('{') ? readJson(line) : undefined;
    if (value === undefined) loose.push(line);
    else {
      flush();
      parts.push(JSON.stringify(redactValue(value, undefined, known, put)));
    }
  }
  flush();
  return parts.join('\n');
}

function redactValue(value: unknown, key: string | undefined, known: RegExp | undefined, put: Put): unknown {
  const type = key === undefined ? undefined : typeOfKey(key);
  if (typeof value === 'string' || typeof value === 'number') {
    const plain = String(value);
    if (type !== undefined && plain !== '' && !NOTHING.test(plain)) return put(type, plain, 'key');
    const written = redactWords(plain, known, put);
    return written === plain ? value : written;
  }
  if (Array.isArray(value)) return value.map((one) => redactValue(one, key, known, put));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [redactWords(name, known, put), redactValue(one, name, known, put)])) : value;
}

function redactWords(text: string, known: RegExp | undefined, put: Put): string {
  const ofShapes = (shapes: readonly Shape[], plain: string): string =>
    shapes.reduce((left, { type, shape, accept }) => left.replace(shape, (match) => (NOTHING.test(match) || accept?.(match) === false ? match : put(type, match, 'shape'))), plain);
  const parameters = (plain: string): string => plain.replace(PARAMETER, (whole, path: string, key: string, gap: string, value: string, origin: string) => {
    const type = HOSPITALS_OWN.test(key) ? undefined : typeOfKey(key);
    return type === undefined || NOTHING.test(value) ? whole : `${path}${key}${gap}${put(type, value, 'key')}${origin}`;
  });
  const tags = (plain: string): string => plain.replace(TAG, (whole, key: string, rest: string, value: string) => {
    const type = typeOfKey(key.replace(/^.*:/, ''));
    return type === undefined ? whole : `<${key}${rest}>${put(type, value, 'key')}</${key}>`;
  });
  const shaped = ofShapes(WORD_SHAPES, redactPairs(tags(parameters(ofShapes(KEY_SHAPES, text))), put));
  return known === undefined ? shaped : shaped.replace(known, (name) => put('name', name, 'shape'));
}

/** `key: value`, `"key":"value"`, `key=value`. What stands under a harmless key is looked through in its turn. */
function redactPairs(text: string, put: Put): string {
  let [done, at] = ['', 0];
  for (const found of text.matchAll(KEY)) {
    const type = typeOfKey(found[1] ?? '');
    const begin = found.index + found[0].length;
    if (type === undefined || begin < at) continue;
    const shape = valueShape(type);
    shape.lastIndex = begin;
    const value = shape.exec(text)?.[0] ?? '';
    const [, mark = '', plain = ''] = /^(\\"|"|')?([\s\S]*?)(?:\\"|"|')?$/.exec(value) ?? [];
    if (plain === '' || NOTHING.test(plain)) continue;
    done += `${text.slice(at, begin)}${mark}${put(type, plain, 'key')}${mark}`;
    at = begin + value.length;
  }
  return done + text.slice(at);
}

function anyOf(names: ReadonlySet<string>): RegExp | undefined {
  if (names.size === 0) return undefined;
  const longestFirst = [...names].toSorted((left, right) => right.length - left.length);
  return new RegExp(longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'gu');
}

/** Written with or without spaces or the country's code, it is the same number. */
function plainOf(type: SensitiveType, value: string): string {
  if (type === 'card') return value.replace(/[ -]/g, '');
  if (type === 'phone') return value.replace(/[ +-]/g, '').slice(-11);
  return type === 'idNumber' ? value.toUpperCase() : value.trim();
}

function readJson(text: string): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
