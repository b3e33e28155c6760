/** Tasks, plugins, dictionaries: the machine around the money. */
import { Type } from 'typebox';
import { ok, refused } from '../../../domain/errors.js';
import { heard } from '../../../domain/own-words.js';
import { redactText } from '../../../domain/sensitive.js';
import type { TaskRun } from '../../../tasks/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { askChange, PROPOSED } from './change-routes.js';
import { ReasonSchema } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts, DictionaryOnScreen, PluginInstance, PluginPackage } from './ports.js';
import {
  DictionaryAnswerSchema, DictionaryListSchema, DoneSchema, IdPath, InstanceAnswerSchema, NamePath, PluginListSchema, TaskChangeSchema, TaskListSchema, TaskRunListSchema,
} from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const DONE = { zh: '已完成', en: 'Done', schema: DoneSchema };
/** What a person scrolls through; the rest is in the database. */
const RUNS_SHOWN = 100;
const done = () => ok(json({ done: true }));

export function machineRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [...taskRoutes(ports), ...pluginRoutes(ports), ...dictionaryRoutes(ports)];
}

function taskRoutes({ tasks, audit, work }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/tasks', operationId: 'listTasks', summary: { zh: '任务', en: 'Tasks' }, access: 'readMachine',
      answers: { 200: { zh: '任务', en: 'Tasks', schema: TaskListSchema } }, errors: [],
      handle: async () => ok(json({ tasks: (await tasks.list()).map(({ name, rule, missed, enabled, running, next, last }) => ({ name, rule, missed, enabled, running, next: next?.toISOString(), last: last === undefined ? undefined : viewRun(last) })) })),
    }),
    own.route({
      method: 'GET', path: '/tasks/{name}/runs', operationId: 'listTaskRuns', summary: { zh: '运行记录', en: 'Runs of a task' }, access: 'readMachine', request: { params: NamePath },
      answers: { 200: { zh: '运行记录', en: 'Runs, newest first', schema: TaskRunListSchema } }, errors: [],
      handle: async ({ params }) => ok(json({ runs: (await tasks.listRuns({ task: params.name, limit: RUNS_SHOWN })).map(viewRun) })),
    }),
    own.route({
      method: 'POST', path: '/tasks/{name}/runs', operationId: 'runTask', summary: { zh: '立即运行', en: 'Run now' }, access: 'operate', request: { params: NamePath },
      answers: { 200: DONE }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params }, caller) {
        const run = await tasks.runNow(params.name);
        if (run.kind === 'refused') return run.reason === 'unknown' ? refused('NO_SUCH_ITEM') : refused('CONFLICT', run.reason === 'running' ? { zh: '该任务正在运行', en: 'it is running' } : { zh: '任务调度已停止', en: 'the scheduler is stopped' });
        await audit.record({ who: caller.login, what: 'task.run', object: `task ${params.name}` });
        void work.during({ kind: 'task', subject: params.name, by: caller.login, mayCancel: false }, async () => {
          await run.finished;
          const [last] = await tasks.listRuns({ task: params.name, limit: 1 });
          return last?.state === 'failed' ? refused('INTERNAL', last.result) : ok(last);
        }).catch(() => undefined);
        return done();
      },
    }),
    own.route({
      method: 'PATCH', path: '/tasks/{name}', operationId: 'changeTask', summary: { zh: '启用或停用', en: 'Switch a task on or off' }, access: 'operate', request: { params: NamePath, body: TaskChangeSchema },
      answers: { 200: DONE }, errors: ['NO_SUCH_ITEM'],
      async handle({ params, body }, caller) {
        if (!(await tasks.setEnabled(params.name, body.enabled))) return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: body.enabled ? 'task.enable' : 'task.disable', object: `task ${params.name}`, before: { enabled: !body.enabled }, after: body });
        return done();
      },
    }),
  ];
}

function pluginRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const answers = { 200: { zh: '实例', en: 'The instance', schema: InstanceAnswerSchema } };
  const { plugins, audit } = ports;
  const instanceOf = (id: string) => plugins.list().instances.find((instance) => instance.id === id);
  const stateOf = (id: string) => instanceOf(id)?.state;
  /** It was taken out of use, by a person or the configuration: that it takes money again is decided by two. A hospital adapter takes none. */
  const isOutOfUse = (id: string): boolean => {
    const instance = instanceOf(id);
    return instance !== undefined && instance.kind !== 'hospitalAdapter' && ['stopped', 'disabled'].includes(instance.state);
  };
  return [
    own.route({
      method: 'GET', path: '/plugins', operationId: 'listPlugins', summary: { zh: '插件', en: 'Plugin packages and instances' }, access: 'readMachine',
      answers: { 200: { zh: '插件', en: 'Plugins', schema: PluginListSchema } }, errors: [],
      handle() {
        const { packages, instances } = plugins.list();
        return ok(json({ packages: packages.map(viewPackage), instances: instances.map(viewInstance) }));
      },
    }),
    own.route({
      method: 'POST', path: '/plugins/instances/{id}/reload', operationId: 'reloadPlugin', summary: { zh: '重新加载', en: 'Reload without a restart' }, access: 'operate', request: { params: IdPath },
      answers, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params: { id } }, caller) {
        if (stateOf(id) === undefined) return refused('NO_SUCH_ITEM');
        if (isOutOfUse(id)) return refused('CONFLICT', { zh: '该实例已停用：请提交启动申请', en: 'it is out of use: propose to start it' });
        const result = await plugins.reload(id);
        await audit.record({ who: caller.login, what: 'plugin.reload', object: `plugin instance ${id}`, after: result.kind === 'kept' ? result : { state: result.instance.state, version: result.instance.version } });
        return result.kind === 'kept' ? refused('CONFLICT', { zh: redactText(`原程序继续运行：${heard(result.reason).zh}`), en: redactText(`the old code goes on: ${result.reason}`) }) : ok(json({ instance: viewInstance(result.instance) }));
      },
    }),
    own.route({
      method: 'POST', path: '/plugins/instances/{id}/deactivate', operationId: 'deactivatePlugin', summary: { zh: '停止（立即生效：紧急制动）', en: 'Stop an instance, at once: a brake asks nobody' },
      access: 'operate', request: { params: IdPath }, answers, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }, caller) {
        const before = stateOf(id);
        const instance = await plugins.deactivate(id);
        if (instance === undefined) return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: 'plugin.deactivate', object: `plugin instance ${id}`, before: { state: before }, after: { state: instance.state, reason: instance.reason } });
        return ok(json({ instance: viewInstance(instance) }));
      },
    }),
    own.route({
      method: 'POST', path: '/plugins/instances/{id}/activate', operationId: 'activatePlugin', summary: { zh: '启动；已停用的通道须由他人审批', en: 'Start an instance; a channel that is out of use only by the approval of another' },
      access: 'operate', request: { params: IdPath, query: Type.Object({ reason: Type.Optional(ReasonSchema) }, { additionalProperties: false }) }, answers: { ...answers, 202: PROPOSED }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED'],
      async handle({ params: { id }, query: { reason } }, caller) {
        const before = stateOf(id);
        if (isOutOfUse(id)) {
          if (reason === undefined) return refused('MALFORMED_REQUEST', { zh: '请填写原因，供审批人核对', en: 'reason: whoever approves it reads why' });
          return askChange(ports, { kind: 'instanceStart', content: { id }, reason, by: caller.login }, () => {
            const instance = instanceOf(id);
            return Promise.resolve(instance === undefined ? {} : { instance: viewInstance(instance) });
          });
        }
        const instance = await plugins.activate(id);
        if (instance === undefined) return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: 'plugin.activate', object: `plugin instance ${id}`, before: { state: before }, after: { state: instance.state, reason: instance.reason } });
        return ok(json({ instance: viewInstance(instance) }));
      },
    }),
  ];
}

function dictionaryRoutes({ dictionaries, audit }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/dictionaries', operationId: 'listDictionaries', summary: { zh: '字典缓存', en: 'Dictionaries and their age' }, access: 'readMachine',
      answers: { 200: { zh: '字典', en: 'Dictionaries', schema: DictionaryListSchema } }, errors: [],
      handle: async () => ok(json({ dictionaries: (await dictionaries.states()).map(viewDictionary) })),
    }),
    own.route({
      method: 'POST', path: '/dictionaries/{name}/reload', operationId: 'reloadDictionary', summary: { zh: '重新加载字典', en: 'Ask the HIS again' }, access: 'operate', request: { params: NamePath },
      answers: { 200: { zh: '字典', en: 'The dictionary', schema: DictionaryAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { name } }, caller) {
        const state = await dictionaries.reload(name);
        if (state === undefined) return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: 'dictionary.reload', object: `dictionary ${name}`, after: { entries: state.entries, stale: state.stale } });
        return ok(json({ dictionary: viewDictionary(state) }));
      },
    }),
  ];
}

function viewRun({ id, fireTime, state, cause, startedAt, finishedAt, result }: TaskRun) {
  return { id, fireTime: fireTime.toISOString(), state, cause, startedAt: startedAt?.toISOString(), finishedAt: finishedAt?.toISOString(), result };
}
function viewInstance({ id, plugin, version, kind, state, reason, since, inFlight }: PluginInstance) {
  return { id, plugin, version, kind, state, reason: reason === undefined ? undefined : heard(redactText(reason)), since, inFlight };
}
function viewPackage({ id, folder, version, title, refused: reason }: PluginPackage) {
  return { id, folder, version, titleZh: title?.zh, titleEn: title?.en, refused: reason === undefined ? undefined : heard(reason) };
}
function viewDictionary({ name, entries, loadedAt, ageSeconds, stale, problem }: DictionaryOnScreen) {
  return { name, entries, loadedAt: loadedAt?.toISOString(), ageSeconds, stale, problem: problem === undefined ? undefined : heard(redactText(problem)) };
}
