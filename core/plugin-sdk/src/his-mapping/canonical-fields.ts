/** Canonical request and result fields, taken from the contract's own schemas, so that the two cannot drift apart. */
import { Type, type TObject, type TSchema } from 'typebox';

export type RequestFieldKind = 'text' | 'list' | 'money' | 'time' | 'day' | 'integer';

/** `id` is kept exactly; `text` is for reading by people and is cut at `maxLength`, so that a long guide line never spoils a booked payment. */
export type ResultFieldKind = 'id' | 'text' | 'money' | 'count' | 'time' | 'date' | 'word';

export type ResultField = {
  readonly kind: ResultFieldKind;
  /** `needed`: the mapping must declare it and the HIS must fill it. `blank`: becomes '' when absent. `optional`: left out when absent. */
  readonly presence: 'needed' | 'blank' | 'optional';
  readonly maxLength: number;
};

type Shape = { readonly type?: unknown; readonly format?: unknown; readonly description?: unknown; readonly minLength?: unknown; readonly maxLength?: unknown; readonly enum?: unknown };
const shapeOf = (schema: TSchema): Shape => schema;
const LONGEST = 500;

/** What an operation sends, by the schema of its request. */
export function requestFieldsOf(schema: TObject): Readonly<Record<string, RequestFieldKind>> {
  return Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, requestKindOf(shapeOf(property))]));
}

function requestKindOf({ type, format, description }: Shape): RequestFieldKind {
  if (type === 'array') return 'list';
  if (type === 'integer') return description === 'integer fen' ? 'money' : 'integer';
  if (format === 'date-time') return 'time';
  return format === 'date' ? 'day' : 'text';
}

/** What an operation gives back, by the schema of one row of its result. */
export function resultFieldsOf(schema: TObject): Readonly<Record<string, ResultField>> {
  return Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, resultFieldOf(shapeOf(property), Type.IsOptional(property))]));
}

function resultFieldOf(shape: Shape, isOptional: boolean): ResultField {
  const kind = resultKindOf(shape);
  const maxLength = typeof shape.maxLength === 'number' ? shape.maxLength : LONGEST;
  return { kind, maxLength, presence: isOptional ? 'optional' : kind === 'text' ? 'blank' : 'needed' };
}

function resultKindOf({ type, format, description, minLength, enum: words }: Shape): ResultFieldKind {
  if (type === 'integer') return description === 'integer fen' ? 'money' : 'count';
  if (words !== undefined) return 'word';
  if (format === 'date-time') return 'time';
  if (format === 'date') return 'date';
  return typeof minLength === 'number' && minLength > 0 ? 'id' : 'text';
}
