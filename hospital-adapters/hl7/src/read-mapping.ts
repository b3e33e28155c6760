/** Reads a mapping file into prepared operations, or says everything that is wrong with it, each complaint with its path. */
import {
  describeSchemaErrors, MappingError, prepareMessage, prepareOperations, type MessageOperation, type OperationName, type PreparedOperations, type ReadingMapping,
} from '@hospay/plugin-sdk/his-mapping';
import { Compile } from 'typebox/compile';
import { parsePosition, POSITION_EXAMPLES, type Hl7Position } from './hl7-position.js';
import { prepareHl7Notices, type Hl7Notices } from './prepare-notices.js';
import { MappingSchema, type HospitalMapping, type OperationMapping } from './mapping-schema.js';

/** The whole of what the answer says of the message: MSA-1, with QAK-2 of a query and the HIS's error code, for example `AA`, `AA/NF`, `AR:300304`. */
export const ACKNOWLEDGEMENT = 'acknowledgement';

export type PreparedOperation = MessageOperation & {
  readonly answer: string;
  /** By name of the mapping's parameter, column and out. */
  readonly positions: ReadonlyMap<string, Hl7Position>;
  readonly rowSegments: readonly string[] | undefined;
  /** Names by which fields, codes and state are read, in lower case: below a row, and of the message as a whole. */
  readonly columns: readonly string[];
  readonly outs: readonly string[];
};

export type PreparedMapping = {
  readonly hospital: string;
  readonly version: string;
  readonly header: Required<HospitalMapping['header']>;
  readonly errorCode: Hl7Position;
  readonly codePage: string | undefined;
  readonly maxRows: number;
  readonly operations: PreparedOperations<PreparedOperation>;
  readonly dictionaries: ReadonlyMap<string, PreparedOperation>;
  /** Undefined: the HIS tells nothing by itself. */
  readonly notices: Hl7Notices | undefined;
};

const DEFAULT_MAX_ROWS = 2000;
const HL7_ERROR_CODE = 'ERR-3.1';
const mappingCheck = Compile(MappingSchema);

/**
 * @param input the parsed JSON of a mapping file
 * @throws MappingError with every complaint
 */
export function readMapping(input: unknown): PreparedMapping {
  if (!mappingCheck.Check(input)) throw new MappingError(describeSchemaErrors(mappingCheck.Errors(input)));
  const complaints: string[] = [];
  const prepare = (name: OperationName, path: string, mapping: OperationMapping): PreparedOperation => prepareOperation(name, path, mapping, complaints);
  const operations = prepareOperations(input.operations, prepare, complaints);
  const dictionaries = new Map<string, PreparedOperation>();
  for (const [name, mapping] of Object.entries(input.dictionaries ?? {})) dictionaries.set(name, prepare('dictionary', `dictionaries.${name}`, mapping));
  const errorCode = parsePosition(input.errorCode ?? HL7_ERROR_CODE);
  const notices = input.notices === undefined ? undefined : prepareHl7Notices(input.notices, complaints);
  if (errorCode === undefined) complaints.push(`errorCode: expected ${POSITION_EXAMPLES}`);
  if (complaints.length > 0 || operations === undefined || errorCode === undefined) throw new MappingError(complaints);
  const { sendingApplication = '', sendingFacility = '', receivingApplication = '', receivingFacility = '', processingId = 'P' } = input.header;
  return {
    hospital: input.hospital, version: input.version, errorCode, codePage: input.codePage, maxRows: input.maxRows ?? DEFAULT_MAX_ROWS, operations, dictionaries, notices,
    header: { sendingApplication, sendingFacility, receivingApplication, receivingFacility, processingId },
  };
}

function prepareOperation(name: OperationName, path: string, { answer, ...mapping }: OperationMapping, complaints: string[]): PreparedOperation {
  const operation = prepareMessage(name, path, mapping, complaints);
  const complain = (at: string, expected: string): void => { complaints.push(`${path}${at}: ${expected}`); };
  const rowSegments = mapping.rows?.split(' ');
  if (rowSegments?.some((each) => !/^[A-Z][A-Z0-9]{2}$/.test(each)) === true) complain('.rows', 'expected the segments of one row, the first of which begins it, such as "PID PV1"');
  const positions = new Map<string, Hl7Position>();
  const locate = (text: string, at: string): Hl7Position | undefined => {
    const position = parsePosition(text);
    if (position === undefined) complain(at, `expected ${POSITION_EXAMPLES}, got "${text}"`);
    else positions.set(text.toLowerCase(), position);
    return position;
  };
  const sent = mapping.parameters.map(({ name: place }) => place.toLowerCase());
  for (const [index, parameter] of mapping.parameters.entries()) {
    const at = `.parameters[${String(index)}].name`;
    checkPlace(locate(parameter.name, at), (expected) => { complain(at, expected); });
    if (sent.indexOf(parameter.name.toLowerCase()) !== index) complain(at, `"${parameter.name}" is written twice`);
  }
  const { columns, outs } = readNames(mapping);
  for (const [at, column] of columns) {
    const position = locate(column, at);
    if (position !== undefined && rowSegments?.includes(position.segment) === false) complain(at, `${position.segment} is not among the segments of a row (${rowSegments.join(' ')})`);
  }
  for (const [at, out] of outs) if (out.toLowerCase() !== ACKNOWLEDGEMENT) locate(out, at);
  checkRefusals(operation, complain);
  const lower = (names: ReadonlyMap<string, string>) => [...new Set([...names.values()].map((each) => each.toLowerCase()))];
  return { ...operation, answer, positions, rowSegments, columns: lower(columns), outs: lower(outs) };
}

function checkPlace(position: Hl7Position | undefined, complain: (expected: string) => void): void {
  if (position === undefined) return;
  if (position.repetition.kind === 'marked') complain('a value is sent into a numbered repetition, such as PID-3[2].1');
  if (position.segment === 'MSH') complain('the header is written from "header", "version" and "call"');
}

/** Path below the operation → name. */
function readNames({ fields, codes, state }: ReadingMapping): { readonly columns: ReadonlyMap<string, string>; readonly outs: ReadonlyMap<string, string> } {
  const columns = new Map<string, string>();
  const outs = new Map<string, string>();
  const add = (at: string, { column, out }: { readonly column?: string | undefined; readonly out?: string | undefined }): void => {
    if (column !== undefined) columns.set(`${at}.column`, column);
    if (out !== undefined) outs.set(`${at}.out`, out);
  };
  for (const [name, field] of Object.entries(fields)) add(`.fields.${name}`, field);
  if (codes !== undefined) add('.codes.from', codes.from);
  if (codes?.message !== undefined) add('.codes.message', codes.message);
  if (state !== undefined) add('.state', { column: state.column });
  return { columns, outs };
}

/** AE and AR alone say that something failed: the program behind may have booked before it did. Only with the HIS's own code is it a word about the money. */
function checkRefusals({ canonical, reading: { codes } }: MessageOperation, complain: (at: string, expected: string) => void): void {
  if (!canonical.books || codes === undefined) return;
  for (const list of ['rejected', 'mismatch'] as const) {
    const bare = codes[list]?.find((code) => !code.includes(':'));
    if (bare !== undefined) complain(`.codes.${list}`, `"${bare}" alone is no refusal of a booking: name it with the HIS's error code, such as "AR:300304"`);
  }
}
