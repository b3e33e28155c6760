/** 脱敏数据查看: the plain value of one object, with a reason that is in the audit log before the value leaves. A write, so that no other page can ask for it and no value or number stands in an address. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { REVEAL_FIELDS } from '../../../reveals/ports.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { RevealedSchema, RevealRequestSchema } from './reveal-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function revealRoutes({ reveals }: Pick<ConsoleApiPorts, 'reveals'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'POST', path: '/reveals', operationId: 'reveal', summary: { zh: '查看脱敏数据（须填原因，先记审计日志）', en: 'The plain value of what is shown masked; the reason is in the audit log first' }, access: 'reveal', request: { body: RevealRequestSchema },
      answers: { 200: { zh: '明文', en: 'The values', schema: RevealedSchema } }, errors: ['NO_SUCH_ITEM', 'REVEAL_LIMIT_REACHED'],
      async handle({ body }, { login }) {
        const revealed = await reveals.reveal({ ...body, by: login });
        if (revealed.kind === 'refused') return revealed;
        const values = REVEAL_FIELDS.flatMap((field) => (revealed.value[field] === undefined ? [] : [{ field, value: revealed.value[field] }]));
        return ok(json({ values }));
      },
    }),
  ];
}
