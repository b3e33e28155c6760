/**
 * What every adapter over a mapping shares, whatever it speaks: canonical names, how values are written and read, and the discipline of
 * bookings. An adapter brings how an operation is sent (`HisLine`) and what its mapping says of that.
 */
export { GUARD_SETTINGS, type GuardSettings } from './budgets.js';
export { type RequestFieldKind, type ResultField } from './canonical-fields.js';
export { CANONICAL_OPERATIONS, MANDATORY_OPERATIONS, OPERATION_GROUPS, OPERATION_NAMES, isOperationName, type CanonicalOperation, type OperationName } from './canonical-operations.js';
export { checkReading, checkSource, type Complain } from './check-mapping.js';
export { type AnswerRows, type HisAnswer, type HisRequest, type OperationOutcome, type ReadingContext, type RequestValue } from './his-answer.js';
export { readHisTime, TIME_FORMATS, writeHisTime, type TimeFormat } from './his-time.js';
export { createMappedAdapter, type HisLine, type MappedAdapter, type MappedAdapterParts } from './mapped-adapter.js';
export { type MappedOperation } from './mapped-operation.js';
export { describeSchemaErrors, MappingError } from './mapping-error.js';
export { prepareOperations, type PreparedOperations } from './prepare-operations.js';
export { GarbledAnswer, readVerdict } from './read-answer.js';
export { READING_PROPERTIES, VALUE_PROPERTIES, type FieldMapping, type ReadingMapping, type ValueMapping } from './value-mapping.js';
export { fitText, isRefusal, isRepresentable, refuse, writeValue, type MappedValue, type Refusal, type ValueRefusal, type ValueSource } from './write-value.js';
export { bindMessage, messageAnswer, MESSAGE_PROPERTIES, MessageOperationSchema, prepareMessage, type BoundMessage, type MessageOperation, type MessageOperationMapping, type MessageValue } from './message-mapping.js';
export { readXmlAnswer, type XmlAnswer } from './xml-answer.js';
export { elementsAt, leavesOf, readXml, writeXml, type XmlElement, type XmlValue } from './xml-message.js';
export { CHARSETS, CharsetSchema, codePageOf, decodeText, encodeText, type Charset, type DecodedText } from './hospital-text.js';
export { loadMapping, MAPPING_SETTINGS } from './mapping-source.js';
export { maskValues, runMessage, type Exchange, type MessageLine } from './message-line.js';
export {
  bindNoticeAnswer, NOTICE_ANSWER_FIELDS, NOTICE_PROPERTIES, noticeAnswerValues, NoticeMappingSchema, prepareNotices, readNotice, type NoticeMapping, type NoticeMessage, type PreparedNotice, type PreparedNotices, type ReadNotice,
} from './notice-mapping.js';
export { createNoticeDoor, NoticeListenerSchema, type NoticeDoor, type NoticeListenerSettings } from './notice-door.js';
export { listenForFrames, type NoticeConversation, type NoticeSockets } from './notice-sockets.js';
