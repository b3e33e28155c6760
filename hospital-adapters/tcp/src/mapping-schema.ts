/**
 * The mapping file: one hospital's agent or front machine, declared. The schema says what may stand where; `read-mapping.ts` adds what a schema
 * cannot say and words every complaint with its path.
 */
import { CharsetSchema, MESSAGE_PROPERTIES, NoticeMappingSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

/**
 * How the end of an answer is known, and of a request that of our own. A terminator begins with a character below "0": in GBK any other may be
 * the second half of a Chinese character.
 */
export const FramingSchema = Type.Union([
  Type.Object({ kind: Type.Literal('close', { description: '代理应答后即关闭连接 / the agent closes the connection behind its answer' }) }, closedObject),
  Type.Object({ kind: Type.Literal('terminator'), text: Type.String({ pattern: '^[\\u0001-\\u002f][\\s\\S]{0,15}$', maxLength: 16 }) }, closedObject),
  Type.Object(
    {
      kind: Type.Literal('length'),
      /** Decimal digits, filled with zeros, or bytes of a big-endian number: exactly one of the two. */
      digits: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
      bytes: Type.Optional(Type.Union([Type.Literal(2), Type.Literal(4)])),
      /** What is counted: the text, or the length field as well. */
      counts: Type.Optional(Type.Enum(['text', 'whole'], { description: '默认 text / default text' })),
    },
    closedObject,
  ),
]);
export type Framing = Static<typeof FramingSchema>;

export const WireSchema = Type.Object(
  {
    framing: FramingSchema,
    /** `perCall`: a connection of its own for each call. `kept`: one call after the other on each. */
    connection: Type.Enum(['perCall', 'kept']),
    /** Ends our side of the connection behind the request, for agents that read until then. */
    halfClose: Type.Optional(Type.Boolean()),
  },
  closedObject,
);
export type Wire = Static<typeof WireSchema>;

const Separator = Type.String({ minLength: 1, maxLength: 4 });
const Place = Type.String({ minLength: 1, maxLength: 128, description: '#3 表示第三个位置；应答按键名给出时为键名 / #3 is the third position; a key of an answer with keys' });

export const RequestSchema = Type.Object(
  {
    separator: Separator,
    /** What stands before the values. `number` is new for each call. */
    head: Type.Array(Type.Enum(['call', 'key', 'client', 'number']), { minItems: 1, maxItems: 8 }),
    /** Stands behind the last value. */
    end: Type.Optional(Type.String({ maxLength: 16 })),
    /** Characters no value may hold, beside the separator, quotes and control characters. */
    forbidden: Type.Optional(Type.String({ maxLength: 40 })),
  },
  closedObject,
);
export type RequestMapping = Static<typeof RequestSchema>;

export const AnswerSchema = Type.Object(
  {
    /** `positions`: values between separators. `keys`: text like JSON, whose keys and values need no quotes. */
    form: Type.Enum(['positions', 'keys']),
    separator: Type.Optional(Separator),
    /** Rows within one position, and values within a row. */
    rowSeparator: Type.Optional(Separator),
    fieldSeparator: Type.Optional(Separator),
    /** What a whole answer ends with: without it the answer is cut. Needed for positions, unless their frame shows it. */
    endMark: Type.Optional(Type.String({ minLength: 1, maxLength: 16 })),
    /** The frame itself shows that an answer is whole. Not for agents that pass on what one read gave them. */
    frameIsWhole: Type.Optional(Type.Boolean()),
    /** Where an answer repeats the call, and the number of the call. */
    call: Type.Optional(Place),
    number: Type.Optional(Place),
  },
  closedObject,
);
export type AnswerMapping = Static<typeof AnswerSchema>;

export const OperationSchema = Type.Object(
  {
    ...MESSAGE_PROPERTIES,
    /** Rows stand one behind the other, each of so many positions, from the position of `rows` to the end. */
    rowWidth: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    /** Where the answer says how many rows it has. */
    count: Type.Optional(Place),
  },
  closedObject,
);
export type OperationMapping = Static<typeof OperationSchema>;

/** What the HIS sends by itself, each notice a frame of separated text; answered likewise, with the call before the values. */
export const NoticeLineSchema = Type.Object(
  {
    framing: FramingSchema,
    separator: Separator,
    /** Where which notice it is stands, and where the key by which the HIS proves itself. */
    call: Type.String({ pattern: '^#[1-9]\\d?$', description: '位置，如 #1 / a position such as #1' }),
    key: Type.String({ pattern: '^#[1-9]\\d?$', description: '位置，如 #2 / a position such as #2' }),
    /** What every message and answer ends with. */
    endMark: Type.Optional(Type.String({ minLength: 1, maxLength: 16 })),
    /** By the platform's name of the notice. */
    kinds: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), NoticeMappingSchema),
  },
  closedObject,
);
export type NoticeLineMapping = Static<typeof NoticeLineSchema>;

export const MappingSchema = Type.Object(
  {
    format: Type.Literal('hospay-tcp-mapping/1'),
    hospital: Type.String({ minLength: 1, maxLength: 100 }),
    charset: CharsetSchema,
    /** The code page of the HIS's columns, where they hold less than the text does. */
    codePage: Type.Optional(Type.Enum(['cp936', 'cp950', 'cp1252'])),
    wire: WireSchema,
    request: RequestSchema,
    answer: AnswerSchema,
    operations: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), OperationSchema),
    notices: Type.Optional(NoticeLineSchema),
    dictionaries: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' }), OperationSchema)),
  },
  closedObject,
);
export type HospitalMapping = Static<typeof MappingSchema>;
