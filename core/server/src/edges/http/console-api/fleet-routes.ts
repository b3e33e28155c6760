/** What terminals are told: groups, configuration, notices. */
import { ok, refused } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema, IdPath } from './schemas.js';
import { viewLayer, viewNotice } from './terminal-on-screen.js';
import {
  EffectiveSchema, GroupAnswerSchema, GroupListSchema, GroupTitleSchema, LayerAnswerSchema, LayerChangeSchema, LayerListSchema, LayerPreviewSchema, NewGroupSchema, NewNoticeSchema, NoticeAnswerSchema, NoticeListSchema, NoticePath,
  WithdrawalSchema,
} from './terminal-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function fleetRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [...groupRoutes(ports), ...configurationRoutes(ports), ...noticeRoutes(ports)];
}

function groupRoutes({ fleet: { groups, configuration } }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/terminal-groups', operationId: 'listTerminalGroups', summary: { zh: '终端分组', en: 'Groups of terminals' }, access: 'readMachine',
      answers: { 200: { zh: '终端分组', en: 'Groups', schema: GroupListSchema } }, errors: [],
      handle: async () => ok(json({ groups: await groups.list() })),
    }),
    own.route({
      method: 'POST', path: '/terminal-groups', operationId: 'addTerminalGroup', summary: { zh: '新建分组', en: 'Add a group' }, access: 'operate', request: { body: NewGroupSchema },
      answers: { 200: { zh: '分组', en: 'The group', schema: GroupAnswerSchema } }, errors: ['GROUP_ID_TAKEN'],
      async handle({ body }, caller) {
        const added = await groups.add(body, caller.login);
        return added.kind === 'refused' ? added : ok(json({ group: added.value }));
      },
    }),
    own.route({
      method: 'PATCH', path: '/terminal-groups/{id}', operationId: 'renameTerminalGroup', summary: { zh: '修改分组名称', en: 'Rename a group' }, access: 'operate', request: { params: IdPath, body: GroupTitleSchema },
      answers: { 200: { zh: '分组', en: 'The group', schema: GroupAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params, body }, caller) {
        const renamed = await groups.rename({ id: params.id, title: body.title }, caller.login);
        return renamed.kind === 'refused' ? refused('NO_SUCH_ITEM') : ok(json({ group: renamed.value }));
      },
    }),
    own.route({
      method: 'DELETE', path: '/terminal-groups/{id}', operationId: 'removeTerminalGroup', summary: { zh: '删除空分组', en: 'Remove a group nothing belongs to' }, access: 'operate', request: { params: IdPath },
      answers: { 200: { zh: '已删除', en: 'Removed', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM', 'GROUP_IN_USE'],
      async handle({ params }, caller) {
        const removed = await groups.remove(params.id, caller.login);
        if (removed.kind === 'refused') return removed;
        await configuration.groupRemoved();
        return ok(json({ done: true }));
      },
    }),
  ];
}

function configurationRoutes({ terminals, fleet: { configuration } }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/terminal-configurations', operationId: 'listTerminalConfigurations', summary: { zh: '终端配置（默认、分组、终端三层）', en: 'Configuration of terminals, layer by layer' }, access: 'readMachine',
      answers: { 200: { zh: '配置', en: 'Layers', schema: LayerListSchema } }, errors: [],
      handle: () => ok(json({ layers: configuration.layers().map(viewLayer) })),
    }),
    own.route({
      method: 'PUT', path: '/terminal-configurations', operationId: 'changeTerminalConfiguration', summary: { zh: '修改一层配置', en: 'Change one layer' }, access: 'operate', request: { body: LayerChangeSchema },
      answers: { 200: { zh: '该层配置', en: 'The layer', schema: LayerAnswerSchema } }, errors: ['CONFIGURATION_REFUSED', 'NO_SUCH_ITEM', 'CONFIGURATION_CHANGED'],
      async handle({ body }, caller) {
        const changed = await configuration.change({ ...body, by: caller.login });
        return changed.kind === 'refused' ? changed : ok(json({ layer: viewLayer(changed.value) }));
      },
    }),
    own.route({
      method: 'POST', path: '/terminal-configurations/preview', operationId: 'previewTerminalConfiguration', summary: { zh: '预览修改：逐项差异和受影响的终端，不保存', en: 'What a change would come to, nothing is saved' }, access: 'operate', request: { body: LayerChangeSchema },
      answers: { 200: { zh: '差异', en: 'The differences', schema: LayerPreviewSchema } }, errors: ['CONFIGURATION_REFUSED', 'NO_SUCH_ITEM', 'CONFIGURATION_CHANGED'],
      async handle({ body }) {
        const active = (await terminals.list()).filter(({ status }) => status === 'active').map(({ id, group }) => ({ deviceId: id, group }));
        const preview = await configuration.preview(body, active);
        return preview.kind === 'refused' ? preview : ok(json(preview.value));
      },
    }),
    own.route({
      method: 'GET', path: '/terminals/{id}/configuration', operationId: 'readTerminalConfiguration', summary: { zh: '合并后的期望配置', en: 'What the terminal is to have, merged' }, access: 'readMachine', request: { params: IdPath },
      answers: { 200: { zh: '期望配置', en: 'The merged configuration', schema: EffectiveSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }) {
        const terminal = (await terminals.list()).find((one) => one.id === id);
        if (terminal === undefined) return refused('NO_SUCH_ITEM');
        const { version, hash, document } = configuration.desiredOf({ deviceId: id, group: terminal.group }) ?? {};
        return ok(json({ version, hash, document, values: configuration.explain({ deviceId: id, group: terminal.group }) }));
      },
    }),
  ];
}

function noticeRoutes({ fleet: { notices }, clock }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/terminal-notices', operationId: 'listTerminalNotices', summary: { zh: '终端通知', en: 'Notices to terminals, newest first' }, access: 'readMachine',
      answers: { 200: { zh: '通知', en: 'Notices', schema: NoticeListSchema } }, errors: [],
      handle: async () => ok(json({ notices: (await notices.list()).map((notice) => viewNotice(notice, clock.now())) })),
    }),
    own.route({
      method: 'POST', path: '/terminal-notices', operationId: 'issueTerminalNotice', summary: { zh: '发布通知', en: 'Issue a notice' }, access: 'operate', request: { body: NewNoticeSchema },
      answers: { 200: { zh: '通知', en: 'The notice', schema: NoticeAnswerSchema } }, errors: ['NO_SUCH_ITEM', 'NOTICE_TIME_WRONG', 'TOO_MANY_NOTICES'],
      async handle({ body: { en, validFrom, validUntil, ...body } }, caller) {
        const issued = await notices.issue({ ...body, en, validFrom: new Date(validFrom), validUntil: new Date(validUntil) }, caller.login);
        return issued.kind === 'refused' ? issued : ok(json({ notice: viewNotice(issued.value, clock.now()) }));
      },
    }),
    own.route({
      method: 'POST', path: '/terminal-notices/{noticeId}/withdraw', operationId: 'withdrawTerminalNotice', summary: { zh: '撤回通知', en: 'Withdraw a notice' }, access: 'operate', request: { params: NoticePath, body: WithdrawalSchema },
      answers: { 200: { zh: '通知', en: 'The notice', schema: NoticeAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params, body }, caller) {
        const withdrawn = await notices.withdraw(params.noticeId, { by: caller.login, reason: body.reason });
        return withdrawn.kind === 'refused' ? refused('NO_SUCH_ITEM') : ok(json({ notice: viewNotice(withdrawn.value, clock.now()) }));
      },
    }),
  ];
}
