/** 安装位置: where terminals stand, for the map of them (终端分布). */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { PositionChangeSchema, PositionListSchema } from './position-schemas.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema } from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function positionRoutes({ positions }: Pick<ConsoleApiPorts, 'positions'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/terminal-positions', operationId: 'listTerminalPositions', summary: { zh: '终端安装位置', en: 'Where terminals stand' }, access: 'readMachine',
      answers: { 200: { zh: '已标注的安装位置', en: 'Positions that are written down', schema: PositionListSchema } }, errors: [],
      handle: async () => ok(json({ positions: await positions.list() })),
    }),
    own.route({
      method: 'PUT', path: '/terminal-positions', operationId: 'putTerminalPositions', summary: { zh: '标注安装位置（可多台）；不带位置则清除', en: 'Write down where terminals stand; without a position it is forgotten' }, access: 'operate', request: { body: PositionChangeSchema },
      answers: { 200: { zh: '已完成', en: 'Done', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ body }, caller) {
        const put = await positions.put({ terminals: body.terminals, position: body.position, by: caller.login });
        return put.kind === 'ok' ? ok(json({ done: true })) : put;
      },
    }),
  ];
}
