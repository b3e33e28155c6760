/** 快捷支付 for the hospital's people: bound cards with their history, unbinding in a holder's name, payment passwords that are locked. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { AgreementListSchema, AgreementPath, AgreementQuery, AgreementSchema, LockedPasswordListSchema, LockedPasswordSchema, LockPath, UnbindingSchema, UnlockSchema } from './quick-pay-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const AGREEMENT = { zh: '签约', en: 'The agreement', schema: AgreementSchema };

export function quickPayRoutes({ quickPay }: Pick<ConsoleApiPorts, 'quickPay'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/quick-pay/agreements', operationId: 'listCardAgreements', summary: { zh: '快捷支付签约（最近一百笔，可按签约号、用户号、卡尾号、状态查）', en: 'Bound cards, the newest hundred, by number, user, last four digits or state' }, access: 'read', request: { query: AgreementQuery },
      answers: { 200: { zh: '签约', en: 'The agreements', schema: AgreementListSchema } }, errors: [],
      handle: async ({ query }) => ok(json({ agreements: await quickPay.searchAgreements(query) })),
    }),
    own.route({
      method: 'GET', path: '/quick-pay/agreements/{agreementNo}', operationId: 'readCardAgreement', summary: { zh: '一笔签约及其经过', en: 'One agreement with all that happened to it' }, access: 'read', request: { params: AgreementPath }, answers: { 200: AGREEMENT }, errors: ['AGREEMENT_NOT_FOUND'],
      async handle({ params }) {
        const found = await quickPay.readAgreement(params);
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    own.route({
      method: 'POST', path: '/quick-pay/agreements/{agreementNo}/unbindings', operationId: 'unbindCardForHolder', summary: { zh: '代持卡人解约（须填原因，留审计记录）', en: 'Unbind in the holder’s name, with a reason; audited' }, access: 'refund', request: { params: AgreementPath, body: UnbindingSchema }, answers: { 200: AGREEMENT },
      errors: ['AGREEMENT_NOT_FOUND', 'CONFLICT'],
      async handle({ params, body }, { login }) {
        const unbound = await quickPay.unbindForHolder({ ...params, ...body, by: login });
        return unbound.kind === 'ok' ? ok(json(unbound.value)) : unbound;
      },
    }),
    own.route({
      method: 'GET', path: '/quick-pay/locked-passwords', operationId: 'listLockedPasswords', summary: { zh: '已锁定的支付密码', en: 'Payment passwords that are locked now' }, access: 'read', answers: { 200: { zh: '已锁定的支付密码', en: 'The locks', schema: LockedPasswordListSchema } }, errors: [],
      handle: async () => ok(json({ locked: await quickPay.listLockedPasswords() })),
    }),
    own.route({
      method: 'POST', path: '/quick-pay/locked-passwords/{lockNo}/unlocks', operationId: 'unlockPaymentPassword', summary: { zh: '解锁支付密码（须填原因；错误次数不清零）', en: 'Unlock a payment password, with a reason; failures stay counted' }, access: 'refund', request: { params: LockPath, body: UnlockSchema },
      answers: { 200: { zh: '解锁前的状态', en: 'What it was', schema: LockedPasswordSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params, body }, { login }) {
        const unlocked = await quickPay.unlockPassword({ ...params, ...body, by: login });
        return unlocked.kind === 'ok' ? ok(json(unlocked.value)) : unlocked;
      },
    }),
  ];
}
