/** Reads a mapping file into prepared operations, or says everything that is wrong with it, each complaint with its path. */
import { describeSchemaErrors, MappingError, prepareMessage, prepareNotices, prepareOperations, type PreparedNotices, type MessageOperation, type MessageOperationMapping, type OperationName, type PreparedOperations } from '@hospay/plugin-sdk/his-mapping';
import { Compile } from 'typebox/compile';
import { MappingSchema, type HospitalMapping, type MessageMapping, type ServiceMapping } from './mapping-schema.js';

/** What the HIS calls us with, whole. */
export type NoticeService = { readonly service: ServiceMapping; readonly message: MessageMapping; readonly envelope: 'plain' | 'encrypted'; readonly kinds: PreparedNotices };

export type PreparedMapping = Omit<HospitalMapping, 'operations' | 'dictionaries' | 'notices'> & {
  readonly notices: NoticeService | undefined;
  readonly operations: PreparedOperations<MessageOperation>;
  readonly dictionaries: ReadonlyMap<string, MessageOperation>;
};

const mappingCheck = Compile(MappingSchema);
const STEP = /^[A-Za-z_\u4e00-\u9fa5][\w.\-\u4e00-\u9fa5]*$/;

/**
 * @param input the parsed JSON of a mapping file
 * @throws MappingError with every complaint
 */
export function readMapping(input: unknown): PreparedMapping {
  if (!mappingCheck.Check(input)) throw new MappingError(describeSchemaErrors(mappingCheck.Errors(input)));
  const complaints: string[] = [];
  checkService(input, complaints);
  const prepare = (name: OperationName, path: string, mapping: MessageOperationMapping): MessageOperation => {
    checkNames(path, mapping, input, complaints);
    return prepareMessage(name, path, mapping, complaints);
  };
  const operations = prepareOperations(input.operations, prepare, complaints);
  const dictionaries = new Map<string, MessageOperation>();
  for (const [name, mapping] of Object.entries(input.dictionaries ?? {})) dictionaries.set(name, prepare('dictionary', `dictionaries.${name}`, mapping));
  const notices = prepareNoticeService(input, complaints);
  if (complaints.length > 0 || operations === undefined) throw new MappingError(complaints);
  return { ...input, operations, dictionaries, notices };
}

function prepareNoticeService({ notices, ...own }: HospitalMapping, complaints: string[]): NoticeService | undefined {
  if (notices === undefined) return undefined;
  const { service = own.service, message = own.message, envelope = own.envelope ?? 'plain' } = notices;
  const kinds = prepareNotices(notices.kinds, 'notices.kinds', complaints);
  if (message === undefined) complaints.push('notices.message: missing; what the HIS sends is one document');
  if (service.arguments.filter(({ is }) => is === 'message').length !== 1) complaints.push('notices.service.arguments: expected one argument that is the message');
  if (service.method === undefined) complaints.push('notices.service.method: missing; the HIS calls one method');
  if (envelope === 'plain' && message?.call === undefined && !service.arguments.some(({ is }) => is === 'call')) complaints.push('notices: which notice it is has no place: message.call or an argument that is the call');
  return message === undefined ? undefined : { service, message, envelope, kinds };
}

function checkService({ service, message, answerRoot, envelope = 'plain' }: HospitalMapping, complaints: string[]): void {
  const messages = service.arguments.filter(({ is }) => is === 'message').length;
  if (message === undefined && messages > 0) complaints.push('message: missing; an argument of the service is the message');
  if (message !== undefined && messages !== 1) complaints.push(`service.arguments: expected one argument that is the message, got ${String(messages)}`);
  if ((message === undefined) === (answerRoot === undefined)) complaints.push('answerRoot: expected exactly where there is no message');
  if (envelope === 'encrypted' && message === undefined) complaints.push('envelope: only a message can be encrypted');
  if ((message?.number === undefined) !== (message?.numberEcho === undefined)) complaints.push('message: number and numberEcho come together');
  if (service.method === undefined && (message?.call !== undefined || service.arguments.some(({ is }) => is === 'call'))) complaints.push('service.method: missing; the call has another place');
}

/** Names become elements: of the message, or arguments of the method. */
function checkNames(path: string, { call, parameters }: MessageOperationMapping, { service, message, envelope }: HospitalMapping, complaints: string[]): void {
  for (const [index, { name }] of parameters.entries()) {
    const steps = message === undefined ? [name] : name.split('/');
    if (!steps.every((step) => STEP.test(step))) complaints.push(`${path}.parameters[${String(index)}].name: expected ${message === undefined ? 'the name of an argument' : 'a path of elements, such as Head/CardNo'}, got "${name}"`);
  }
  if (service.method === undefined && !STEP.test(call)) complaints.push(`${path}.call: expected the name of a method, got "${call}"`);
  if (service.method !== undefined && envelope !== 'encrypted' && message?.call === undefined && !service.arguments.some(({ is }) => is === 'call')) {
    complaints.push(`${path}.call: has no place: message.call or an argument that is the call`);
  }
}
