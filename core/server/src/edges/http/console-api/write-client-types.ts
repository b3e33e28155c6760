/**
 * Writes the console's client types from the OpenAPI document: `node core/server/dist/edges/http/console-api/write-client-types.js`.
 * The file is kept, so that the console is checked and built without the server; a test proves that it equals what this writes.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { consoleApiDocument } from './console-api.js';

export const CLIENT_TYPES_PATH = 'core/console/src/api/console-api.ts';

type Json = { readonly [key: string]: unknown };

export function clientTypes(): string {
  const document = consoleApiDocument();
  const schemas = object(object(document['components'])['schemas']);
  const named = Object.entries(schemas).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const operations = Object.entries(object(document['paths'])).flatMap(([path, methods]) => Object.entries(object(methods)).flatMap(([method, operation]) => operationType(path, method, object(operation))));
  return `/** Types of the console API, written from its OpenAPI document by core/server (edges/http/console-api/write-client-types.ts). Do not edit. */
${named.map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`).join('\n')}

/** Operation id → what goes in and what comes out. */
export type Operations = {
${operations.map(({ id, type }) => `  ${id}: ${type};`).join('\n')}
};

/** Operation id → method and path. */
export const OPERATIONS = {
${operations.map(({ id, method, path }) => `  ${id}: { method: '${method}', path: '${path}' },`).join('\n')}
} as const satisfies Record<keyof Operations, { method: string; path: string }>;
`;
}

/** A file is no call: a link leads to it. */
function operationType(path: string, method: string, operation: Json): { readonly id: string; readonly method: string; readonly path: string; readonly type: string }[] {
  const parameters = list(operation['parameters']).map(object);
  const fields = (place: string) => parameters.filter((parameter) => parameter['in'] === place).map((parameter) => `${text(parameter['name'])}${parameter['required'] === true ? '' : '?'}: ${typeOf(parameter['schema'])}`);
  const part = (name: string, members: readonly string[]) => (members.length === 0 ? [] : [`${name}: { ${members.join('; ')} }`]);
  const keyed = fields('header').some((field) => field.startsWith('Idempotency-Key')) ? ['idempotencyKey: string'] : [];
  const body = object(object(object(operation['requestBody'])['content'])['application/json'])['schema'];
  const input = [...part('path', fields('path')), ...part('query', fields('query')), ...keyed, ...(body === undefined ? [] : [`body: ${typeOf(body)}`])];
  const answers = ['200', '202'].map((status) => object(object(object(object(operation['responses'])[status])['content'])['application/json'])['schema']).filter((schema) => schema !== undefined);
  if (answers.length === 0) return [];
  return [{ id: text(operation['operationId']), method: method.toUpperCase(), path, type: `{ input: ${input.length === 0 ? 'undefined' : `{ ${input.join('; ')} }`}; answer: ${[...new Set(answers.map(typeOf))].join(' | ')} }` }];
}

function typeOf(schema: unknown): string {
  const { $ref: reference, const: constant, enum: values, anyOf, type, properties, patternProperties, required, items } = object(schema);
  if (typeof reference === 'string') return reference.replace('#/components/schemas/', '');
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map(typeOf).join(' | ');
  if (type === 'array') return `readonly (${typeOf(items)})[]`;
  const [named] = Object.values(object(patternProperties));
  if (named !== undefined) return `Readonly<Record<string, ${typeOf(named)}>>`;
  if (type === 'object') {
    const names = list(required);
    const members = Object.entries(object(properties)).map(([name, property]) => `readonly ${name}${names.includes(name) ? '' : '?'}: ${typeOf(property)}`);
    return `{ ${members.join('; ')} }`;
  }
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' || type === 'boolean' ? type : 'unknown';
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

if (process.argv[1] === import.meta.filename) {
  const path = resolve(import.meta.dirname, '../../../../../..', CLIENT_TYPES_PATH);
  writeFileSync(path, clientTypes());
  process.stdout.write(`wrote ${path}\n`);
}
