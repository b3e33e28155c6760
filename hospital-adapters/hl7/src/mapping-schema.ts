/** The mapping file: one hospital's messages, declared. `read-mapping.ts` adds what a schema cannot say. */
import { MESSAGE_PROPERTIES, NOTICE_PROPERTIES } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;
const Name = Type.Optional(Type.String({ maxLength: 227 }));
/** Message type, trigger event and structure: MSH-9. */
const MessageType = Type.String({ pattern: '^[A-Z][A-Z0-9]{2}(\\^[A-Z0-9]{3}(\\^[A-Z0-9_]{3,7})?)?$' });

export const OperationSchema = Type.Object(
  {
    ...MESSAGE_PROPERTIES,
    call: MessageType,
    /** What answers it, as far as it is written here: `ACK`, `RSP^K22`. A refusal may always come as a plain ACK. */
    answer: MessageType,
  },
  closedObject,
);
export type OperationMapping = Static<typeof OperationSchema>;

/** One kind of notice: `call` is type and trigger, as in `DFT^P03`; `when` tells it from other messages of the type. */
export const NoticeSchema = Type.Object(
  {
    call: Type.String({ minLength: 1, maxLength: 20 }),
    when: Type.Optional(Type.Object({ at: Type.String({ minLength: 1, maxLength: 40 }), is: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { minItems: 1, maxItems: 20 }) }, closedObject)),
    ...NOTICE_PROPERTIES,
  },
  closedObject,
);
export const NoticesSchema = Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), NoticeSchema);
export type NoticesMapping = Static<typeof NoticesSchema>;

export const MappingSchema = Type.Object(
  {
    format: Type.Literal('hospay-hl7-mapping/1'),
    hospital: Type.String({ minLength: 1, maxLength: 100 }),
    /** MSH-12. */
    version: Type.Enum(['2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1', '2.8']),
    /** MSH-3 to MSH-6, and MSH-11: P production, T training, D debugging. */
    header: Type.Object(
      { sendingApplication: Name, sendingFacility: Name, receivingApplication: Name, receivingFacility: Name, processingId: Type.Optional(Type.Enum(['P', 'T', 'D'])) },
      closedObject,
    ),
    /** Where the HIS writes its own error code; default ERR-3.1, HL7's code of version 2.5 and later. */
    errorCode: Type.Optional(Type.String()),
    /** The code page of the HIS's columns, where they hold fewer characters than the message. */
    codePage: Type.Optional(Type.Enum(['cp936', 'cp950', 'cp1252'])),
    /** Answers with more rows are refused as unknown. Default 2000. */
    maxRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    operations: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), OperationSchema),
    /** What the HIS sends by itself, by the platform's name of the notice. */
    notices: Type.Optional(NoticesSchema),
    dictionaries: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' }), OperationSchema)),
  },
  closedObject,
);
export type HospitalMapping = Static<typeof MappingSchema>;
