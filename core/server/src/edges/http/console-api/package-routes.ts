/** Plugin packages: looked at, and proposed to be installed, rolled back, removed; and whom the hospital trusts. Others approve; see changes. */
import { ok, retold, type Outcome } from '../../../domain/errors.js';
import { heard } from '../../../domain/own-words.js';
import { redactText } from '../../../domain/sensitive.js';
import { json } from '../http-kit/answer.js';
import { readFields, shapeReader } from '../http-kit/read-shape.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { askChange, PROPOSED } from './change-routes.js';
import { ReasonBody, ReasonQuery } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { HashPath, IdPath, InstalledPluginsSchema, InstallReportSchema, InstallSchema, ReceivedPackageSchema, RemovedPluginSchema, TrustListChangeSchema } from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const LARGEST_PACKAGE_BYTES = 32 * 1024 * 1024;
const LARGEST_TRUST_LIST_BYTES = 8 * 1024 * 1024;
const readReason = shapeReader<{ readonly reason: string }>(ReasonQuery, 'query');

export function packageRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const { packages, audit, work } = ports;
  const recorded = async <Value extends object>(caller: ConsoleCaller, what: string, object: string, result: Outcome<Value>) => {
    await audit.record({ who: caller.login, what, object, after: result.kind === 'ok' ? { ...result.value } : { refused: result.code, detail: redactText(result.detail ?? '') } });
    return result.kind === 'ok' ? ok(json(result.value)) : retold(result, redactText);
  };
  return [
    own.route({
      method: 'GET', path: '/plugins/packages', operationId: 'listPackages', summary: { zh: '已安装的插件包与信任清单', en: 'Installed plugin packages and the trust list' }, access: 'readMachine',
      answers: { 200: { zh: '插件包', en: 'Packages', schema: InstalledPluginsSchema } }, errors: [],
      handle: () => ok(json({ plugins: packages.list().map(({ refused: reason, ...plugin }) => ({ ...plugin, refused: reason === undefined ? undefined : heard(redactText(reason)) })), trustList: packages.trustList(), merchants: packages.merchants })),
    }),
    own.rawRoute({
      method: 'POST', path: '/plugins/packages', operationId: 'receivePackage', summary: { zh: '上传插件包（.hpx）：验签并展示，不运行', en: 'Send a plugin package (.hpx): verified and shown, not run' }, access: 'operate',
      largestBodyBytes: LARGEST_PACKAGE_BYTES, answers: { 200: { zh: '插件包', en: 'The package', schema: ReceivedPackageSchema } }, errors: ['PLUGIN_REFUSED'],
      handle: async ({ body }, _params, caller) => recorded(caller, 'plugin.receive', 'plugin package', await work.during({ kind: 'packageProof', subject: '', by: caller.login, mayCancel: false }, () => packages.receive(body))),
    }),
    own.route({
      method: 'POST', path: '/plugins/packages/{hash}/install', operationId: 'installPackage', summary: { zh: '申请安装或升级（他人审批后：自检、连接测试、切换、排空旧版）', en: 'Propose to install or upgrade: once approved, quick run, connection test, route, drain the old' }, access: 'operate',
      request: { params: HashPath, body: InstallSchema }, answers: { 200: { zh: '结果', en: 'What was done', schema: InstallReportSchema }, 202: PROPOSED }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED'],
      handle: ({ params: { hash }, body: { reason, ...request } }, { login }) => askChange(ports, { kind: 'pluginInstall', content: { hash, ...request }, reason, by: login }),
    }),
    own.route({
      method: 'POST', path: '/plugins/packages/{id}/rollback', operationId: 'rollBackPackage', summary: { zh: '申请回退到上一版本', en: 'Propose to go back to the version before' }, access: 'operate',
      request: { params: IdPath, body: ReasonBody }, answers: { 200: { zh: '结果', en: 'What was done', schema: InstallReportSchema }, 202: PROPOSED }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED'],
      handle: ({ params: { id }, body: { reason } }, { login }) => askChange(ports, { kind: 'pluginRollBack', content: { id }, reason, by: login }),
    }),
    own.route({
      method: 'DELETE', path: '/plugins/packages/{id}', operationId: 'removePackage', summary: { zh: '申请卸载插件（有未了资金时拒绝）', en: 'Propose to remove a plugin; refused while money is open through it' }, access: 'operate',
      request: { params: IdPath, query: ReasonQuery }, answers: { 200: { zh: '结果', en: 'What was removed', schema: RemovedPluginSchema }, 202: PROPOSED }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      handle: ({ params: { id }, query: { reason } }, { login }) => askChange(ports, { kind: 'pluginRemove', content: { id }, reason, by: login }),
    }),
    own.rawRoute({
      method: 'PUT', path: '/plugins/trust-list', operationId: 'changeTrustList', summary: { zh: '申请更新信任清单（须由现有根密钥签名；?reason= 说明原因）', en: 'Propose a newer trust list, signed by a root of the present one; ?reason= says why' }, access: 'operate',
      largestBodyBytes: LARGEST_TRUST_LIST_BYTES, answers: { 200: { zh: '结果', en: 'What changed', schema: TrustListChangeSchema }, 202: PROPOSED }, errors: ['PLUGIN_REFUSED', 'CONFLICT'],
      async handle({ body, query }, _params, { login }) {
        const fields = readFields(query, ReasonQuery);
        const read = fields.kind === 'ok' ? readReason(fields.value) : fields;
        return read.kind === 'refused' ? read : askChange(ports, { kind: 'trustList', content: { text: Buffer.from(body).toString('utf8') }, reason: read.value.reason, by: login });
      },
    }),
  ];
}
