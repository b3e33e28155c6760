/** Reads a mapping file into prepared operations, or says everything that is wrong with it, each complaint with its path. */
import { describeSchemaErrors, MappingError, prepareOperations, type PreparedOperations } from '@hospay/plugin-sdk/his-mapping';
import { Compile } from 'typebox/compile';
import { MappingSchema, type HospitalMapping } from './mapping-schema.js';
import { prepareOperation, type HospitalSite } from './prepare-operation.js';
import { prepareNoticeTables, type NoticeTables } from './prepare-notice-tables.js';
import type { PreparedOperation } from './prepared-operation.js';
import { prepareRouter } from './prepare-router.js';
import { DEFAULT_VERSION, type SqlServerVersion } from './server-generations.js';

export type PreparedMapping = {
  readonly hospital: string;
  readonly codePage: HospitalMapping['codePage'];
  readonly maxRows: number;
  readonly operations: PreparedOperations<PreparedOperation>;
  readonly dictionaries: ReadonlyMap<string, PreparedOperation>;
  /** Undefined: the HIS tells nothing by itself. */
  readonly notices: NoticeTables | undefined;
};

const DEFAULT_MAX_ROWS = 2000;
const mappingCheck = Compile(MappingSchema);

/**
 * @param input the parsed JSON of a mapping file
 * @param version the server's generation: which types it has, how it pages
 * @throws MappingError with every complaint
 */
export function readMapping(input: unknown, version: SqlServerVersion = DEFAULT_VERSION): PreparedMapping {
  if (!mappingCheck.Check(input)) throw new MappingError(describeSchemaErrors(mappingCheck.Errors(input)));
  const complaints: string[] = [];
  const router = input.router === undefined ? undefined : prepareRouter(input.router, { codePage: input.codePage, version, complaints });
  const hospital: HospitalSite = { router, version, complaints };
  const operations = prepareOperations(input.operations, (name, path, mapping) => prepareOperation(name, path, mapping, hospital), complaints);
  const dictionaries = new Map<string, PreparedOperation>();
  for (const [name, mapping] of Object.entries(input.dictionaries ?? {})) dictionaries.set(name, prepareOperation('dictionary', `dictionaries.${name}`, mapping, hospital));
  const notices = input.notices === undefined ? undefined : prepareNoticeTables(input.notices, version, complaints);
  if (complaints.length > 0 || operations === undefined) throw new MappingError(complaints);
  return { hospital: input.hospital, codePage: input.codePage, maxRows: input.maxRows ?? DEFAULT_MAX_ROWS, operations, dictionaries, notices };
}
