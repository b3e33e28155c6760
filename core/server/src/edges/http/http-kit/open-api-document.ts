/** The OpenAPI 3.1 document of a route table: the schemas that check the requests are the schemas that are printed. */
import type { TSchema } from 'typebox';
import type { Bilingual } from '../../../domain/bilingual.js';
import { ERRORS, type ErrorCode } from '../../../domain/errors.js';
import { documentedErrors } from './documented-errors.js';
import { ErrorAnswerSchema } from './error-answer.js';
import type { MountedGroup, MountedRoute } from './route-group.js';
import { propertyNames, type AnswerDescription } from './route.js';

export type JsonObject = { [key: string]: unknown };
export type OpenApiInfo = { readonly title: string; readonly version: string; readonly description: string };

/** Schemas with a `title` become components and are referred to by it; two different schemas may not share one. */
export function openApiDocument(info: OpenApiInfo, groups: readonly MountedGroup[]): JsonObject {
  const components = new Components();
  const paths: Record<string, JsonObject> = {};
  for (const group of groups) {
    for (const route of group.routes) {
      const path = (paths[route.fullPath] ??= {});
      path[route.method.toLowerCase()] = operation(group, route, components);
    }
  }
  const schemes = groups.flatMap(({ security }) => (security === undefined ? [] : [[security.name, security.scheme] as const]));
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info,
    tags: [...new Map(groups.map(({ tag }) => [tag.name, { name: tag.name, description: both(tag) }])).values()],
    paths,
    components: { schemas: components.schemas, securitySchemes: Object.fromEntries(schemes) },
  };
}

function operation(group: MountedGroup, route: MountedRoute, components: Components): JsonObject {
  const { request = {} } = route;
  const parameters = [
    ...parametersIn('path', request.params, components),
    ...parametersIn('query', request.query, components),
    ...parametersIn('header', request.headers, components),
  ];
  const errors = documentedErrors(group, route);
  return {
    operationId: route.operationId,
    tags: [group.tag.name],
    summary: both(route.summary),
    ...(route.description === undefined ? {} : { description: both(route.description) }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: components.refer(request.body) } } } }),
    ...(route.takes === 'raw' ? { requestBody: { required: false, content: { '*/*': {} } } } : {}),
    responses: { ...successes(route, components), ...refusals(errors, components) },
    'x-error-codes': errors,
    security: group.security === undefined ? [] : [{ [group.security.name]: [] }],
  };
}

function parametersIn(place: 'path' | 'query' | 'header', schema: TSchema | undefined, components: Components): JsonObject[] {
  if (schema === undefined) return [];
  const { properties, required } = plain(schema);
  return propertyNames(schema).map((name) => {
    const property = isObject(properties) ? properties[name] : undefined;
    const description = isObject(property) ? property['description'] : undefined;
    return {
      name: place === 'header' ? headerCase(name) : name,
      in: place,
      required: Array.isArray(required) && required.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      schema: components.replace(property),
    };
  });
}

function successes(route: MountedRoute, components: Components): JsonObject {
  return Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, success(answer, components)]));
}

function success(answer: AnswerDescription, components: Components): JsonObject {
  const headers = Object.entries(answer.headers ?? {}).map(([name, text]) => [headerCase(name), { description: both(text), schema: { type: 'string' } }]);
  const content = answer.schema !== undefined ? { 'application/json': { schema: components.refer(answer.schema) } } : answer.contentType !== undefined ? { [answer.contentType]: { schema: { type: 'string' } } } : undefined;
  return {
    description: both(answer),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(content === undefined ? {} : { content }),
  };
}

function refusals(errors: readonly ErrorCode[], components: Components): JsonObject {
  const byStatus = Map.groupBy(errors, (code) => String(ERRORS[code].httpStatus));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `${code}: ${ERRORS[code].zh} / ${ERRORS[code].en}`).join('\n'),
        content: { 'application/json': { schema: components.refer(ErrorAnswerSchema), examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])) } },
      },
    ]),
  );
}

function exampleOf(code: ErrorCode): JsonObject {
  const { zh, en, nextZh, nextEn } = ERRORS[code];
  return { error: { code, zh, en, nextZh, nextEn, requestId: '7M3Q0V9K2T5W8X1Z4B6C' } };
}

/** Named schemas, each written once. */
class Components {
  readonly schemas: Record<string, JsonObject> = {};

  refer(schema: TSchema): unknown {
    return this.replace(plain(schema));
  }

  /** A copy in which every titled schema is a reference. */
  replace(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.replace(item));
    if (!isObject(value)) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.replace(item)]));
    const { title, ...schema } = copy;
    if (typeof title !== 'string') return copy;
    const known = this.schemas[title];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`two different schemas are titled ${title}`);
    this.schemas[title] = schema;
    return { $ref: `#/components/schemas/${title}` };
  }
}

/** The schema as JSON sees it: typebox keeps its own marks where JSON does not look. */
function plain(schema: TSchema): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  if (!isObject(copy)) throw new Error('a schema is an object');
  return copy;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function both({ zh, en }: Bilingual): string {
  return `${zh} / ${en}`;
}

function headerCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`);
}
