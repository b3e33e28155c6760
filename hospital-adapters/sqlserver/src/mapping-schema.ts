/**
 * The mapping file: how one hospital is called, declared. The schemas say what may stand where; `read-mapping.ts` and the `prepare-…` files add
 * what a schema cannot say (names that exist, sources that fit) and word every complaint with its path.
 */
import { Type, type Static } from 'typebox';
import { MESSAGE_PROPERTIES, NOTICE_PROPERTIES, READING_PROPERTIES, VALUE_PROPERTIES } from '@hospay/plugin-sdk/his-mapping';

const closedObject = { additionalProperties: false } as const;
const NAME = '[A-Za-z_\\u4e00-\\u9fa5][A-Za-z0-9_#$\\u4e00-\\u9fa5]{0,126}';
const ParameterName = Type.String({ pattern: `^${NAME}$`, description: '不带 @ / without the @' });
/** A table or view, with schema and database where needed: `dbo.VW_X`, `his..VW_X`. */
const ObjectName = Type.String({ pattern: `^(${NAME}\\.)?((${NAME})?\\.)?${NAME}$` });
const ColumnName = Type.String({ pattern: '^[^\\]\\u0000-\\u001f]{1,128}$' });
const ErrorNumbers = Type.Array(Type.Integer({ minimum: 1 }));

/** One typed parameter. Exactly one of `from`, `constant` for `in`; neither for `out`. */
export const ParameterSchema = Type.Object(
  {
    name: ParameterName,
    type: Type.String({ description: 'SQL 类型，如 varchar(32)、nvarchar(80)、decimal(12,2)、int、datetime / SQL type, for example varchar(32), nvarchar(80), decimal(12,2), int, datetime' }),
    direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
    /** Of a view: the column it is held against, by default its own name, and how. */
    column: Type.Optional(ColumnName),
    compare: Type.Optional(Type.Union((['=', '>=', '<=', '>', '<'] as const).map((sign) => Type.Literal(sign)))),
    ...VALUE_PROPERTIES,
  },
  closedObject,
);
export type ParameterMapping = Static<typeof ParameterSchema>;

/** One call. Exactly one of `procedure`, `sql` and `view`. */
const CALL_PROPERTIES = {
  procedure: Type.Optional(Type.String({ pattern: '^[^\'";\\s]{1,400}$', description: '如 dbo.usp_confirm / for example dbo.usp_confirm' })),
  /** Sent by sp_executesql with the declared parameters. */
  sql: Type.Optional(Type.String({ minLength: 1, maxLength: 8000 })),
  /** The columns of the result fields are selected where the parameters fit; `page` and `pageSize` choose the page. */
  view: Type.Optional(ObjectName),
  orderBy: Type.Optional(Type.Array(ColumnName, { minItems: 1, maxItems: 8 })),
  /** Reads without waiting for locks, and may miss or double rows: only for lists nobody decides about money by. */
  noLock: Type.Optional(Type.Literal(true)),
  parameters: Type.Array(ParameterSchema, { maxItems: 100 }),
  /** Parameters of the procedure that keep their defaults: known, and not reported as new. */
  leftOut: Type.Optional(Type.Array(ParameterName, { maxItems: 100 })),
} as const;
export const CallSchema = Type.Object(CALL_PROPERTIES, closedObject);
export type CallMapping = Static<typeof CallSchema>;

export const OperationSchema = Type.Object(
  {
    ...CALL_PROPERTIES,
    ...READING_PROPERTIES,
    /**
     * SQL error numbers after which the same call may be sent again at once. Reads: 1205 and 1222 unless said otherwise. `confirm` and
     * `approveRefund`: none unless said here, and only for a procedure documented to be one transaction.
     */
    retryOnErrors: Type.Optional(ErrorNumbers),
  },
  closedObject,
);
export type OperationMapping = Static<typeof OperationSchema>;

/** An operation that is one method of the router procedure (路由存储过程). */
export const RoutedSchema = Type.Object({ ...MESSAGE_PROPERTIES, retryOnErrors: Type.Optional(ErrorNumbers) }, closedObject);
export type RoutedMapping = Static<typeof RoutedSchema>;

/** The procedure all routed operations go through. Its parameters may come `from` `method` and `message`. */
export const RouterSchema = Type.Object(
  {
    procedure: Type.String({ pattern: '^[^\'";\\s]{1,400}$' }),
    parameters: Type.Array(ParameterSchema, { minItems: 1, maxItems: 20 }),
    /** Root of the message we write, and of the one the HIS writes. */
    root: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,79}$' }),
    answerRoot: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,79}$' })),
    /** Put before the message, for a HIS whose parser insists. */
    declaration: Type.Optional(Type.String({ pattern: '^<\\?xml [A-Za-z0-9 ="\'.-]{1,80}\\?>$' })),
    /** The document: an OUT parameter, or without it the first column of the first row. */
    answer: Type.Optional(Type.Object({ out: Type.String({ minLength: 1, maxLength: 128 }) }, closedObject)),
  },
  closedObject,
);
export type RouterMapping = Static<typeof RouterSchema>;

export const StepSchema = Type.Object(
  {
    ...CALL_PROPERTIES,
    /** Once for each value of this list of the request, which its parameters take `from` `each`. */
    forEach: Type.Optional(Type.String({ minLength: 1 })),
    /** The step by which the HIS books: a loss at it or after it leaves the booking open. */
    commits: Type.Optional(Type.Literal(true)),
    /** What its answer gives to later steps, by the name they take it `from`. */
    keep: Type.Optional(Type.Record(ParameterName, Type.Object({ column: Type.Optional(Type.String({ minLength: 1 })), out: Type.Optional(Type.String({ minLength: 1 })) }, closedObject))),
    /** What its own answer means; without it the operation's codes. */
    codes: READING_PROPERTIES.codes,
  },
  closedObject,
);
export type StepMapping = Static<typeof StepSchema>;

/** Calls that make one operation on one connection. The last one's answer is the operation's. */
export const SequenceSchema = Type.Object({ sequence: Type.Array(StepSchema, { minItems: 1, maxItems: 20 }), ...READING_PROPERTIES }, closedObject);
export type SequenceMapping = Static<typeof SequenceSchema>;

/** A booking that is a row of a middle table (中间表): inserted by us, taken up by the HIS when it next looks. */
export const HandOverSchema = Type.Object(
  {
    handOver: Type.Object(
      {
        table: ObjectName,
        /** The unique violations that say our row is there already; default 2627 and 2601. */
        alreadyThere: Type.Optional(ErrorNumbers),
        /** How often and how long the outcome is asked for before the call is left unknown; default 500 and 8000. */
        askEveryMs: Type.Optional(Type.Integer({ minimum: 10, maximum: 60_000 })),
        askForMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
      },
      closedObject,
    ),
    /** The columns of our row. */
    parameters: Type.Array(ParameterSchema, { minItems: 1, maxItems: 100 }),
    /** Reads what the HIS made of our row; `codes` say what that means, `unknown` ones that it has not looked yet. */
    outcome: CallSchema,
    ...READING_PROPERTIES,
  },
  closedObject,
);
export type HandOverMapping = Static<typeof HandOverSchema>;

/**
 * One kind of notice in a middle table (中间表) the HIS writes. `pending` reads the rows that wait, oldest first and not more than a hundred or so; `told` writes back what became
 * of one, by the notice's `number`, and sets the flag. A refund that is under way stays among the pending ones, and is told again until it has ended.
 */
export const NoticeTableSchema = Type.Object({ pending: CallSchema, fields: NOTICE_PROPERTIES.fields, separator: NOTICE_PROPERTIES.separator, told: CallSchema }, closedObject);
export type NoticeTableMapping = Static<typeof NoticeTableSchema>;

export const NoticesSchema = Type.Object(
  {
    /** How often the tables are looked at; default 2000. */
    everyMs: Type.Optional(Type.Integer({ minimum: 20, maximum: 600_000 })),
    /** A row that was told and waits still is not told again before; default 5000. */
    againAfterMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
    /** By the platform's name of the notice. */
    kinds: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), NoticeTableSchema),
  },
  closedObject,
);
export type NoticesMapping = Static<typeof NoticesSchema>;

export const MappingSchema = Type.Object(
  {
    format: Type.Literal('hospay-sqlserver-mapping/1'),
    hospital: Type.String({ minLength: 1, maxLength: 100 }),
    /** The code page of the HIS's char and varchar columns. */
    codePage: Type.Union([Type.Literal('cp936'), Type.Literal('cp950'), Type.Literal('cp1252')]),
    /** Answers with more rows are refused as unknown; a cap on what one call may cost. */
    maxRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    router: Type.Optional(RouterSchema),
    notices: Type.Optional(NoticesSchema),
    /** Each one of the operation shapes above. */
    operations: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), Type.Record(Type.String(), Type.Unknown())),
    dictionaries: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' }), Type.Record(Type.String(), Type.Unknown()))),
  },
  closedObject,
);
export type HospitalMapping = Static<typeof MappingSchema>;
