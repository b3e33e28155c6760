/** Orders, refunds, cases, the ledger: what the money did. */
import { Type } from 'typebox';
import { quoted } from '../../../domain/bilingual.js';
import { ok, refused } from '../../../domain/errors.js';
import { heard } from '../../../domain/own-words.js';
import { NO_MARK_OF_A_PAGE } from '../../../domain/refusal-words.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { viewApproval } from './approval-routes.js';
import { requestHash } from '../payment-api/request-hash.js';
import { KeyHeaderSchema } from '../payment-api/schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import {
  AccountListSchema, BookingCheckAnswerSchema, BookingCheckSchema, CaseFilterSchema, CasePageSchema, HisNoticeFilterSchema, HisNoticePageSchema, JournalFilterSchema, JournalPageSchema, OpenItemListSchema, OrderDetailSchema, OrderFilterSchema, OrderPageSchema,
  OverviewSchema, RefundAcceptedSchema, RefundRequestSchema, TradeNoSchema,
} from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const LONGEST_CHECK_MS = 7 * 24 * 60 * 60 * 1000;
const TradeNoPath = Type.Object({ tradeNo: TradeNoSchema }, { additionalProperties: false });
const AccountPath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, { additionalProperties: false });

export function moneyRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const { money } = ports;
  return [
    own.route({
      method: 'GET', path: '/overview', operationId: 'readOverview', summary: { zh: '总览', en: 'Today at a glance' }, access: 'read',
      answers: { 200: { zh: '总览', en: 'The overview', schema: OverviewSchema } }, errors: [],
      handle: async () => ok(json(await readOverview(ports))),
    }),
    own.route({
      method: 'GET', path: '/orders', operationId: 'listOrders', summary: { zh: '订单列表', en: 'Orders, newest first' }, access: 'read', request: { query: OrderFilterSchema },
      answers: { 200: { zh: '一页订单', en: 'One page', schema: OrderPageSchema } }, errors: [],
      async handle({ query }) {
        const page = await money.listOrders(query);
        return page === undefined ? refused('MALFORMED_REQUEST', NO_MARK_OF_A_PAGE) : ok(json(page));
      },
    }),
    own.route({
      method: 'GET', path: '/orders/{tradeNo}', operationId: 'readOrder', summary: { zh: '订单详情与时间线', en: 'One order with its timeline' }, access: 'read', request: { params: TradeNoPath },
      answers: { 200: { zh: '订单', en: 'The order', schema: OrderDetailSchema } }, errors: ['ORDER_NOT_FOUND'],
      async handle({ params }) {
        const found = await money.findOrder(params.tradeNo);
        return found === undefined ? refused('ORDER_NOT_FOUND') : ok(json(found));
      },
    }),
    own.route({
      method: 'POST', path: '/orders/{tradeNo}/refunds', operationId: 'requestRefund', summary: { zh: '申请退款（全额或部分）', en: 'Ask for a refund, whole or partial' }, access: 'refund',
      request: { params: TradeNoPath, headers: KeyHeaderSchema, body: RefundRequestSchema },
      answers: { 200: { zh: '已受理，或已提交审批', en: 'Accepted, or proposed for approval', schema: RefundAcceptedSchema } },
      errors: ['ORDER_NOT_FOUND', 'NOT_REFUNDABLE', 'REFUND_EXCEEDS_PAYMENT', 'REFUND_NOT_SUPPORTED', 'REFUND_WHOLE_ONLY', 'INVOICE_ON_PAPER', 'IDEMPOTENCY_KEY_REUSED', 'CONFLICT'],
      async handle({ params: { tradeNo }, headers, body }, caller) {
        const tenant = `user/${caller.login}`;
        const asked = await ports.refunds.requestRefund({
          tradeNo, refundFen: body.refundFen, reason: body.reason, by: caller.login, roles: caller.roles, ...(body.operatorId === undefined ? {} : { operatorId: body.operatorId }),
          idempotency: { tenant, key: headers['idempotency-key'], requestHash: requestHash('POST', `/orders/${tradeNo}/refunds`, body) },
        });
        if (asked.kind === 'refused') return asked;
        const { refund, approval } = asked.value;
        return ok(json(refund === undefined ? { refundFen: approval?.refundFen ?? 0, ...(approval === undefined ? {} : { approval: viewApproval(approval) }) } : { refundNo: refund.refundNo, refundFen: refund.refundFen, state: refund.state }));
      },
    }),
    own.route({
      method: 'POST', path: '/bookings/checks', operationId: 'checkBookings', summary: { zh: '与医院核对一段时间的入账（HIS 恢复备份后）', en: 'Ask the HIS again about every booking of a time, as after it was restored from a backup' }, access: 'refund',
      request: { body: BookingCheckSchema },
      answers: { 200: { zh: '已排队', en: 'Queued', schema: BookingCheckAnswerSchema } }, errors: [],
      async handle({ body: { from, to, reason } }, caller) {
        const [begins, ends] = [new Date(from), new Date(to)];
        const lengthMs = ends.getTime() - begins.getTime();
        if (!(lengthMs > 0 && lengthMs <= LONGEST_CHECK_MS)) return refused('MALFORMED_REQUEST', { zh: '起止时间须先后有序，最长七天', en: 'from and to: at least a moment, at most seven days' });
        const orders = await ports.checkBookings({ from: begins, to: ends });
        await ports.audit.record({ who: caller.login, what: 'bookings.check', object: `${from} – ${to}`, after: { orders }, reason });
        return ok(json({ orders }));
      },
    }),
    own.route({
      method: 'GET', path: '/cases', operationId: 'listCases', summary: { zh: '差错单', en: 'Cases for people' }, access: 'read', request: { query: CaseFilterSchema },
      answers: { 200: { zh: '一页差错单', en: 'One page', schema: CasePageSchema } }, errors: [],
      handle: async ({ query }) => ok(json(await money.listCases(query))),
    }),
    own.route({
      method: 'GET', path: '/his-notices', operationId: 'listHisNotices', summary: { zh: '医院推送', en: 'What the HIS told by itself, newest first' }, access: 'read', request: { query: HisNoticeFilterSchema },
      answers: { 200: { zh: '一页推送', en: 'One page', schema: HisNoticePageSchema } }, errors: [],
      handle: async ({ query }) => ok(json(await money.listHisNotices(query))),
    }),
    own.route({
      method: 'GET', path: '/ledger/accounts', operationId: 'listAccounts', summary: { zh: '科目余额', en: 'Accounts and balances' }, access: 'read',
      answers: { 200: { zh: '科目余额', en: 'Accounts', schema: AccountListSchema } }, errors: [],
      handle: async () => ok(json(await money.listAccounts())),
    }),
    own.route({
      method: 'GET', path: '/ledger/accounts/{id}/open-items', operationId: 'listOpenItems', summary: { zh: '未清项', en: 'What of an account is not cleared' }, access: 'read', request: { params: AccountPath },
      answers: { 200: { zh: '未清项', en: 'Open items', schema: OpenItemListSchema } }, errors: [],
      handle: async ({ params }) => ok(json(await money.listOpenItems(Number(params.id)))),
    }),
    own.route({
      method: 'GET', path: '/ledger/journals', operationId: 'listJournals', summary: { zh: '凭证与分录（按日或按订单）', en: 'Journals and entries of a day or an order' }, access: 'read', request: { query: JournalFilterSchema },
      answers: { 200: { zh: '一页凭证', en: 'One page', schema: JournalPageSchema } }, errors: [],
      handle: async ({ query }) => ok(json(await money.listJournals(query))),
    }),
  ];
}

async function readOverview({ money, terminals, plugins, tasks, dictionaries, certificates, alarms: alarmDesk, clock }: ConsoleApiPorts) {
  const now = clock.now();
  const [moneyNow, terminalList, taskList, dictionaryList, alarms, problems] = await Promise.all([money.overview(now), terminals.list(), tasks.list(), dictionaries.states(), certificates.openAlarms(), alarmDesk.problems()]);
  const claimed = terminalList.filter(({ status }) => status === 'active');
  const { instances } = plugins.list();
  return {
    money: moneyNow,
    certificates: { open: alarms.length, urgent: alarms.filter(({ severity }) => severity === 1).length },
    alarms: { open: problems.length, urgent: problems.filter(({ severity }) => severity === 1).length },
    machine: {
      terminals: { online: claimed.filter(({ online }) => online).length, total: claimed.length },
      plugins: { active: instances.filter(({ state }) => state === 'active').length, total: instances.length },
      problems: [
        ...alarms.filter(({ severity }) => severity < 3).map(({ owner, name, kind, detail }) => ({ kind: 'credential', id: name === '' ? owner : `${owner} ${name}`, state: kind, detail })),
        ...instances.filter(({ state }) => state !== 'active' && state !== 'disabled').map(({ id, state, reason }) => ({ kind: 'plugin', id, state, ...(reason === undefined ? {} : { detail: heard(reason) }) })),
        ...claimed.filter(({ online }) => !online).map(({ id, title }) => ({ kind: 'terminal', id, state: 'offline', detail: quoted(title) })),
        ...taskList.flatMap(({ name, last }) => (last?.state === 'failed' || last?.state === 'interrupted' ? [{ kind: 'task', id: name, state: last.state, ...(last.result === undefined ? {} : { detail: last.result }) }] : [])),
        ...dictionaryList.filter(({ stale }) => stale).map(({ name, problem }) => ({ kind: 'dictionary', id: name, state: 'stale', ...(problem === undefined ? {} : { detail: heard(problem) }) })),
      ],
    },
    now: now.toISOString(),
  };
}
