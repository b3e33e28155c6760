/** What needs no key: the clock, for callers whose own is off, and the document. */
import { Type } from 'typebox';
import { ok } from '../../../domain/errors.js';
import type { Clock } from '../../../domain/time.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { TimeSchema } from './schemas.js';

const { route } = routesFor<'anyone', undefined>();

export function openRoutes(ports: { readonly clock: Clock; readonly document: () => unknown }): Route<'anyone', undefined>[] {
  return [
    route({
      method: 'GET',
      path: '/time',
      operationId: 'readTime',
      summary: { zh: '平台时间', en: 'The platform\'s time' },
      access: 'anyone',
      answers: { 200: { zh: '平台时间', en: 'The time', schema: TimeSchema } },
      errors: [],
      handle() {
        const now = ports.clock.now();
        return ok(json({ now: now.toISOString(), epochSeconds: Math.floor(now.getTime() / 1000) }));
      },
    }),
    route({
      method: 'GET',
      path: '/openapi.json',
      operationId: 'readDocument',
      summary: { zh: '接口文档（OpenAPI 3.1）', en: 'This document' },
      access: 'anyone',
      answers: { 200: { zh: 'OpenAPI 3.1', en: 'OpenAPI 3.1', schema: Type.Object({ openapi: Type.String() }) } },
      errors: [],
      handle: () => ok(json(ports.document())),
    }),
  ];
}
