/** Mappings of adapters that send messages: one operation is one message, its values are text. How a message looks is the adapter's own. */
import { Type, type Static } from 'typebox';
import { CANONICAL_OPERATIONS, type OperationName } from './canonical-operations.js';
import { checkReading, checkSource } from './check-mapping.js';
import type { AnswerRows, HisAnswer, HisRequest } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import { READING_PROPERTIES, VALUE_PROPERTIES, type EchoMapping } from './value-mapping.js';
import { fitText, isRefusal, writeValue, type ValueRefusal, type ValueSource } from './write-value.js';

const closedObject = { additionalProperties: false } as const;

/** One value of a message. `name` says where it stands: a path of elements, a position, a field of a segment. */
export const MessageParameterSchema = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), ...VALUE_PROPERTIES, maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 8000 })) }, closedObject);
export type MessageParameter = Static<typeof MessageParameterSchema>;

export const MESSAGE_PROPERTIES = {
  /** What the HIS calls the operation: a method, a trade code, a message type. */
  call: Type.String({ minLength: 1, maxLength: 200 }),
  parameters: Type.Array(MessageParameterSchema, { maxItems: 100 }),
  /** Where the rows of the answer are. Without it the answer as a whole is one row. */
  rows: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  ...READING_PROPERTIES,
} as const;
export const MessageOperationSchema = Type.Object(MESSAGE_PROPERTIES, closedObject);
export type MessageOperationMapping = Static<typeof MessageOperationSchema>;

export type PreparedMessageParameter = { readonly name: string; readonly source: ValueSource; readonly mapping: MessageParameter };
export type MessageOperation = MappedOperation & { readonly call: string; readonly parameters: readonly PreparedMessageParameter[]; readonly rows: string | undefined; readonly echo: readonly EchoMapping[] };

/** Checks one operation. Complaints are added with their path. */
export function prepareMessage(name: OperationName, path: string, mapping: MessageOperationMapping, complaints: string[]): MessageOperation {
  const canonical = CANONICAL_OPERATIONS[name];
  const complain = (at: string, expected: string): void => { complaints.push(`${path}${at}: ${expected}`); };
  const { call, parameters: given, rows, echo = [], fields, ...reading } = mapping;
  const parameters = given.map((parameter, index): PreparedMessageParameter => {
    const source = checkSource(parameter, canonical, (expected, key = '') => { complain(`.parameters[${String(index)}]${key}`, expected); });
    if (parameter.time === 'datetime') complain(`.parameters[${String(index)}].time`, 'a message has no SQL date type: write how the time is spelt');
    return { name: parameter.name, source, mapping: parameter };
  });
  for (const [index, { column, out, repeats }] of echo.entries()) {
    if ((column === undefined) === (out === undefined)) complain(`.echo[${String(index)}]`, 'expected exactly one of column and out');
    if (!given.some(({ from }) => from === repeats)) complain(`.echo[${String(index)}].repeats`, `"${repeats}" is not among the parameters that are sent`);
  }
  checkReading({ name, canonical, mapping: { fields, ...reading }, complain });
  // A list or a query that is empty has no elements left to tell it from an answer to something else.
  if (canonical.shape !== 'row' && reading.codes === undefined) complain('.codes', 'missing: without a return code an empty answer cannot be told from no answer');
  if (canonical.shape === 'list' && rows === undefined) complain('.rows', 'missing: a list needs the place of its rows');
  return { name, canonical, fields: new Map(Object.entries(fields)), reading, call, parameters, rows, echo };
}

export type MessageValue = { readonly name: string; readonly text: string; /** The canonical field, for logs. */ readonly field: string | undefined };
export type BoundMessage =
  | { readonly kind: 'bound'; readonly values: readonly MessageValue[] }
  /** Definite: nothing was sent. The message names the parameter, never the value. */
  | { readonly kind: 'refused'; readonly code: ValueRefusal; readonly message: string };

/** The values of a message as text. @param hospital the message's character set, undefined for Unicode, and the offset of the HIS's wall clock */
export function bindMessage(operation: Pick<MessageOperation, 'parameters'>, request: HisRequest, hospital: { readonly codePage: string | undefined; readonly offset: string }): BoundMessage {
  const values: MessageValue[] = [];
  for (const { name, source, mapping } of operation.parameters) {
    const written = writeValue({ source, mapping }, request, hospital.offset);
    const fitted = isRefusal(written) ? written : fitText(textOf(written), { codePage: hospital.codePage, size: mapping.maxLength, mayCut: mapping.cut === true });
    if (isRefusal(fitted)) return { kind: 'refused', code: fitted.refusal, message: `${name}: ${fitted.why}` };
    values.push({ name, text: fitted, field: source.kind === 'field' ? source.field : undefined });
  }
  return { kind: 'bound', values };
}

function textOf(value: string | number | Date | null): string {
  if (value instanceof Date) throw new TypeError('a message has no SQL date type');
  return value === null ? '' : String(value);
}

/**
 * A message's values as an answer. Elements that are empty are often left out, so every column the mapping wants counts as there; a needed
 * one without a value still makes its row garbage.
 * @param rows values by name, in lower case, one map a row
 * @param out values of the message as a whole, by name in lower case
 */
export function messageAnswer(operation: MappedOperation, { rows, out }: { readonly rows: readonly ReadonlyMap<string, unknown>[]; readonly out: ReadonlyMap<string, unknown> }): HisAnswer {
  const state = operation.reading.state?.column;
  const wanted = [...[...operation.fields.values()].flatMap(({ column }) => (column === undefined ? [] : [column])), ...(state === undefined ? [] : [state])];
  const set: AnswerRows = { columns: [...new Set(wanted.map((name) => name.toLowerCase()))], rows };
  return { sets: [set], out, returnStatus: undefined };
}
