/** 参数管理: the configuration in force. What one value stands for is set here, by a change that others approve (变更审批); the rest in its file, or by changes of its own. It runs from the next start on. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { askChange } from './change-routes.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { ParameterAskedSchema, ParameterListSchema, ParameterWishSchema } from './parameter-schemas.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function parameterRoutes(ports: Pick<ConsoleApiPorts, 'parameters' | 'changes' | 'audit'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/parameters', operationId: 'listParameters', summary: { zh: '参数：生效值、默认值与来源；密钥只给指纹', en: 'Parameters: value in force, default, origin; of secrets a fingerprint' }, access: 'readMachine',
      answers: { 200: { zh: '参数', en: 'The parameters', schema: ParameterListSchema } }, errors: [],
      handle: async () => ok(json(await ports.parameters.list())),
    }),
    own.route({
      method: 'POST', path: '/parameters', operationId: 'setParameter', summary: { zh: '申请修改一项参数（不填 value 即恢复为配置文件的值），重启后生效', en: 'Propose another value of a parameter; without a value, the file’s. It runs from the next start on' }, access: 'operate', request: { body: ParameterWishSchema },
      answers: { 200: { zh: '已执行，重启后生效', en: 'Done; it runs from the next start on', schema: ParameterAskedSchema }, 202: { zh: '已提交变更申请，由他人审批', en: 'Proposed: others approve it', schema: ParameterAskedSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ body: { reason, ...content } }, { login }) {
        const asked = await askChange(ports, { kind: 'parameter', content, reason, by: login });
        if (asked.kind !== 'ok' || asked.value.kind !== 'json') return asked;
        const { status, value } = asked.value;
        return ok(json(status === 202 ? value : {}, status));
      },
    }),
  ];
}
