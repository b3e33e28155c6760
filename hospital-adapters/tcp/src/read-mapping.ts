/** Reads a mapping file into prepared operations, or says everything that is wrong with it, each complaint with its path. */
import { describeSchemaErrors, MappingError, prepareMessage, prepareNotices, prepareOperations, type MessageOperation, type OperationName, type PreparedOperations } from '@hospay/plugin-sdk/his-mapping';
import { Compile } from 'typebox/compile';
import { MappingSchema, type HospitalMapping, type OperationMapping } from './mapping-schema.js';
import type { PreparedNoticeLine } from './notice-line.js';
import { forbiddenIn } from './write-request.js';

export type TcpOperation = MessageOperation & { readonly rowWidth: number | undefined; readonly count: string | undefined };

export type PreparedMapping = Omit<HospitalMapping, 'operations' | 'dictionaries' | 'notices'> & {
  readonly notices: PreparedNoticeLine | undefined;
  readonly operations: PreparedOperations<TcpOperation>;
  readonly dictionaries: ReadonlyMap<string, TcpOperation>;
};

const mappingCheck = Compile(MappingSchema);

/**
 * @param input the parsed JSON of a mapping file
 * @throws MappingError with every complaint
 */
export function readMapping(input: unknown): PreparedMapping {
  if (!mappingCheck.Check(input)) throw new MappingError(describeSchemaErrors(mappingCheck.Errors(input)));
  const complaints: string[] = [];
  checkWire(input, complaints);
  const prepare = (name: OperationName, path: string, mapping: OperationMapping): TcpOperation => {
    checkPlaces(path, mapping, input, complaints);
    const { rowWidth, count, ...message } = mapping;
    return { ...prepareMessage(name, path, message, complaints), rowWidth, count };
  };
  const operations = prepareOperations(input.operations, prepare, complaints);
  const dictionaries = new Map<string, TcpOperation>();
  for (const [name, mapping] of Object.entries(input.dictionaries ?? {})) dictionaries.set(name, prepare('dictionary', `dictionaries.${name}`, mapping));
  const notices = prepareNoticeLine(input, complaints);
  if (complaints.length > 0 || operations === undefined) throw new MappingError(complaints);
  return { ...input, operations, dictionaries, notices };
}

function prepareNoticeLine({ notices }: HospitalMapping, complaints: string[]): PreparedNoticeLine | undefined {
  if (notices === undefined) return undefined;
  const { kinds, ...line } = notices;
  const { framing } = line;
  if (framing.kind === 'close') complaints.push('notices.framing: expected a terminator or a length: on a connection that is closed nobody can be answered');
  if (framing.kind === 'length' && (framing.digits === undefined) === (framing.bytes === undefined)) complaints.push('notices.framing: expected exactly one of digits and bytes');
  if (line.call === line.key) complaints.push('notices.key: stands where the call stands');
  const prepared = prepareNotices(kinds, 'notices.kinds', complaints);
  for (const [kind, { rows, fields }] of Object.entries(kinds)) {
    if (rows !== undefined) complaints.push(`notices.kinds.${kind}.rows: positions have no rows: use separator`);
    for (const [name, { column, out }] of Object.entries(fields)) {
      const place = column ?? out;
      if (place !== undefined && !POSITION.test(place)) complaints.push(`notices.kinds.${kind}.fields.${name}: expected a position such as #3, got "${place}"`);
    }
  }
  return { ...line, byCall: new Map([...prepared.values()].map((notice) => [notice.call, notice])) };
}

function checkWire({ wire, request, answer }: HospitalMapping, complaints: string[]): void {
  const { framing } = wire;
  if (framing.kind === 'close' && wire.connection === 'kept') complaints.push('wire.connection: a connection that ends every answer cannot be kept');
  if (wire.halfClose === true && wire.connection === 'kept') complaints.push('wire.halfClose: a kept connection stays open on both sides');
  if (wire.connection === 'kept' && answer.call === undefined && answer.number === undefined) complaints.push('answer.call: missing; on a kept connection an answer that comes too late must be told from the next one');
  if (framing.kind === 'length' && (framing.digits === undefined) === (framing.bytes === undefined)) complaints.push('wire.framing: expected exactly one of digits and bytes');
  if (answer.form === 'keys') return;
  if (framing.kind === 'close' && answer.frameIsWhole === true) complaints.push('answer.frameIsWhole: a closed connection does not show that an answer is whole');
  if (answer.endMark === undefined && answer.frameIsWhole !== true) complaints.push('answer.endMark: missing; without it a cut answer looks whole (where the last value ends with a separator, that is the mark)');
  if (request.head.includes('number') !== (answer.number !== undefined)) complaints.push('answer.number: expected exactly where request.head has a number');
}

const POSITION = /^#[1-9]\d{0,3}$/;

/** In an answer of positions every place is a position. */
function checkPlaces(path: string, { fields, rows, rowWidth, count, codes, echo, state, parameters }: OperationMapping, { request, answer }: HospitalMapping, complaints: string[]): void {
  for (const [index, { constant }] of parameters.entries()) {
    if (typeof constant === 'string' && forbiddenIn(constant, request) !== undefined) complaints.push(`${path}.parameters[${String(index)}].constant: holds a character that values may not`);
  }
  if (rowWidth !== undefined && count === undefined && answer.endMark === (answer.separator ?? request.separator)) {
    complaints.push(`${path}.count: missing; where a separator is the end mark, only the number of rows shows that none is lost`);
  }
  if (answer.form === 'keys') {
    if (rowWidth !== undefined) complaints.push(`${path}.rowWidth: an answer with keys has no positions`);
    return;
  }
  const places = [
    ...Object.entries(fields).flatMap(([name, { column, out }]) => [[`fields.${name}`, column], [`fields.${name}`, out]] as const),
    ['codes.from', codes?.from.out ?? codes?.from.column], ['codes.message', codes?.message?.out ?? codes?.message?.column],
    ['state', state?.column], ['rows', rows], ['count', count], ...(echo ?? []).map(({ column, out }) => ['echo', column ?? out] as const),
  ] as const;
  for (const [at, place] of places) {
    if (place !== undefined && !POSITION.test(place)) complaints.push(`${path}.${at}: expected a position such as #3, got "${place}"`);
  }
  if (rows !== undefined && rowWidth === undefined && (answer.rowSeparator === undefined || answer.fieldSeparator === undefined)) {
    complaints.push(`${path}.rows: rows need answer.rowSeparator and answer.fieldSeparator, or a rowWidth`);
  }
}
