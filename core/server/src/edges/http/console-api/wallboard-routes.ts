/** 监控大屏: the board itself, by a token that reads nothing else, and the screens that have one. */
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { Display, DisplayDesk } from '../../../wallboard/ports.js';
import { json } from '../http-kit/answer.js';
import type { HttpRequest } from '../http-kit/http-request.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DisplayAddedSchema, DisplayAnswerSchema, DisplayListSchema, DisplayPath, NewDisplaySchema, WallboardSchema } from './wallboard-schemas.js';

export const DISPLAY_HEADER = 'x-display-token';
const own = routesFor<ConsoleAccess, ConsoleCaller>();
const shown = routesFor<'display', Display>();

export function authenticateDisplay(displays: Pick<DisplayDesk, 'letIn'>, { headers, address }: HttpRequest): Promise<Outcome<Display>> {
  const token = headers[DISPLAY_HEADER];
  return token === undefined || !/^[\w-]{20,64}$/.test(token) ? Promise.resolve(refused('NOT_SIGNED_IN', { zh: `请求头 ${DISPLAY_HEADER} 须为大屏终端令牌`, en: `header ${DISPLAY_HEADER}: a display token` })) : displays.letIn({ token, address });
}

export function wallboardRoutes({ wallboard, hospitalName }: Pick<ConsoleApiPorts, 'wallboard' | 'hospitalName'>): Route<'display', Display>[] {
  return [
    shown.route({
      method: 'GET', path: '/wallboard', operationId: 'readWallboard', summary: { zh: '监控大屏', en: 'The wallboard' }, access: 'display',
      answers: { 200: { zh: '大屏数据，逐块附数据时间', en: 'Its tiles, each with the time it was read', schema: WallboardSchema } }, errors: [],
      async handle() {
        const { now, his, money, channels, open, terminals, cases, reconciliation, alarms, machine } = await wallboard.read();
        return ok(json({
          hospital: hospitalName, now: now.toISOString(), money: view(money), channels: view(channels), open: view(open), terminals: view(terminals), cases: view(cases), his: view(his), reconciliation: view(reconciliation),
          alarms: alarms && { ...view(alarms), value: { ...alarms.value, worst: alarms.value.worst.map((row) => ({ ...row, raisedAt: row.raisedAt.toISOString() })) } },
          machine: machine && { ...view(machine), value: { ...machine.value, backupProvedAt: machine.value.backupProvedAt?.toISOString() } },
        }));
      },
    }),
  ];
}

export function displayRoutes({ displays }: Pick<ConsoleApiPorts, 'displays'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/displays', operationId: 'listDisplays', summary: { zh: '大屏终端', en: 'Screens that may show the wallboard' }, access: 'operate',
      answers: { 200: { zh: '大屏终端', en: 'Screens, newest first', schema: DisplayListSchema } }, errors: [],
      handle: async () => ok(json({ displays: (await displays.list()).map(viewDisplay) })),
    }),
    own.route({
      method: 'POST', path: '/displays', operationId: 'addDisplay', summary: { zh: '新增大屏（令牌只显示一次）', en: 'Let a screen show the wallboard; its token is told once' }, access: 'operate', request: { body: NewDisplaySchema },
      answers: { 200: { zh: '大屏终端与令牌', en: 'The screen and its token', schema: DisplayAddedSchema } }, errors: [],
      async handle({ body }, caller) {
        const { display, token } = await displays.add({ ...body, by: caller.login });
        return ok(json({ display: viewDisplay(display), token }));
      },
    }),
    own.route({
      method: 'DELETE', path: '/displays/{id}', operationId: 'withdrawDisplay', summary: { zh: '收回大屏令牌', en: 'Withdraw the token of a screen' }, access: 'operate', request: { params: DisplayPath },
      answers: { 200: { zh: '已收回', en: 'Withdrawn', schema: DisplayAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, caller) {
        const withdrawn = await displays.withdraw({ id: Number(params.id), by: caller.login });
        return withdrawn.kind === 'ok' ? ok(json({ display: viewDisplay(withdrawn.value) })) : withdrawn;
      },
    }),
  ];
}

function view<Value>(tile: { readonly at: Date; readonly everySeconds: number; readonly value: Value } | undefined) {
  return tile && { ...tile, at: tile.at.toISOString() };
}
function viewDisplay({ createdAt, withdrawnAt, lastSeenAt, ...display }: Display) {
  return { ...display, createdAt: createdAt.toISOString(), withdrawnAt: withdrawnAt?.toISOString(), lastSeenAt: lastSeenAt?.toISOString() };
}
