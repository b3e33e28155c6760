import { Router } from '@koa/router';
import type Koa from 'koa';
import { Check } from 'typebox/value';
import { describeMismatches, listMismatches } from '../../../domain/schema-mismatch.js';
import type { Answer } from './answer.js';
import { errorAnswer } from './error-answer.js';
import { documentedErrors } from './documented-errors.js';
import type { HttpRequest } from './http-request.js';
import { requestIdOf, send, trace } from './koa-context.js';
import { readBody } from './read-body.js';
import type { MountedGroup, MountedRoute } from './route-group.js';

export type RouterOptions = {
  readonly groups: readonly MountedGroup[];
  readonly largestBodyBytes: number;
  readonly onUndeclaredAnswer?: (operationId: string, what: string) => void;
};

/** The router of the route table. */
export function buildRouter(options: RouterOptions): Router {
  const router = new Router({ sensitive: true, strict: true });
  for (const group of options.groups) {
    for (const route of group.routes) {
      router.register(route.fullPath.replace(/\{(\w+)\}/g, ':$1'), [route.method], (context: Koa.Context & { readonly params: Record<string, string> }) => serve(options, group, route, context));
    }
  }
  return router;
}

async function serve(options: RouterOptions, group: MountedGroup, route: MountedRoute, context: Koa.Context & { readonly params: Record<string, string> }): Promise<void> {
  trace(context, { operationId: route.operationId });
  const requestId = requestIdOf(context);
  if (route.largestBodyBytes !== undefined) {
    const letIn = await route.letIn(readRequest(context, new Uint8Array(), requestId));
    if (letIn.kind === 'refused') {
      trace(context, { errorCode: letIn.code });
      context.set('connection', 'close');
      send(context, errorAnswer(letIn, requestId));
      return;
    }
  }
  const body = await readBody(context.req, route.largestBodyBytes ?? options.largestBodyBytes);
  const { outcome, caller } = body.kind === 'refused' ? { outcome: body, caller: undefined } : await route.handle(readRequest(context, body.value, requestId), context.params);
  if (outcome.kind === 'refused') {
    trace(context, { caller, errorCode: outcome.code });
    if (!documentedErrors(group, route).includes(outcome.code)) options.onUndeclaredAnswer?.(route.operationId, `error ${outcome.code}`);
    // What is left of a refused body is not read: the connection cannot be used again.
    if (outcome.code === 'BODY_TOO_LARGE') context.set('connection', 'close');
    send(context, errorAnswer(outcome, requestId));
    return;
  }
  trace(context, { caller });
  if (options.onUndeclaredAnswer !== undefined) reportUndeclared(route, outcome.value, options.onUndeclaredAnswer);
  send(context, outcome.value);
}

function readRequest(context: Koa.Context, body: Uint8Array, requestId: string): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.req.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: context.method,
    target: context.originalUrl,
    query: context.querystring,
    headers,
    body,
    address: context.req.socket.remoteAddress ?? '',
    requestId,
  };
}

function reportUndeclared(route: MountedRoute, answer: Answer, report: (operationId: string, what: string) => void): void {
  const declared = route.answers[answer.status];
  if (declared === undefined) {
    if (route.takes === 'checked') report(route.operationId, `status ${String(answer.status)}`);
    return;
  }
  if (answer.kind === 'json') {
    const value: unknown = JSON.parse(JSON.stringify(answer.value));
    if (declared.schema === undefined) report(route.operationId, 'a JSON answer');
    else if (!Check(declared.schema, value)) report(route.operationId, describeMismatches(listMismatches(declared.schema, value)));
    return;
  }
  if (declared.contentType !== undefined && !answer.contentType.startsWith(declared.contentType)) report(route.operationId, `content type ${answer.contentType}`);
}
