/** 参数管理: the configuration in force, for reading. It is changed in its file; what of it decides about money runs once two persons have approved it (变更审批). */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { ParameterListSchema } from './parameter-schemas.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function parameterRoutes({ parameters }: Pick<ConsoleApiPorts, 'parameters'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/parameters', operationId: 'listParameters', summary: { zh: '参数：生效值、默认值与来源；密钥只给指纹', en: 'Parameters: value in force, default, origin; of secrets a fingerprint' }, access: 'readMachine',
      answers: { 200: { zh: '参数', en: 'The parameters', schema: ParameterListSchema } }, errors: [],
      handle: async () => ok(json(await parameters.list())),
    }),
  ];
}
