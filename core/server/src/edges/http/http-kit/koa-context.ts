import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type Koa from 'koa';
import type { Answer } from './answer.js';

/** Writes an answer to Koa's context. For middleware that answers by itself. */
export function send(context: Koa.Context, answer: Answer): void {
  context.status = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) context.set(name, typeof value === 'string' ? value : [...value]);
  if (answer.kind === 'json') {
    context.type = 'application/json; charset=utf-8';
    context.body = JSON.stringify(answer.value);
  } else {
    context.type = answer.contentType;
    context.body = answer.kind === 'stream' ? flowing(answer.content) : typeof answer.bytes === 'string' ? answer.bytes : Buffer.from(answer.bytes);
  }
}

/** What flows already is taken as it is: between it and the line nothing gathers, so its maker sees what nobody reads and can bound it. */
function flowing(content: AsyncIterable<Uint8Array>): Readable {
  return content instanceof Readable ? content : Readable.from(content);
}

/** The id under which this request is found in the logs. */
export function requestIdOf(context: Koa.Context): string {
  return context.response.get('x-request-id');
}

export type RequestTrace = { readonly operationId: string; readonly caller?: string | undefined; readonly errorCode?: string | undefined };
const traces = new WeakMap<IncomingMessage, RequestTrace>();

/** Notes for the access log what became of this request. */
export function trace(context: Koa.Context, what: Partial<RequestTrace>): void {
  traces.set(context.req, { ...readTrace(context), ...what });
}
export function readTrace(context: Koa.Context): RequestTrace {
  return traces.get(context.req) ?? { operationId: 'none' };
}
