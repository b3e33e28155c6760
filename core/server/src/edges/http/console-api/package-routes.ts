/** Plugin packages: looked at, installed, rolled back, removed, and whom the hospital trusts. Every change is in the audit log, the refused ones too. */
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { redactText } from '../../../domain/sensitive.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { HashPath, IdPath, InstalledPluginsSchema, InstallReportSchema, InstallSchema, ReceivedPackageSchema, RemovedPluginSchema, TrustListChangeSchema } from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const LARGEST_PACKAGE_BYTES = 32 * 1024 * 1024;
const LARGEST_TRUST_LIST_BYTES = 8 * 1024 * 1024;

export function packageRoutes({ packages, audit }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  /** Settings hold secrets: what is written down of a change is its result. */
  const recorded = async <Value extends object>(caller: ConsoleCaller, what: string, object: string, result: Outcome<Value>) => {
    await audit.record({ who: caller.login, what, object, after: result.kind === 'ok' ? { ...result.value } : { refused: result.code, detail: redactText(result.detail ?? '') } });
    return result.kind === 'ok' ? ok(json(result.value)) : refused(result.code, redactText(result.detail ?? ''));
  };
  return [
    own.route({
      method: 'GET', path: '/plugins/packages', operationId: 'listPackages', summary: { zh: '已安装的插件包与信任清单', en: 'Installed plugin packages and the trust list' }, access: 'read',
      answers: { 200: { zh: '插件包', en: 'Packages', schema: InstalledPluginsSchema } }, errors: [],
      handle: () => ok(json({ plugins: packages.list(), trustList: packages.trustList() })),
    }),
    own.rawRoute({
      method: 'POST', path: '/plugins/packages', operationId: 'receivePackage', summary: { zh: '上传插件包（.hpx）：验签并展示，不运行', en: 'Send a plugin package (.hpx): verified and shown, not run' }, access: 'operate',
      largestBodyBytes: LARGEST_PACKAGE_BYTES, answers: { 200: { zh: '插件包', en: 'The package', schema: ReceivedPackageSchema } }, errors: ['PLUGIN_REFUSED'],
      handle: async ({ body }, _params, caller) => recorded(caller, 'plugin.receive', 'plugin package', await packages.receive(body)),
    }),
    own.route({
      method: 'POST', path: '/plugins/packages/{hash}/install', operationId: 'installPackage', summary: { zh: '安装或升级：自检、连接测试、切换、排空旧版', en: 'Install or upgrade: quick run, connection test, route, drain the old' }, access: 'operate',
      request: { params: HashPath, body: InstallSchema }, answers: { 200: { zh: '结果', en: 'What was done', schema: InstallReportSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED'],
      handle: async ({ params: { hash }, body }, caller) => recorded(caller, 'plugin.install', `plugin package ${hash.slice(0, 16)}${body.instance === undefined ? '' : ` for ${body.instance}`}`, await packages.install({ hash, ...body })),
    }),
    own.route({
      method: 'POST', path: '/plugins/packages/{id}/rollback', operationId: 'rollBackPackage', summary: { zh: '回退到上一版本', en: 'Back to the version before' }, access: 'operate',
      request: { params: IdPath }, answers: { 200: { zh: '结果', en: 'What was done', schema: InstallReportSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED'],
      handle: async ({ params: { id } }, caller) => recorded(caller, 'plugin.rollBack', `plugin ${id}`, await packages.rollBack(id)),
    }),
    own.route({
      method: 'DELETE', path: '/plugins/packages/{id}', operationId: 'removePackage', summary: { zh: '卸载插件（有未了资金时拒绝）', en: 'Remove a plugin; refused while money is open through it' }, access: 'operate',
      request: { params: IdPath }, answers: { 200: { zh: '结果', en: 'What was removed', schema: RemovedPluginSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      handle: async ({ params: { id } }, caller) => recorded(caller, 'plugin.remove', `plugin ${id}`, await packages.remove(id)),
    }),
    own.rawRoute({
      method: 'PUT', path: '/plugins/trust-list', operationId: 'changeTrustList', summary: { zh: '更新信任清单（须由现有根密钥签名）', en: 'A newer trust list, signed by a root of the present one' }, access: 'operate',
      largestBodyBytes: LARGEST_TRUST_LIST_BYTES, answers: { 200: { zh: '结果', en: 'What changed', schema: TrustListChangeSchema } }, errors: ['PLUGIN_REFUSED'],
      handle: async ({ body }, _params, caller) => recorded(caller, 'plugin.trustList', 'trust list', await packages.changeTrustList(Buffer.from(body).toString('utf8'))),
    }),
  ];
}
