/** One operation of the mapping in the shape the hospital offers it: one call, a method of the router, a sequence, a row handed over. */
import {
  CANONICAL_OPERATIONS, checkReading, describeSchemaErrors, prepareMessage, type CanonicalOperation, type Complain, type OperationName, type ReadingMapping,
} from '@hospay/plugin-sdk/his-mapping';
import { Compile } from 'typebox/compile';
import { HandOverSchema, OperationSchema, RoutedSchema, SequenceSchema, type HandOverMapping, type OperationMapping, type RoutedMapping } from './mapping-schema.js';
import { columnsOf, prepareCall, prepareParameters } from './prepare-call.js';
import { prepareSequence } from './prepare-sequence.js';
import type { CallSite, PreparedCall } from './prepared-call.js';
import type { PreparedOperation, PreparedRouter } from './prepared-operation.js';
import type { SqlServerVersion } from './server-generations.js';
import { bracket } from './view-sql.js';

type OperationSite = CallSite & { readonly name: OperationName };
export type HospitalSite = { readonly router: PreparedRouter | undefined; readonly version: SqlServerVersion; readonly complaints: string[] };

/** Deadlock victim and lock timeout: the statement had no effect, a read may be sent again. */
const RETRYABLE_ON_READS = [1205, 1222];
/** Violated unique constraint, violated unique index. */
const UNIQUE_VIOLATIONS = [2627, 2601];

const checks = { call: Compile(OperationSchema), router: Compile(RoutedSchema), sequence: Compile(SequenceSchema), handOver: Compile(HandOverSchema) };

/** Complaints are added with their path; what is returned beside one is never used. */
export function prepareOperation(name: OperationName, path: string, mapping: Readonly<Record<string, unknown>>, hospital: HospitalSite): PreparedOperation {
  const canonical: CanonicalOperation = CANONICAL_OPERATIONS[name];
  const complain: Complain = (at, expected) => { hospital.complaints.push(`${path}${at}: ${expected}`); };
  const site: OperationSite = { name, canonical, path, version: hospital.version, complain };
  if ('call' in mapping) return checks.router.Check(mapping) ? prepareRouted(mapping, site, hospital) : malformed(checks.router.Errors(mapping), site, hospital);
  if ('sequence' in mapping) return checks.sequence.Check(mapping) ? prepareSequence(mapping, site) : malformed(checks.sequence.Errors(mapping), site, hospital);
  if ('handOver' in mapping) return checks.handOver.Check(mapping) ? prepareHandOver(mapping, site) : malformed(checks.handOver.Errors(mapping), site, hospital);
  return checks.call.Check(mapping) ? prepareSingle(mapping, site) : malformed(checks.call.Errors(mapping), site, hospital);
}

function malformed(errors: Parameters<typeof describeSchemaErrors>[0], site: OperationSite, { complaints }: HospitalSite): PreparedOperation {
  complaints.push(...describeSchemaErrors(errors).map((complaint) => (complaint.startsWith('(the whole)') ? `${site.path}${complaint.slice(11)}` : `${site.path}.${complaint}`)));
  return unusable(site);
}

function unusable({ name, canonical }: OperationSite): PreparedOperation {
  return { name, canonical, fields: new Map(), reading: {}, way: { kind: 'sequence', steps: [] } };
}

function prepareSingle(mapping: OperationMapping, site: OperationSite): PreparedOperation {
  const { name, canonical, complain } = site;
  const { retryOnErrors, fields } = mapping;
  const reading = readingOf(mapping);
  const call = prepareCall(mapping, columnsOf(fields, [reading.state?.column, reading.codes?.from.column, reading.codes?.message?.column, ...(reading.echo ?? []).map(({ column }) => column)]), site);
  checkReading({ name, canonical, mapping: { fields, ...reading }, outNames: outNamesOf(call), complain });
  return { name, canonical, fields: new Map(Object.entries(fields)), reading, way: { kind: 'call', call, retryOnErrors: retriesOf(retryOnErrors, canonical) } };
}

function prepareRouted({ retryOnErrors, ...mapping }: RoutedMapping, site: OperationSite, { router, complaints }: HospitalSite): PreparedOperation {
  const { name, canonical, path, complain } = site;
  const message = prepareMessage(name, path, mapping, complaints);
  if (router === undefined) {
    complain('.call', 'the mapping has no router whose method this could be');
    return unusable(site);
  }
  return { name, canonical, fields: message.fields, reading: message.reading, way: { kind: 'router', message, router, retryOnErrors: retriesOf(retryOnErrors, canonical) } };
}

function prepareHandOver(mapping: HandOverMapping, site: OperationSite): PreparedOperation {
  const { name, canonical, path, complain } = site;
  const { handOver, parameters: columns, outcome: reads, fields, ...reading } = mapping;
  if (!canonical.books) complain('.handOver', 'only a booking is handed over');
  const parameters = prepareParameters(columns, site);
  if (parameters.some(({ source }) => source.kind === 'out')) complain('.parameters', 'a row has no out parameters');
  const names = parameters.map((parameter) => parameter.name);
  const text = `INSERT INTO ${handOver.table} (${names.map(bracket).join(', ')}) VALUES (${names.map((each) => `@${each}`).join(', ')})`;
  const outcome = prepareCall(reads, columnsOf(fields, [reading.codes?.from.column, reading.codes?.message?.column, ...(reading.echo ?? []).map(({ column }) => column)]), {
    ...site, path: `${path}.outcome`, complain: (at, expected) => { complain(`.outcome${at}`, expected); },
  });
  checkReading({ name, canonical, mapping: { fields, ...reading }, outNames: outNamesOf(outcome), complain });
  return {
    name, canonical, fields: new Map(Object.entries(fields)), reading,
    way: {
      kind: 'handOver', insert: { path, command: { kind: 'insert', text, object: handOver.table, columns: names }, parameters }, outcome,
      alreadyThere: new Set(handOver.alreadyThere ?? UNIQUE_VIOLATIONS), askEveryMs: handOver.askEveryMs ?? 500, askForMs: handOver.askForMs ?? 8_000,
    },
  };
}

function readingOf({ codes, resultSet, state, echo, roundingFen }: ReadingMapping): Omit<ReadingMapping, 'fields'> {
  return {
    ...(codes === undefined ? {} : { codes }), ...(resultSet === undefined ? {} : { resultSet }), ...(state === undefined ? {} : { state }), ...(echo === undefined ? {} : { echo }), ...(roundingFen === undefined ? {} : { roundingFen }),
  };
}

function retriesOf(declared: readonly number[] | undefined, { books }: CanonicalOperation): ReadonlySet<number> {
  return new Set(declared ?? (books ? [] : RETRYABLE_ON_READS));
}

function outNamesOf({ parameters }: PreparedCall): string[] {
  return parameters.filter(({ source }) => source.kind === 'out').map(({ name }) => name.toLowerCase());
}
