/** 到账: what channels and deposits owe the hospital's accounts, what came, and who says that the two belong together. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ArrivalAssignmentSchema, ArrivalListSchema, ArrivalRunSchema, ArrivalSchema } from './arrival-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function arrivalRoutes({ arrivals }: Pick<ConsoleApiPorts, 'arrivals'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/arrivals', operationId: 'listArrivals', summary: { zh: '应到款、未认领来款与最近到账', en: 'What is expected, what came unexplained, and the newest arrivals' }, access: 'read', request: {},
      answers: { 200: { zh: '到账情况', en: 'The arrivals', schema: ArrivalListSchema } }, errors: [],
      handle: async () => ok(json(await arrivals.listArrivals())),
    }),
    own.route({
      method: 'POST', path: '/arrivals/runs', operationId: 'matchArrivals', summary: { zh: '立即核对到账', en: 'Match now what can be matched; repeating it is harmless' }, access: 'refund', request: {},
      answers: { 200: { zh: '核对结果', en: 'What it did', schema: ArrivalRunSchema } }, errors: [],
      handle: async () => ok(json({ told: await arrivals.matchDue() })),
    }),
    own.route({
      method: 'POST', path: '/arrivals', operationId: 'assignArrival', summary: { zh: '认领来款：流水与应到款逐笔核对，差额挂账', en: 'Say which lines pay which days, as they were shown; what differs hangs under a case' }, access: 'refund', request: { body: ArrivalAssignmentSchema },
      answers: { 200: { zh: '到账', en: 'The arrival', schema: ArrivalSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ body }, { login }) {
        const assigned = await arrivals.assign({ ...body, by: login });
        return assigned.kind === 'ok' ? ok(json(assigned.value)) : assigned;
      },
    }),
  ];
}
