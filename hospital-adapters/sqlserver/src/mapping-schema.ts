/**
 * The mapping file: one hospital's procedures, declared. The schema says what may stand where; `read-mapping.ts` adds what a schema cannot
 * say (names that exist, sources that fit) and words every complaint with its path.
 */
import { Type, type Static } from 'typebox';
import { TIME_FORMATS } from './his-time.js';

const closedObject = { additionalProperties: false } as const;
const TimeFormatSchema = Type.Enum(TIME_FORMATS);
const MoneyUnitSchema = Type.Union([Type.Literal('yuan'), Type.Literal('fen')]);
const ParameterName = Type.String({ pattern: '^[A-Za-z_\\u4e00-\\u9fa5][A-Za-z0-9_#$\\u4e00-\\u9fa5]{0,126}$', description: 'without the @' });
const TranslationSchema = Type.Record(Type.String(), Type.String());

/** One typed parameter. Exactly one of `from`, `constant` for `in`; neither for `out`. */
export const ParameterSchema = Type.Object(
  {
    name: ParameterName,
    type: Type.String({ description: 'SQL type, for example varchar(32), nvarchar(80), decimal(12,2), int, datetime' }),
    direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
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
  },
  closedObject,
);
export type ParameterMapping = Static<typeof ParameterSchema>;

/** Where one canonical result field comes from (a column without a name is called by its place: `#1`): exactly one of `column`, `out`, `request`, `constant`, `secondsFromNow`. */
export const FieldSchema = Type.Object(
  {
    column: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    out: Type.Optional(ParameterName),
    /** The request's own value, for procedures that do not repeat it. */
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
    /** Default true: fixed-length columns pad with blanks. */
    trim: Type.Optional(Type.Boolean()),
  },
  closedObject,
);
export type FieldMapping = Static<typeof FieldSchema>;

const CodeList = Type.Array(Type.String({ minLength: 1, maxLength: 40 }));
const CodeSourceSchema = Type.Object(
  { column: Type.Optional(Type.String({ minLength: 1 })), out: Type.Optional(ParameterName), returnStatus: Type.Optional(Type.Literal(true)) },
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
    otherwise: Type.Optional(Type.Union([Type.Literal('rejected'), Type.Literal('unknown')])),
  },
  closedObject,
);
export type CodesMapping = Static<typeof CodesSchema>;

export const OperationSchema = Type.Object(
  {
    procedure: Type.Optional(Type.String({ pattern: '^[^\'";\\s]{1,400}$', description: 'for example dbo.usp_confirm' })),
    /** Sent by sp_executesql with the declared parameters. Exactly one of `procedure` and `sql`. */
    sql: Type.Optional(Type.String({ minLength: 1, maxLength: 8000 })),
    parameters: Type.Array(ParameterSchema, { maxItems: 100 }),
    /** Which result set carries the rows; the first is 0. */
    resultSet: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
    fields: Type.Record(Type.String(), FieldSchema),
    codes: Type.Optional(CodesSchema),
    /** For queries by key that always answer with a row: which states count as booked and which as absent; any other state is unknown. */
    state: Type.Optional(Type.Object({ column: Type.String({ minLength: 1 }), booked: CodeList, absent: CodeList }, closedObject)),
    /**
     * SQL error numbers after which the same call may be sent again at once. Reads: 1205 and 1222 unless said otherwise. `confirm` and
     * `approveRefund`: none unless said here, and only for a procedure documented to be one transaction.
     */
    retryOnErrors: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))),
    /** The largest difference the HIS's rounding may leave between a quote's total and its parts. */
    roundingFen: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })),
  },
  closedObject,
);
export type OperationMapping = Static<typeof OperationSchema>;

export const MappingSchema = Type.Object(
  {
    format: Type.Literal('hospay-sqlserver-mapping/1'),
    hospital: Type.String({ minLength: 1, maxLength: 100 }),
    /** The code page of the HIS's char and varchar columns. */
    codePage: Type.Union([Type.Literal('cp936'), Type.Literal('cp950'), Type.Literal('cp1252')]),
    /** Answers with more rows are refused as unknown; a cap on what one call may cost. */
    maxRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    operations: Type.Object(
      {
        findPatient: OperationSchema,
        listOpenBills: OperationSchema,
        listBillLines: Type.Optional(OperationSchema),
        presettle: OperationSchema,
        confirm: OperationSchema,
        queryConfirmation: OperationSchema,
        approveRefund: Type.Optional(OperationSchema),
        queryRefundApproval: Type.Optional(OperationSchema),
        listDay: Type.Optional(OperationSchema),
        ping: Type.Optional(OperationSchema),
        insuranceVisit: Type.Optional(OperationSchema),
        insuranceDiagnoses: Type.Optional(OperationSchema),
        insuranceFees: Type.Optional(OperationSchema),
        confirmInsured: Type.Optional(OperationSchema),
      },
      closedObject,
    ),
    dictionaries: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' }), OperationSchema)),
  },
  closedObject,
);
export type HospitalMapping = Static<typeof MappingSchema>;
