/** 菜单角标: how much of each area waits for the one who is signed in. */
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
    cases: Count, alarms: Type.Integer({ minimum: 0, description: '未恢复的告警（一、二级） / Open alarms of the two upper severities' }),
  },
  { additionalProperties: false, title: 'Badges' },
);

export function badgeRoutes({ money, changes, alarms, clock }: Pick<ConsoleApiPorts, 'money' | 'changes' | 'alarms' | 'clock'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/badges', operationId: 'readBadges', summary: { zh: '菜单角标：待我审批、未结差错、告警', en: 'What waits: approvals for the caller, open cases, alarms' }, access: 'read', request: {},
      answers: { 200: { zh: '数量', en: 'The counts', schema: BadgesSchema } }, errors: [],
      async handle(_request, { login, rights }) {
        const now = clock.now();
        const [{ cases, ...waiting }, proposals, problems] = await Promise.all([money.countWaiting({ login, now }), changes.list({ limit: CHANGES_LOOKED_AT }), alarms.problems()]);
        const mine = (right: Right, count: number): number => (rights.includes(right) ? count : 0);
        const changesOpen = proposals.changes.filter(({ state, proposedBy, firstApprovedBy, expiresAt }) => (state === 'proposed' || state === 'firstApproved') && proposedBy !== login && firstApprovedBy !== login && expiresAt > now.toISOString());
        return ok(json({
          approvals: {
            refunds: mine('refund', waiting.refunds), payouts: mine('approvePayout', waiting.payouts), settlements: mine('approvePayout', waiting.settlements), prepayment: mine('refund', waiting.prepayment), transfers: mine('refund', waiting.transfers),
            changes: mine('approveChange', changesOpen.length),
          },
          cases, alarms: problems.filter(({ severity }) => severity < 3).length,
        }));
      },
    }),
  ];
}
