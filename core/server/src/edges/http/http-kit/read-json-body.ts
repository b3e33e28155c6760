import type { TSchema } from 'typebox';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { findJsonFault } from './find-json-fault.js';
import type { HttpRequest } from './http-request.js';
import { shapeReader } from './read-shape.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Reads a JSON body of the shape; refuses naming the place of the fault, never the content. */
export function readJsonBody<Value>(schema: TSchema): (request: HttpRequest) => Outcome<Value> {
  const readShape = shapeReader<Value>(schema, 'body');
  return (request) => {
    const parsed = parseJson(request);
    return parsed.kind === 'refused' ? parsed : readShape(parsed.value);
  };
}

/** For operations without a body: one that arrives all the same is a misunderstanding worth telling. */
export function readNoBody<Value>(): (request: HttpRequest) => Outcome<Value> {
  return (request) => {
    if (request.body.byteLength > 0) return refused('MALFORMED_REQUEST', 'body: this operation takes none');
    // Value is `undefined` wherever no body schema was given.
    return ok(undefined as Value);
  };
}

function parseJson(request: HttpRequest): Outcome<unknown> {
  if (request.body.byteLength === 0) return refused('MALFORMED_REQUEST', 'body: a JSON body is required');
  const contentType = request.headers['content-type'] ?? '';
  if (!/^application\/json(\s*;|$)/i.test(contentType)) return refused('MALFORMED_REQUEST', 'header content-type: must be application/json');
  let text: string;
  try {
    text = utf8.decode(request.body);
  } catch {
    return refused('MALFORMED_REQUEST', 'body: is not UTF-8');
  }
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch {
    return refused('MALFORMED_REQUEST', `body: is not JSON at ${findJsonFault(text)}`);
  }
}
