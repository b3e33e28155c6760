import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { describeMismatches, listMismatches } from '../../../domain/schema-mismatch.js';

/** More places than this help nobody. */
const MOST_NAMED = 5;

/** Makes a reader that gives the value its type, or refuses naming where (`place`) and what was expected, never what was sent. */
export function shapeReader<Value>(schema: TSchema, place: string): (raw: unknown) => Outcome<Value> {
  const validator = Compile(schema);
  return (raw) => {
    // The compiled check has just proven it.
    if (validator.Check(raw)) return ok(raw as Value);
    return refused('MALFORMED_REQUEST', `${place}: ${describeMismatches(listMismatches(schema, raw).slice(0, MOST_NAMED))}`);
  };
}

/** Reads a query string into fields; a field whose schema is a boolean or an integer is read as one, exactly. A repeated field is refused. */
export function readFields(query: string, schema: TSchema): Outcome<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(query)) {
    if (Object.hasOwn(fields, name)) return refused('MALFORMED_REQUEST', 'query: a field is given twice');
    Object.defineProperty(fields, name, { value: readField(text, fieldSchema(schema, name)), enumerable: true });
  }
  return ok(fields);
}

function readField(text: string, schema: TSchema | undefined): unknown {
  if (schema === undefined) return text;
  if (Type.IsBoolean(schema)) return text === 'true' ? true : text === 'false' ? false : text;
  if (Type.IsInteger(schema)) return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  return text;
}

function fieldSchema(schema: TSchema, name: string): TSchema | undefined {
  if (!Type.IsObject(schema) || !Object.hasOwn(schema.properties, name)) return undefined;
  return schema.properties[name];
}
