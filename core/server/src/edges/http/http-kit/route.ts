/**
 * A route as data: from the same table come the router, the checks of every request, and the OpenAPI document. What is not in the table does
 * not exist; what is in the table is documented.
 */
import { Type, type Static, type TSchema } from 'typebox';
import type { Bilingual } from '../../../domain/bilingual.js';
import type { ErrorCode, Outcome } from '../../../domain/errors.js';
import type { Answer } from './answer.js';
import type { HttpRequest } from './http-request.js';
import { readJsonBody, readNoBody } from './read-json-body.js';
import { readFields, shapeReader } from './read-shape.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a status means, for the document. Without `schema` the answer is not JSON: then `contentType` says what it is. */
export type AnswerDescription = Bilingual & { readonly schema?: TSchema; readonly contentType?: string; readonly headers?: Readonly<Record<string, Bilingual>> };

export type RequestSchemas = { readonly params?: TSchema; readonly query?: TSchema; readonly headers?: TSchema; readonly body?: TSchema };

/** What the document says of a route. */
export type RouteDescription = {
  readonly method: HttpMethod;
  /** `/payments/{tradeNo}`, below the group's base path. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: Bilingual;
  readonly description?: Bilingual;
  readonly request?: RequestSchemas;
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** The refusals of its own that this operation may answer; those of every operation are added by the group and the kit. */
  readonly errors: readonly ErrorCode[];
};

export type Route<Access, Caller> = RouteDescription & {
  readonly access: Access;
  /** Raw routes take any body and query as they are. */
  readonly takes: 'checked' | 'raw';
  /** Where larger bodies than the server's are taken. */
  readonly largestBodyBytes?: number;
  /** Checks the request against the schemas, then handles it. */
  readonly answer: (request: HttpRequest, params: Readonly<Record<string, string>>, caller: Caller) => Promise<Outcome<Answer>>;
};

const NO_FIELDS = Type.Object({}, { additionalProperties: false });
type NoFields = typeof NO_FIELDS;
type NoBody = ReturnType<typeof Type.Undefined>;

export type CheckedRequest<Params extends TSchema, Query extends TSchema, Headers extends TSchema, Body extends TSchema> = {
  readonly params: Static<Params>;
  readonly query: Static<Query>;
  readonly headers: Static<Headers>;
  readonly body: Static<Body>;
  readonly raw: HttpRequest;
};

type Definition<Access, Caller, Params extends TSchema, Query extends TSchema, Headers extends TSchema, Body extends TSchema> = RouteDescription & {
  readonly access: Access;
  readonly request?: { readonly params?: Params; readonly query?: Query; readonly headers?: Headers; readonly body?: Body };
  handle(request: CheckedRequest<Params, Query, Headers, Body>, caller: Caller): Promise<Outcome<Answer>> | Outcome<Answer>;
};
type RawDefinition<Access, Caller> = RouteDescription & {
  readonly access: Access;
  readonly largestBodyBytes?: number;
  handle(request: HttpRequest, params: Readonly<Record<string, string>>, caller: Caller): Promise<Outcome<Answer>> | Outcome<Answer>;
};

/**
 * The two ways to write a route of a group whose routes need `Access` and are called by `Caller`:
 *
 *     const { route } = routesFor<Permission, Application>();
 *     route({ method: 'GET', path: '/things/{id}', …, request: { params: … }, handle: ({ params }, application) => ok(json(…)) })
 */
export function routesFor<Access, Caller>() {
  return {
    route<Params extends TSchema = NoFields, Query extends TSchema = NoFields, Headers extends TSchema = NoFields, Body extends TSchema = NoBody>(
      definition: Definition<Access, Caller, Params, Query, Headers, Body>,
    ): Route<Access, Caller> {
      const { handle, ...description } = definition;
      const { request = {} } = definition;
      const readParams = shapeReader<Static<Params>>(request.params ?? NO_FIELDS, 'path');
      const readQuery = shapeReader<Static<Query>>(request.query ?? NO_FIELDS, 'query');
      const readHeaders = shapeReader<Static<Headers>>(request.headers ?? NO_FIELDS, 'headers');
      const readBody = request.body === undefined ? readNoBody<Static<Body>>() : readJsonBody<Static<Body>>(request.body);
      const headerNames = propertyNames(request.headers);
      return {
        ...description,
        takes: 'checked',
        async answer(raw, pathParams, caller) {
          const params = readParams(pathParams);
          if (params.kind === 'refused') return params;
          const fields = readFields(raw.query, request.query ?? NO_FIELDS);
          const query = fields.kind === 'refused' ? fields : readQuery(fields.value);
          if (query.kind === 'refused') return query;
          const headers = readHeaders(Object.fromEntries(headerNames.filter((name) => raw.headers[name] !== undefined).map((name) => [name, raw.headers[name]])));
          if (headers.kind === 'refused') return headers;
          const body = readBody(raw);
          if (body.kind === 'refused') return body;
          return handle({ params: params.value, query: query.value, headers: headers.value, body: body.value, raw }, caller);
        },
      };
    },
    /** For callers that speak somebody else's protocol: nothing of the request is checked here. */
    rawRoute(definition: RawDefinition<Access, Caller>): Route<Access, Caller> {
      const { handle, ...description } = definition;
      return { ...description, takes: 'raw', answer: async (request, params, caller) => handle(request, params, caller) };
    },
  };
}

/** The property names of an object schema. */
export function propertyNames(schema: TSchema | undefined): string[] {
  return schema === undefined || !Type.IsObject(schema) ? [] : Object.keys(schema.properties);
}
