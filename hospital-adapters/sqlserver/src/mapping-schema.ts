/**
 * The mapping file: one hospital's procedures, declared. The schema says what may stand where; `read-mapping.ts` adds what a schema cannot
 * say (names that exist, sources that fit) and words every complaint with its path.
 */
import { Type, type Static } from 'typebox';
import { READING_PROPERTIES, VALUE_PROPERTIES } from '@hospay/plugin-sdk/his-mapping';

const closedObject = { additionalProperties: false } as const;
const ParameterName = Type.String({ pattern: '^[A-Za-z_\\u4e00-\\u9fa5][A-Za-z0-9_#$\\u4e00-\\u9fa5]{0,126}$', description: 'without the @' });

/** One typed parameter. Exactly one of `from`, `constant` for `in`; neither for `out`. */
export const ParameterSchema = Type.Object(
  {
    name: ParameterName,
    type: Type.String({ description: 'SQL type, for example varchar(32), nvarchar(80), decimal(12,2), int, datetime' }),
    direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
    ...VALUE_PROPERTIES,
  },
  closedObject,
);
export type ParameterMapping = Static<typeof ParameterSchema>;

export const OperationSchema = Type.Object(
  {
    procedure: Type.Optional(Type.String({ pattern: '^[^\'";\\s]{1,400}$', description: 'for example dbo.usp_confirm' })),
    /** Sent by sp_executesql with the declared parameters. Exactly one of `procedure` and `sql`. */
    sql: Type.Optional(Type.String({ minLength: 1, maxLength: 8000 })),
    parameters: Type.Array(ParameterSchema, { maxItems: 100 }),
    ...READING_PROPERTIES,
    /**
     * SQL error numbers after which the same call may be sent again at once. Reads: 1205 and 1222 unless said otherwise. `confirm` and
     * `approveRefund`: none unless said here, and only for a procedure documented to be one transaction.
     */
    retryOnErrors: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))),
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
    operations: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), OperationSchema),
    dictionaries: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' }), OperationSchema)),
  },
  closedObject,
);
export type HospitalMapping = Static<typeof MappingSchema>;
