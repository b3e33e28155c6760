/** 保存的视图: each user's own, by the session and no other name. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { NewSavedViewSchema, SavedViewAnswerSchema, SavedViewChangeSchema, SavedViewListSchema, SavedViewPath } from './saved-view-schemas.js';
import { DoneSchema } from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const VIEW = { zh: '视图', en: 'The view', schema: SavedViewAnswerSchema };

export function savedViewRoutes({ savedViews }: Pick<ConsoleApiPorts, 'savedViews'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/saved-views', operationId: 'listSavedViews', summary: { zh: '本人保存的视图', en: 'The caller’s saved views' }, access: 'session',
      answers: { 200: { zh: '视图', en: 'Views, by list and name', schema: SavedViewListSchema } }, errors: [],
      handle: async (_request, caller) => ok(json({ views: await savedViews.list(caller.userId) })),
    }),
    own.route({
      method: 'POST', path: '/saved-views', operationId: 'addSavedView', summary: { zh: '保存视图', en: 'Save a view' }, access: 'session', request: { body: NewSavedViewSchema },
      answers: { 200: VIEW }, errors: ['CONFLICT', 'TOO_MANY_SAVED_VIEWS'],
      async handle({ body }, caller) {
        const added = await savedViews.add(caller.userId, body);
        return added.kind === 'ok' ? ok(json({ view: added.value })) : added;
      },
    }),
    own.route({
      method: 'PATCH', path: '/saved-views/{id}', operationId: 'changeSavedView', summary: { zh: '修改视图', en: 'Change a view' }, access: 'session', request: { params: SavedViewPath, body: SavedViewChangeSchema },
      answers: { 200: VIEW }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params, body }, caller) {
        const changed = await savedViews.change(caller.userId, Number(params.id), body);
        return changed.kind === 'ok' ? ok(json({ view: changed.value })) : changed;
      },
    }),
    own.route({
      method: 'DELETE', path: '/saved-views/{id}', operationId: 'removeSavedView', summary: { zh: '删除视图', en: 'Remove a view' }, access: 'session', request: { params: SavedViewPath },
      answers: { 200: { zh: '已删除', en: 'Removed', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, caller) {
        const removed = await savedViews.remove(caller.userId, Number(params.id));
        return removed.kind === 'ok' ? ok(json({ done: true })) : removed;
      },
    }),
  ];
}
