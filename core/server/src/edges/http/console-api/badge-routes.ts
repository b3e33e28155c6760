/** 菜单角标: how much of each area waits for the one who is signed in. Each count for whoever has the right of its work; of money nothing is counted for one who may not read it. */
import { Type } from 'typebox';
import { ok } from '../../../domain/errors.js';
import type { Right } from '../../../users/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const Count = Type.Integer({ minimum: 0 });
const CHANGES_LOOKED_AT = 200;

const BadgesSchema = Type.Object(
  {
    approvals: Type.Object({ refunds: Count, payouts: Count, settlements: Count, prepayment: Count, transfers: Count, changes: Count }, { additionalProperties: false, description: '待本人审批，不含本人提出或已审批的 / What waits for the caller; never his own' }),
    cases: Count, users: Type.Integer({ minimum: 0, description: '待分配角色，或（三员分立时）待发放设置码的账号 / Accounts without roles; where duties are separated, also those that need a code for their second factor' }),
    certificates: Type.Integer({ minimum: 0, description: '证书与密钥的一、二级告警 / Alarms of keys and certificates' }), terminals: Type.Integer({ minimum: 0, description: '等待批准的终端 / Terminals that wait for approval' }), tasks: Type.Integer({ minimum: 0, description: '上次失败或中断的任务 / Tasks whose last run failed' }),
    alarms: Type.Integer({ minimum: 0, description: '未恢复的告警（一、二级） / Open alarms of the two upper severities' }),
  },
  { additionalProperties: false, title: 'Badges' },
);

type BadgePorts = Pick<ConsoleApiPorts, 'money' | 'changes' | 'alarms' | 'accountWatch' | 'certificates' | 'terminals' | 'tasks' | 'clock'>;
const NO_MONEY = { refunds: 0, payouts: 0, settlements: 0, prepayment: 0, transfers: 0, cases: 0 };

export function badgeRoutes({ money, changes, alarms, accountWatch, certificates, terminals, tasks, clock }: BadgePorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/badges', operationId: 'readBadges', summary: { zh: '菜单角标：待我处理的事项、未结差错、告警；无权查看的一律为 0', en: 'What waits: for the caller’s decision and work, open cases, alarms; of what he may not see nothing' }, access: 'readMachine', request: {},
      answers: { 200: { zh: '数量', en: 'The counts', schema: BadgesSchema } }, errors: [],
      async handle(_request, { login, rights }) {
        const now = clock.now();
        const has = (right: Right): boolean => rights.includes(right);
        const countIf = (right: Right, count: () => Promise<number>): Promise<number> => (has(right) ? count() : Promise.resolve(0));
        const [{ cases, ...waiting }, proposals, problems, ...work] = await Promise.all([
          has('read') ? money.countWaiting({ login, now }) : NO_MONEY, changes.list({ limit: CHANGES_LOOKED_AT }), alarms.problems(), countIf('assignRoles', () => accountWatch.countWaiting()),
          countIf('operate', async () => (await certificates.openAlarms()).filter(({ severity }) => severity < 3).length), countIf('operate', () => Promise.resolve(terminals.enrolment.waiting().length)),
          countIf('operate', async () => (await tasks.list()).filter(({ last }) => last?.state === 'failed' || last?.state === 'interrupted').length),
        ]);
        const mine = (right: Right, count: number): number => (has(right) ? count : 0);
        const [users, certificateAlarms, waitingTerminals, failedTasks] = work;
        const changesOpen = proposals.changes.filter(({ state, proposedBy, firstApprovedBy, expiresAt }) => (state === 'proposed' || state === 'firstApproved') && proposedBy !== login && firstApprovedBy !== login && expiresAt > now.toISOString());
        return ok(json({
          approvals: {
            refunds: mine('refund', waiting.refunds), payouts: mine('approvePayout', waiting.payouts), settlements: mine('approvePayout', waiting.settlements), prepayment: mine('refund', waiting.prepayment), transfers: mine('refund', waiting.transfers),
            changes: mine('approveChange', changesOpen.length),
          },
          cases, users, certificates: certificateAlarms, terminals: waitingTerminals, tasks: failedTasks, alarms: problems.filter(({ severity }) => severity < 3).length,
        }));
      },
    }),
  ];
}
