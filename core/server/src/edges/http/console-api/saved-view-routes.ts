/** 保存的视图: each user's own, by the session and no other name, and what others share with him. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { NewSavedViewSchema, SavedViewAnswerSchema, SavedViewChangeSchema, SavedViewListSchema, SavedViewPath, SharedViewListSchema, ShareSchema } from './saved-view-schemas.js';
import { DoneSchema } from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const VIEW = { zh: '视图', en: 'The view', schema: SavedViewAnswerSchema };

export function savedViewRoutes({ savedViews }: Pick<ConsoleApiPorts, 'savedViews'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/saved-views', operationId: 'listSavedViews', summary: { zh: '本人保存的视图，及他人共享的', en: 'The caller’s saved views, and what others share with him' }, access: 'session',
      answers: { 200: { zh: '视图', en: 'Views, by list and name', schema: SavedViewListSchema } }, errors: [],
      handle: async (_request, caller) => ok(json({ views: await savedViews.list(caller.userId), shared: await savedViews.listSharedWith(caller) })),
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
      answers: { 200: VIEW }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'NOT_PERMITTED'],
      async handle({ params, body }, caller) {
        const changed = await savedViews.change(caller, Number(params.id), body);
        return changed.kind === 'ok' ? ok(json({ view: changed.value })) : changed;
      },
    }),
    own.route({
      method: 'DELETE', path: '/saved-views/{id}', operationId: 'removeSavedView', summary: { zh: '删除视图', en: 'Remove a view' }, access: 'session', request: { params: SavedViewPath },
      answers: { 200: { zh: '已删除', en: 'Removed', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM', 'NOT_PERMITTED'],
      async handle({ params }, caller) {
        const removed = await savedViews.remove(caller, Number(params.id));
        return removed.kind === 'ok' ? ok(json({ done: true })) : removed;
      },
    }),
    own.route({
      method: 'PUT', path: '/saved-views/{id}/share', operationId: 'shareSavedView', summary: { zh: '共享本人的视图：给本人的一个角色，或可打开该列表的所有人', en: 'Share one’s own view with a role one has, or with everybody who may open its list' }, access: 'session', request: { params: SavedViewPath, body: ShareSchema },
      answers: { 200: VIEW }, errors: ['NO_SUCH_ITEM', 'NOT_PERMITTED'],
      async handle({ params, body }, caller) {
        const shared = await savedViews.share(caller, Number(params.id), body.with);
        return shared.kind === 'ok' ? ok(json({ view: shared.value })) : shared;
      },
    }),
    own.route({
      method: 'DELETE', path: '/saved-views/{id}/share', operationId: 'withdrawSavedView', summary: { zh: '撤回共享（视图所有人，或有用户管理权的管理员）；视图仍归其所有人', en: 'Share it no more: by its owner, or by whoever keeps the accounts. The view stays its owner’s' }, access: 'session', request: { params: SavedViewPath },
      answers: { 200: { zh: '已撤回', en: 'Withdrawn', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM', 'NOT_PERMITTED'],
      async handle({ params }, caller) {
        const withdrawn = await savedViews.withdraw(caller, Number(params.id));
        return withdrawn.kind === 'ok' ? ok(json({ done: true })) : withdrawn;
      },
    }),
    own.route({
      method: 'GET', path: '/shared-views', operationId: 'listSharedViews', summary: { zh: '全部共享的视图（管理用户者据此撤回）', en: 'Every view that is shared, for whoever keeps the accounts' }, access: 'manageUsers',
      answers: { 200: { zh: '共享的视图', en: 'Shared views, by list and name', schema: SharedViewListSchema } }, errors: [],
      handle: async () => ok(json({ shared: await savedViews.listShared() })),
    }),
  ];
}
