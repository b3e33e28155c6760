/**
 * Mappings of what a HIS tells by itself: which message is which notice, where its values stand, and the words it is answered with. Read like an answer, answered like a
 * request: nothing is guessed, and a message that does not fit is no notice.
 */
import { Type, type Static, type TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { HIS_NOTICE_KINDS, HIS_NOTICE_SCHEMAS, HIS_REFUND_STATES, HisNoticeSchema, NOTICE_RESULTS, noticeNoOf, type HisNotice, type HisNoticeKind, type NoticeAnswer } from '../hospital/his-notices.js';
import { resultFieldsOf } from './canonical-fields.js';
import type { CanonicalOperation } from './canonical-operations.js';
import { checkReading, checkSource } from './check-mapping.js';
import type { HisRequest } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import { bindMessage, messageAnswer, MessageParameterSchema, type BoundMessage, type PreparedMessageParameter } from './message-mapping.js';
import { GarbledAnswer, readRows, readSingle, type CanonicalRecord } from './read-answer.js';
import { FieldSchema } from './value-mapping.js';

const closedObject = { additionalProperties: false } as const;

export const NOTICE_PROPERTIES = {
  /** Where several registrations of a stopped clinic stand: one row each. */
  rows: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** Or within one value, between these characters. */
  separator: Type.Optional(Type.String({ minLength: 1, maxLength: 4 })),
  fields: Type.Record(Type.String(), FieldSchema),
  /** What the HIS is told: from `result` (accepted, processing, refused, unknown), `code`, `message`, `state` and `refundFen` of a refund, and the notice's `number`. */
  answer: Type.Array(MessageParameterSchema, { minItems: 1, maxItems: 40 }),
} as const;
/** One kind of notice. `call`: what the HIS calls it. */
export const NoticeMappingSchema = Type.Object({ call: Type.String({ minLength: 1, maxLength: 200 }), ...NOTICE_PROPERTIES }, closedObject);
export type NoticeMapping = Static<typeof NoticeMappingSchema>;

export type PreparedNotice = MappedOperation & {
  readonly kind: HisNoticeKind;
  readonly call: string;
  readonly rows: string | undefined;
  readonly separator: string | undefined;
  readonly parameters: readonly PreparedMessageParameter[];
};
/** By kind. */
export type PreparedNotices = ReadonlyMap<HisNoticeKind, PreparedNotice>;

/** What an answer may be made of. */
export const NOTICE_ANSWER_FIELDS: CanonicalOperation['request'] = { result: 'text', code: 'text', message: 'text', state: 'text', refundFen: 'money', number: 'text' };
/** Read as one text and divided afterwards. */
const LONGEST_LIST = 8_000;

const CANONICAL = new Map<HisNoticeKind, CanonicalOperation>(HIS_NOTICE_KINDS.map((kind) => [kind, canonicalOf(HIS_NOTICE_SCHEMAS[kind])]));

function canonicalOf(schema: TObject): CanonicalOperation {
  const result = Object.fromEntries(Object.entries(resultFieldsOf(schema)).map(([name, field]) => [name, name === 'hisRegistrationNos' ? { kind: 'id' as const, presence: 'needed' as const, maxLength: LONGEST_LIST } : field]));
  return { shape: 'row', books: false, request: NOTICE_ANSWER_FIELDS, result };
}

/**
 * Checks the notices of a mapping. Complaints are added with their path.
 * @param how `isAskedAgain`: a refund that is under way is told again by itself, so that the HIS need not ask (middle tables)
 */
export function prepareNotices(mappings: Readonly<Record<string, NoticeMapping>>, path: string, complaints: string[], how: { readonly isAskedAgain?: true } = {}): PreparedNotices {
  const prepared = new Map<HisNoticeKind, PreparedNotice>();
  for (const [name, mapping] of Object.entries(mappings)) {
    const kind = HIS_NOTICE_KINDS.find((known) => known === name);
    if (kind === undefined) complaints.push(`${path}.${name}: expected one of ${HIS_NOTICE_KINDS.join(', ')}`);
    else prepared.set(kind, prepareNotice(kind, mapping, (at, expected) => { complaints.push(`${path}.${name}${at}: ${expected}`); }));
  }
  if (how.isAskedAgain !== true && prepared.has('refundRequested') && !prepared.has('refundQueried')) complaints.push(`${path}.refundQueried: missing; a refund that is on its way must be asked about`);
  const calls = [...prepared.values()].map(({ call }) => call);
  for (const call of new Set(calls.filter((each, index) => calls.indexOf(each) !== index))) complaints.push(`${path}: "${call}" is two kinds of notice`);
  return prepared;
}

function prepareNotice(kind: HisNoticeKind, { call, rows, separator, fields, answer }: NoticeMapping, complain: (at: string, expected: string) => void): PreparedNotice {
  const canonical = CANONICAL.get(kind);
  if (canonical === undefined) throw new Error(`no canonical notice ${kind}`);
  checkReading({ name: 'notice', canonical, mapping: { fields }, complain });
  if (kind === 'refundRequested') checkRefund(Object.keys(fields), complain);
  if (kind !== 'clinicStopped' && rows !== undefined) complain('.rows', 'only a stopped clinic has rows');
  if (kind !== 'clinicStopped' && separator !== undefined) complain('.separator', 'only a stopped clinic has a list');
  const parameters = answer.map((parameter, index): PreparedMessageParameter => {
    const source = checkSource(parameter, { ...canonical, request: NOTICE_ANSWER_FIELDS }, (expected, key = '') => { complain(`.answer[${String(index)}]${key}`, expected); });
    return { name: parameter.name, source, mapping: parameter };
  });
  checkWords(answer, kind, complain);
  return { name: 'notice', canonical, fields: new Map(Object.entries(fields)), reading: {}, kind, call, rows, separator, parameters };
}

function checkRefund(fields: readonly string[], complain: (at: string, expected: string) => void): void {
  if (!fields.includes('tradeNo') && !fields.includes('receiptNo')) complain('.fields', 'expected tradeNo or receiptNo: whose money goes back?');
  if (fields.includes('oldReceiptNo') !== fields.includes('newReceiptNo')) complain('.fields', 'oldReceiptNo and newReceiptNo come together');
}

/** The HIS must be able to tell a refusal from what is under way: upon a refusal it takes its own side back. */
function checkWords(answer: NoticeMapping['answer'], kind: HisNoticeKind, complain: (at: string, expected: string) => void): void {
  const index = answer.findIndex(({ from }) => from === 'result');
  const result = answer[index];
  if (result === undefined) {
    complain('.answer', 'missing a value from result: the HIS must be told what became of the notice');
    return;
  }
  const at = `.answer[${String(index)}].translate`;
  const words = result.translate ?? Object.fromEntries(NOTICE_RESULTS.map((word) => [word, word]));
  for (const word of NOTICE_RESULTS) if (words[word] === undefined) complain(at, `missing ${word}`);
  for (const word of ['accepted', 'processing', 'unknown'] as const) {
    if (words[word] !== undefined && words[word] === words['refused']) complain(at, `${word} is told like refused: the HIS would take its own side back for something that is under way`);
  }
  if (kind === 'refundRequested' && words['processing'] !== undefined && words['processing'] === words['accepted']) complain(at, 'processing is told like accepted: it may still be refused');
  if (words['unknown'] !== undefined && words['unknown'] === words['accepted']) complain(at, 'unknown is told like accepted: what may not be kept would never be sent again');
  const state = answer.find(({ from }) => from === 'state');
  if (kind === 'refundQueried' && state === undefined) complain('.answer', 'missing a value from state: what became of the refund');
  if (state !== undefined && state.optional !== true) complain('.answer', 'a value from state needs optional: not every answer has one');
  for (const word of HIS_REFUND_STATES) if (state?.translate !== undefined && state.translate[word] === undefined) complain('.answer', `the translation of state is missing ${word}`);
  for (const word of ['processing', 'blocked'] as const) {
    if (state?.translate?.['refused'] !== undefined && state.translate[word] === state.translate['refused']) complain('.answer', `state ${word} is told like refused: the money is on its way`);
  }
}

/** Values of one message: its rows, and of the message as a whole, by name in lower case. */
export type NoticeMessage = { readonly rows: readonly ReadonlyMap<string, unknown>[]; readonly out: ReadonlyMap<string, unknown> };
export type ReadNotice = { readonly kind: 'notice'; readonly notice: HisNotice } | { readonly kind: 'malformed'; readonly reason: string };

const NOTICE_CHECK = Compile(HisNoticeSchema);

/** @param hospital the offset of the HIS's wall clock */
export function readNotice(prepared: PreparedNotice, message: NoticeMessage, hospital: { readonly offset: string; readonly now: () => Date }): ReadNotice {
  try {
    const record = recordOf(prepared, message, { request: {}, ...hospital });
    const notice: unknown = { kind: prepared.kind, ...record };
    const spoiled = Object.entries(record).find(([name, value]) => prepared.canonical.result[name]?.kind !== 'text' && JSON.stringify(value).includes('\ufffd'))?.[0];
    if (spoiled !== undefined) return { kind: 'malformed', reason: `${prepared.kind}: ${spoiled} has bytes that are no character` };
    return NOTICE_CHECK.Check(notice) ? { kind: 'notice', notice } : { kind: 'malformed', reason: `${prepared.kind}: the values do not fit the contract` };
  } catch (error) {
    if (error instanceof GarbledAnswer || error instanceof RangeError) return { kind: 'malformed', reason: `${prepared.kind}: ${error.message}` };
    throw error;
  }
}

function recordOf(prepared: PreparedNotice, message: NoticeMessage, context: Parameters<typeof readSingle>[2]): Readonly<Record<string, unknown>> {
  const answer = messageAnswer(prepared, message);
  if (prepared.kind !== 'clinicStopped') return readSingle(prepared, answer, context);
  const isInRows = [...prepared.fields.values()].some(({ column }) => column !== undefined);
  const records: readonly CanonicalRecord[] = isInRows ? readRows(prepared, answer, context) : [readSingle(prepared, answer, context)];
  const [first] = records;
  if (first === undefined) throw new GarbledAnswer('no registration');
  const listed = records.flatMap(({ hisRegistrationNos }) => String(hisRegistrationNos).split(prepared.separator ?? '\u0000'));
  return { ...first, hisRegistrationNos: [...new Set(listed.map((each) => each.trim()).filter((each) => each !== ''))] };
}

/** What the HIS is told, by the platform's names. */
export function noticeAnswerValues(number: string, answer: NoticeAnswer): HisRequest {
  return {
    result: answer.kind, number,
    code: answer.kind === 'refused' ? answer.code : '', message: answer.kind === 'refused' ? answer.message : answer.kind === 'unknown' ? answer.reason : '',
    ...(answer.kind === 'accepted' && answer.state !== undefined ? { state: answer.state } : {}),
    ...(answer.kind === 'accepted' && answer.refundFen !== undefined ? { refundFen: answer.refundFen } : {}),
  };
}

/** What the HIS is told, as text. A refusal here is a mapping's own: the HIS is then told nothing, and sends the notice again. */
export function bindNoticeAnswer(prepared: PreparedNotice, notice: HisNotice, answer: NoticeAnswer, hospital: { readonly codePage: string | undefined; readonly offset: string }): BoundMessage {
  return bindMessage(prepared, noticeAnswerValues(noticeNoOf(notice), answer), hospital);
}
