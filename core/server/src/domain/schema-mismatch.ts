import { type TSchema } from 'typebox';
import { Errors } from 'typebox/value';

/** One place where a value does not fit its schema, in words an operator can act on. */
export type SchemaMismatch = {
  /** Dotted key: `mqtt.port`, `channels.0.plugin`; empty for the whole value. */
  readonly key: string;
  /** What the schema expects there. */
  readonly expects: string;
  /** The schema's own description of the key, if it has one. */
  readonly description?: string;
};

/** Lists where a value does not fit a schema, each key once, nothing of the value itself: it may be a secret. */
export function listMismatches(schema: TSchema, value: unknown): SchemaMismatch[] {
  const found = new Map<string, SchemaMismatch>();
  for (const error of Errors(schema, value)) {
    for (const [key, expects] of readError(schema, error)) {
      if (!found.has(key)) found.set(key, withDescription({ key, expects }, descriptionAt(schema, error.schemaPath)));
    }
  }
  return [...found.values()];
}

/** One line per mismatch: `mqtt.port: must be <= 65535`. */
export function describeMismatches(mismatches: readonly SchemaMismatch[]): string {
  return mismatches.map(({ key, expects, description }) => `${key === '' ? '(whole)' : key}: ${expects}${description === undefined ? '' : ` (${description})`}`).join('; ');
}

type ReportedError = { readonly keyword: string; readonly schemaPath: string; readonly instancePath: string; readonly params: object; readonly message: string };

function readError(schema: TSchema, error: ReportedError): [string, string][] {
  const at = dotted(error.instancePath);
  const inside = (name: string) => (at === '' ? name : `${at}.${name}`);
  switch (error.keyword) {
    case 'required':
      return namesIn(error.params, 'requiredProperties').map((name) => [inside(name), 'is required and missing']);
    case 'additionalProperties': {
      const known = Object.keys(recordAt(recordAt(schema, error.schemaPath), '#/properties'));
      return namesIn(error.params, 'additionalProperties').map((name) => [inside(name), `is not a known key${known.length === 0 ? '' : `; known here: ${known.join(', ')}`}`]);
    }
    case 'boolean':
      // The same unknown key, reported a second time by its `false` schema.
      return [];
    case 'anyOf':
      return [[at, 'must have one of the listed shapes']];
    case 'const':
      return [[at, `must be ${JSON.stringify('allowedValue' in error.params ? error.params.allowedValue : '')} or another listed value`]];
    case 'enum':
      return [[at, `must be one of ${JSON.stringify('allowedValues' in error.params ? error.params.allowedValues : [])}`]];
    default:
      return [[at, error.message]];
  }
}

function withDescription(mismatch: SchemaMismatch, description: string | undefined): SchemaMismatch {
  return description === undefined ? mismatch : { ...mismatch, description };
}

function dotted(pointer: string): string {
  return pointer.split('/').slice(1).map(unescapePointer).join('.');
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function namesIn(params: object, key: string): string[] {
  const names: unknown = Object.entries(params).find(([name]) => name === key)?.[1];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function descriptionAt(schema: object, schemaPath: string): string | undefined {
  const description: unknown = Object.entries(recordAt(schema, schemaPath)).find(([name]) => name === 'description')?.[1];
  return typeof description === 'string' ? description : undefined;
}

function recordAt(schema: object, schemaPath: string): object {
  let here: object = schema;
  for (const part of schemaPath.split('/').slice(1).map(unescapePointer)) {
    const next: unknown = Object.entries(here).find(([name]) => name === part)?.[1];
    if (typeof next !== 'object' || next === null) return {};
    here = next;
  }
  return here;
}
