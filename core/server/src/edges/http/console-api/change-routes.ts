/** 变更审批: what decides where money goes is proposed by one person and made by the approval of others. */
import type { ChangeAnswer, ChangeAsked } from '../../../changes/ports.js';
import { ok, refused, retold, type Outcome } from '../../../domain/errors.js';
import { redactText } from '../../../domain/sensitive.js';
import { json, type Answer } from '../http-kit/answer.js';
import { viewRefusal } from '../http-kit/error-answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ChangeDecisionSchema, ChangeDecisionsSchema, ChangeListSchema, ChangePath, ChangeResultsSchema, ChangeSchema, ProposedChangeSchema } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const CHANGE = { zh: '变更单', en: 'The change', schema: ChangeSchema };
const SHOWN = 100;

/** What a route says that only asks for a change. */
export const PROPOSED = { zh: '已提交变更申请，由他人审批后执行', en: 'Proposed: nothing is changed before others approve it', schema: ProposedChangeSchema };

/** Asks for a change: 200 with what was done while there is nobody to approve it, else 202 with the proposal. What is refused is written down, too. `view`: how what was done is shown. */
export async function askChange({ changes, audit }: Pick<ConsoleApiPorts, 'changes' | 'audit'>, asked: ChangeAsked, view: (result: object) => Promise<object> = (result) => Promise.resolve(result)): Promise<Outcome<Answer>> {
  const answered: Outcome<ChangeAnswer> = await changes.request(asked);
  if (answered.kind === 'ok') return ok(answered.value.result === undefined ? json({ change: answered.value.change }, 202) : json(await view(answered.value.result)));
  const told = retold(answered, redactText);
  await audit.record({ who: asked.by, what: 'change.notProposed', object: `change of the kind ${asked.kind}`, after: { refused: told.code, detail: told.detail ?? '' } });
  return told;
}

export function changeRoutes({ changes }: Pick<ConsoleApiPorts, 'changes'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/changes', operationId: 'listChanges', summary: { zh: '变更单（插件、密钥、路由与通道配置）', en: 'Changes of plugins, keys, routing and channels, open ones first' }, access: 'readMachine', request: {},
      answers: { 200: { zh: '变更单', en: 'The changes', schema: ChangeListSchema } }, errors: [],
      handle: async () => ok(json(await changes.list({ limit: SHOWN }))),
    }),
    own.route({
      method: 'POST', path: '/changes/{changeNo}/decisions', operationId: 'decideChange', summary: { zh: '审批变更（须由他人）；最后一级同意即执行', en: 'Approve or refuse a change; never one’s own proposal. The last approval makes it' }, access: 'approveChange',
      request: { params: ChangePath, body: ChangeDecisionSchema }, answers: { 200: CHANGE }, errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT', 'PLUGIN_REFUSED', 'UPDATE_REFUSED'],
      async handle({ params: { changeNo }, body: { hash, decision, reason } }, { login }) {
        const [result] = await changes.decide({ changes: [{ changeNo, hash }], isApproved: decision === 'approve', reason, by: login });
        if (result?.change === undefined) return retold(result?.refused ?? refused('NO_SUCH_ITEM'), redactText);
        return ok(json(result.change));
      },
    }),
    own.route({
      method: 'POST', path: '/changes/decisions', operationId: 'decideChanges', summary: { zh: '批量审批变更（逐单核对，须由他人）', en: 'Approve or refuse several changes, each for itself; never one’s own' }, access: 'approveChange',
      request: { body: ChangeDecisionsSchema }, answers: { 200: { zh: '逐单结果', en: 'What became of each', schema: ChangeResultsSchema } }, errors: [],
      async handle({ body: { changes: shown, decision, reason } }, { login }) {
        const results = await changes.decide({ changes: shown, isApproved: decision === 'approve', reason, by: login });
        return ok(json({ results: results.map(({ changeNo, change, refused: why }) => ({ changeNo, change, ...(why === undefined ? {} : { error: viewRefusal(retold(why, redactText)) }) })) }));
      },
    }),
    own.route({
      method: 'POST', path: '/changes/{changeNo}/carry-out', operationId: 'carryOutChange', summary: { zh: '补执行已批准的变更（当时中断）', en: 'Make an approved change that was cut off' }, access: 'approveChange', request: { params: ChangePath },
      answers: { 200: CHANGE }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED', 'UPDATE_REFUSED'],
      async handle({ params: { changeNo } }, { login }) {
        const made = await changes.carryOut({ changeNo, by: login });
        return made.kind === 'ok' ? ok(json(made.value)) : retold(made, redactText);
      },
    }),
  ];
}
