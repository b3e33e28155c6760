/**
 * The mapping file: one hospital's web service, declared. The schema says what may stand where; `read-mapping.ts` adds what a schema cannot
 * say and words every complaint with its path.
 */
import { CharsetSchema, MessageOperationSchema, NoticeMappingSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;
const ElementName = Type.String({ pattern: '^[A-Za-z_\\u4e00-\\u9fa5][\\w.\\-\\u4e00-\\u9fa5]{0,99}$', description: '一个 XML 元素的名称 / the name of one XML element' });
const ElementPath = Type.String({ pattern: '^[A-Za-z_\\u4e00-\\u9fa5][\\w.\\-/\\u4e00-\\u9fa5]{0,199}$', description: '根元素以下的路径，如 Head/TradeCode / elements below the root, as in Head/TradeCode' });

/** One argument of the method. `empty`: an out parameter (`ref`) that the service wants to see. */
const ArgumentSchema = Type.Object({ name: ElementName, is: Type.Enum(['message', 'call', 'user', 'password', 'empty']) }, closedObject);
export type ServiceArgument = Static<typeof ArgumentSchema>;

export const ServiceSchema = Type.Object(
  {
    /** targetNamespace of the WSDL. */
    namespace: Type.String({ minLength: 1, maxLength: 300 }),
    soap: Type.Optional(Type.Enum(['1.1', '1.2'], { description: '默认 1.1 / default 1.1' })),
    /** Left out where every operation is a method of its own: its `call` names it. */
    method: Type.Optional(ElementName),
    /** SOAPAction; `{method}` stands for the method. Default: the namespace, a slash and the method, as ASMX has it. */
    action: Type.Optional(Type.String({ maxLength: 400 })),
    /** In their order. Values become arguments of their own, by their names, behind these when no argument is the message. */
    arguments: Type.Array(ArgumentSchema, { maxItems: 20 }),
    /** The element of the response that holds the answer; default the method's name and `Result`. An out parameter has its own name. */
    answer: Type.Optional(ElementName),
    /** The message stands in CDATA; default: escaped. */
    cdata: Type.Optional(Type.Boolean()),
    /** What the character set is called on the wire, such as GB2312; default its own name. */
    charsetName: Type.Optional(Type.String({ pattern: '^[A-Za-z][\\w-]{1,19}$' })),
  },
  closedObject,
);
export type ServiceMapping = Static<typeof ServiceSchema>;

export const MessageSchema = Type.Object(
  {
    /** Root of what is sent, and of what is answered: any other document is no answer. */
    root: ElementName,
    answerRoot: ElementName,
    /** Where the operation's call (交易代码) and the credentials stand. */
    call: Type.Optional(ElementPath),
    user: Type.Optional(ElementPath),
    password: Type.Optional(ElementPath),
    /** Where a number that is new for each message stands, and where the answer repeats it: the answer to another message is then none. */
    number: Type.Optional(ElementPath),
    numberEcho: Type.Optional(ElementPath),
    /** Every value in CDATA; default: escaped. */
    cdata: Type.Optional(Type.Boolean()),
    /** Begins with an XML declaration. */
    declaration: Type.Optional(Type.Boolean()),
  },
  closedObject,
);
export type MessageMapping = Static<typeof MessageSchema>;

/** What the HIS calls us with. What is left out is as in our own calls: it sends a document `message.root` and is answered with `message.answerRoot`. */
export const NoticesSchema = Type.Object(
  {
    service: Type.Optional(ServiceSchema),
    message: Type.Optional(MessageSchema),
    envelope: Type.Optional(Type.Enum(['plain', 'encrypted'])),
    /** By the platform's name of the notice. */
    kinds: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), NoticeMappingSchema),
  },
  closedObject,
);
export type NoticesMapping = Static<typeof NoticesSchema>;

export const MappingSchema = Type.Object(
  {
    format: Type.Literal('hospay-soap-mapping/1'),
    hospital: Type.String({ minLength: 1, maxLength: 100 }),
    charset: CharsetSchema,
    /** The code page of the HIS's columns, where they hold less than the message does. */
    codePage: Type.Optional(Type.Enum(['cp936', 'cp950', 'cp1252'])),
    service: ServiceSchema,
    /** Left out where the method takes the values themselves as its arguments; `answerRoot` is then the root of its answer. */
    message: Type.Optional(MessageSchema),
    answerRoot: Type.Optional(ElementName),
    /** `encrypted`: the message travels in ROOT with FUN_CODE, USER_ID, SIGN and REQ_ENCRYPTED. */
    envelope: Type.Optional(Type.Enum(['plain', 'encrypted'], { description: '默认 plain / default plain' })),
    /** Faults that definitely refuse a read: Client or Sender, or one of theirs such as Client.Authentication. Never of a booking. */
    refusingFaults: Type.Optional(Type.Array(Type.String({ pattern: '^(Client|Sender)([.:].{1,60})?$' }), { maxItems: 20 })),
    operations: Type.Record(Type.String({ pattern: '^[A-Za-z]+$' }), MessageOperationSchema),
    notices: Type.Optional(NoticesSchema),
    dictionaries: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' }), MessageOperationSchema)),
  },
  closedObject,
);
export type HospitalMapping = Static<typeof MappingSchema>;
