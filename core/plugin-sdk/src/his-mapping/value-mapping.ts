/** How one canonical value goes into a call, and where one comes from in an answer: what the mappings of all adapters have in common. */
import { Type, type Static } from 'typebox';
import { TIME_FORMATS } from './his-time.js';

const closedObject = { additionalProperties: false } as const;
const TimeFormatSchema = Type.Enum(TIME_FORMATS);
const MoneyUnitSchema = Type.Union([Type.Literal('yuan'), Type.Literal('fen')]);
const TranslationSchema = Type.Record(Type.String(), Type.String());

/** Properties of a parameter that say what is sent. Exactly one of `from` and `constant`. */
export const VALUE_PROPERTIES = {
  /** A canonical request field. */
  from: Type.Optional(Type.String()),
  constant: Type.Optional(Type.Union([Type.String(), Type.Integer(), Type.Null()])),
  /** Joins a list field. A value that contains the separator is refused. */
  join: Type.Optional(Type.String({ minLength: 1, maxLength: 4 })),
  money: Type.Optional(MoneyUnitSchema),
  time: Type.Optional(TimeFormatSchema),
  /** Canonical word → the HIS's word. A value that is not listed is refused before sending. */
  translate: Type.Optional(TranslationSchema),
  /** For text that people read (a reason): cut to the length instead of refusing. */
  cut: Type.Optional(Type.Boolean()),
  /** Leaves the value out (an empty text) where the request does not have the field. Without it such a request is refused. */
  optional: Type.Optional(Type.Boolean()),
} as const;
const ValueSchema = Type.Object(VALUE_PROPERTIES, closedObject);
export type ValueMapping = Static<typeof ValueSchema>;

/** Where one canonical result field comes from (a column may be called by its place: `#1`): exactly one of `column`, `out`, `request`, `constant`, `secondsFromNow`. */
export const FieldSchema = Type.Object(
  {
    column: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    /** A value of the answer as a whole: an OUT parameter, an element of the message. */
    out: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    /** The request's own value, for calls that do not repeat it. */
    request: Type.Optional(Type.String()),
    constant: Type.Optional(Type.String()),
    /** For a HIS whose quotes carry no expiry. */
    secondsFromNow: Type.Optional(Type.Integer({ minimum: 30, maximum: 86_400 })),
    money: Type.Optional(MoneyUnitSchema),
    /** `magnitude`: the HIS writes refunds as negative amounts. */
    sign: Type.Optional(Type.Union([Type.Literal('positive'), Type.Literal('magnitude')])),
    time: Type.Optional(TimeFormatSchema),
    /** The HIS's word → canonical word. */
    translate: Type.Optional(TranslationSchema),
    /** Canonical word for everything `translate` does not list. Without it such a value makes the answer unknown. */
    otherwise: Type.Optional(Type.String()),
    /** What the HIS's numbers look like: a regular expression for the whole of the text. Any other makes the answer unknown. */
    pattern: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Default true: fixed-length columns pad with blanks. */
    trim: Type.Optional(Type.Boolean()),
  },
  closedObject,
);
export type FieldMapping = Static<typeof FieldSchema>;

const CodeList = Type.Array(Type.String({ minLength: 1, maxLength: 40 }));
const CodeSourceSchema = Type.Object(
  { column: Type.Optional(Type.String({ minLength: 1 })), out: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })), returnStatus: Type.Optional(Type.Literal(true)) },
  closedObject,
);

/** What the HIS's return codes mean. A code that is listed nowhere is `unknown`, on reads `otherwise`. */
export const CodesSchema = Type.Object(
  {
    from: CodeSourceSchema,
    message: Type.Optional(CodeSourceSchema),
    ok: CodeList,
    /** Definite: nothing was booked. */
    rejected: Type.Optional(CodeList),
    /** Definite: amount or content differs, nothing was booked. */
    mismatch: Type.Optional(CodeList),
    unknown: Type.Optional(CodeList),
    /** Ours or somebody else's? Decided by booked trade number and amount. */
    alreadyPaid: Type.Optional(CodeList),
    /** Reads and queries: the HIS's word for an empty list, or nothing under this number. */
    empty: Type.Optional(CodeList),
    otherwise: Type.Optional(Type.Union([Type.Literal('rejected'), Type.Literal('unknown')])),
    /**
     * For a HIS that says only "no" and why in words: what a message that contains these words means, the first that fits. Asked for every code
     * but those of `ok` and `empty`, before the lists.
     */
    byMessage: Type.Optional(
      Type.Array(
        Type.Object({ contains: Type.String({ minLength: 1, maxLength: 80 }), means: Type.Enum(['rejected', 'mismatch', 'alreadyPaid', 'unknown'] as const) }, closedObject),
        { minItems: 1, maxItems: 50 },
      ),
    ),
  },
  closedObject,
);
export type CodesMapping = Static<typeof CodesSchema>;

const EchoSchema = Type.Object(
  { column: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })), out: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })), repeats: Type.String({ description: 'the request field' }) },
  closedObject,
);
export type EchoMapping = Static<typeof EchoSchema>;

/** Properties of a mapped operation that say how its answer is read. */
export const READING_PROPERTIES = {
  fields: Type.Record(Type.String(), FieldSchema),
  codes: Type.Optional(CodesSchema),
  /** Which list of the answer carries the rows; the first is 0. */
  resultSet: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
  /** For queries by key that always answer with a row: which states count as booked and which as absent; any other state is unknown, and `pending` ones say so plainly. */
  state: Type.Optional(Type.Object({ column: Type.String({ minLength: 1 }), booked: CodeList, absent: CodeList, pending: Type.Optional(CodeList) }, closedObject)),
  /** Values that must repeat what was asked, in each row or of the answer as a whole: the card, the patient, the number. Otherwise it is the answer to another request. */
  echo: Type.Optional(Type.Array(EchoSchema, { maxItems: 8 })),
  /** The largest difference the HIS's rounding may leave between a quote's total and its parts. */
  roundingFen: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })),
} as const;
const ReadingSchema = Type.Object(READING_PROPERTIES, closedObject);
export type ReadingMapping = Static<typeof ReadingSchema>;
