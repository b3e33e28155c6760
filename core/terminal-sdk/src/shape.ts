/**
 * What an answer must look like before it is believed: a small subset of JSON Schema, with the type of the value beside it. A signed answer of
 * another shape (a newer core, a bug) is "no answer", never data. Unknown members are let through: a newer core may tell more.
 */
export type Shape<Value> = { readonly schema: SchemaNode; readonly valueType?: () => Value };
export type ValueOf<Of> = Of extends Shape<infer Value> ? Value : never;

export type SchemaNode =
  | { readonly type: 'string' | 'integer' | 'boolean' }
  | { readonly enum: readonly string[] }
  | { readonly type: 'array'; readonly items: SchemaNode }
  | { readonly type: 'object'; readonly properties: Readonly<Record<string, SchemaNode>>; readonly required: readonly string[] }
  | { readonly type: 'record'; readonly values: SchemaNode }
  | { readonly anyOf: readonly SchemaNode[] };

/** True when the value has the shape. */
export function hasShape<Value>(shape: Shape<Value>, value: unknown): value is Value {
  return fits(shape.schema, value);
}

export const text: Shape<string> = { schema: { type: 'string' } };
export const integer: Shape<number> = { schema: { type: 'integer' } };
export const truth: Shape<boolean> = { schema: { type: 'boolean' } };

export function oneOf<const Words extends readonly string[]>(...words: Words): Shape<Words[number]> {
  return { schema: { enum: words } };
}
export function listOf<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  return { schema: { type: 'array', items: item.schema } };
}
export function recordOf<Value>(value: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return { schema: { type: 'record', values: value.schema } };
}
export function anyOf<const Of extends readonly Shape<unknown>[]>(...shapes: Of): Shape<ValueOf<Of[number]>> {
  return { schema: { anyOf: shapes.map(({ schema }) => schema) } };
}

type Members = Readonly<Record<string, Shape<unknown>>>;
type Given<Required extends Members, Optional extends Members> = { readonly [Key in keyof Required]: ValueOf<Required[Key]> } & { readonly [Key in keyof Optional]?: ValueOf<Optional[Key]> };

/** An object with members that must be there and members that may be. */
export function object<Required extends Members, Optional extends Members = Record<never, never>>(required: Required, optional?: Optional): Shape<Given<Required, Optional>> {
  const properties = Object.fromEntries([...Object.entries(required), ...Object.entries(optional ?? {})].map(([key, { schema }]) => [key, schema]));
  return { schema: { type: 'object', properties, required: Object.keys(required) } };
}

function fits(schema: SchemaNode, value: unknown): boolean {
  if ('anyOf' in schema) return schema.anyOf.some((one) => fits(one, value));
  if ('enum' in schema) return typeof value === 'string' && schema.enum.includes(value);
  switch (schema.type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(schema.items, item));
    case 'record':
      return isObject(value) && Object.values(value).every((member) => fits(schema.values, member));
    case 'object':
      return isObject(value) && objectFits(schema, value);
  }
}

function objectFits(schema: Extract<SchemaNode, { readonly type: 'object' }>, value: object): boolean {
  const members = new Map<string, unknown>(Object.entries(value));
  if (schema.required.some((key) => members.get(key) === undefined)) return false;
  return Object.entries(schema.properties).every(([key, member]) => {
    const given = members.get(key);
    return given === undefined || fits(member, given);
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
