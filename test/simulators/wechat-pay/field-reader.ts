import { parameterRefusal } from './api-refusal.js';

type TextRule = { readonly max: number; readonly min?: number; readonly pattern?: RegExp };
type IntegerRule = { readonly min: number; readonly max?: number };

/**
 * Reads one JSON object of a request and refuses, naming the field, what WeChat Pay's catalogue does not allow. Fields the catalogue
 * does not know are left alone, as the real service leaves them.
 */
export class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongField(path, value, '类型不符，应为 object');
    this.#fields = Object.fromEntries(Object.entries(value));
    this.#path = path;
  }

  text(name: string, rule: TextRule): string {
    const value = this.optionalText(name, rule);
    if (value === undefined || value === '') throw wrongField(this.#at(name), '', '必填性规则校验失败，此字段为必填项');
    return value;
  }

  optionalText(name: string, rule: TextRule): string | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw wrongField(this.#at(name), value, '类型不符，应为 string');
    const { length } = Array.from(value);
    if (length > rule.max || length < (rule.min ?? 0)) throw wrongField(this.#at(name), value, '字符串长度规则校验失败');
    if (rule.pattern !== undefined && !rule.pattern.test(value)) throw wrongField(this.#at(name), value, '格式规则校验失败');
    return value;
  }

  integer(name: string, rule: IntegerRule): number {
    const value = this.#fields[name];
    if (value === undefined) throw wrongField(this.#at(name), '', '必填性规则校验失败，此字段为必填项');
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongField(this.#at(name), value, '类型不符，应为 int');
    if (value < rule.min || (rule.max !== undefined && value > rule.max)) throw wrongField(this.#at(name), value, '数值范围规则校验失败');
    return value;
  }

  optionalInteger(name: string, rule: IntegerRule): number | undefined {
    return this.#fields[name] === undefined ? undefined : this.integer(name, rule);
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#fields[name];
    if (value !== undefined && typeof value !== 'boolean') throw wrongField(this.#at(name), value, '类型不符，应为 boolean');
    return value;
  }

  object(name: string): FieldReader {
    const value = this.#fields[name];
    if (value === undefined) throw wrongField(this.#at(name), '', '必填性规则校验失败，此字段为必填项');
    return new FieldReader(value, this.#at(name));
  }

  optionalObject(name: string): FieldReader | undefined {
    const value = this.#fields[name];
    return value === undefined ? undefined : new FieldReader(value, this.#at(name));
  }

  optionalObjects(name: string): readonly FieldReader[] | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrongField(this.#at(name), value, '类型不符，应为 array');
    return value.map((item, index) => new FieldReader(item, `${this.#at(name)}/${String(index)}`));
  }

  #at(name: string): string {
    return `${this.#path}/${name}`;
  }
}

/** Parses the body text of a POST; a body that is no JSON object is refused. */
export function readBody(text: string): FieldReader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw parameterRefusal('请求报文不是合法的 JSON', { issue: 'not valid JSON', location: 'body' });
  }
  return new FieldReader(value, '/body');
}

function wrongField(path: string, value: unknown, issue: string): Error {
  return parameterRefusal(`输入源“${path}”${issue}`, { field: path.replace(/^\/body/, ''), value, issue, location: 'body' });
}
