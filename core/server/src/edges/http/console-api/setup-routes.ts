/** 首次开通: the steps as they stand, and the few acts that have no other place. */
import { Type } from 'typebox';
import { ok, refused } from '../../../domain/errors.js';
import type { SetupView } from '../../../setup/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { requestHash } from '../payment-api/request-hash.js';
import { KeyHeaderSchema, TradeNoSchema } from '../payment-api/schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { BeginSelfTestSchema, BrowserTimeSchema, ChannelPath, ConnectionTestedSchema, FreshQuery, GoLiveSchema, SelfTestSchema, SetupSchema, SkipSchema, StepPath } from './setup-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const TradeNoPath = Type.Object({ tradeNo: TradeNoSchema }, { additionalProperties: false });
const SETUP = { 200: { zh: '各步状态', en: 'Every step as it stands', schema: SetupSchema } };
const SELF_TEST = { 200: { zh: '自测', en: 'The self-test', schema: SelfTestSchema } };

export function setupRoutes({ setup }: Pick<ConsoleApiPorts, 'setup'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/setup', operationId: 'readSetup', summary: { zh: '首次开通：各步状态，由事实推出', en: 'The first set-up: where each step stands, read from facts' }, access: 'readMachine', answers: SETUP, errors: [],
      handle: async () => ok(json(view(await setup.read()))),
    }),
    own.route({
      method: 'POST', path: '/setup/steps/{step}/skip', operationId: 'skipSetupStep', summary: { zh: '略过一步（说明原因）', en: 'Leave a step out, with the reason' }, access: 'operate', request: { params: StepPath, body: SkipSchema }, answers: SETUP, errors: ['CONFLICT'],
      async handle({ params, body }, { login }) {
        const skipped = await setup.skip({ ...params, ...body, by: login });
        return skipped.kind === 'ok' ? ok(json(view(skipped.value))) : skipped;
      },
    }),
    own.route({
      method: 'DELETE', path: '/setup/steps/{step}/skip', operationId: 'resumeSetupStep', summary: { zh: '恢复略过的一步', en: 'Take a step up again' }, access: 'operate', request: { params: StepPath }, answers: SETUP, errors: ['CONFLICT'],
      async handle({ params }, { login }) {
        const resumed = await setup.resume({ ...params, by: login });
        return resumed.kind === 'ok' ? ok(json(view(resumed.value))) : resumed;
      },
    }),
    own.route({
      method: 'POST', path: '/setup/clock', operationId: 'measureClock', summary: { zh: '比对平台、浏览器与 HIS 的时间', en: 'Compare the clocks of platform, browser and HIS' }, access: 'operate', request: { body: BrowserTimeSchema }, answers: SETUP, errors: [],
      async handle({ body }, { login }) {
        const browserTime = new Date(body.browserTime);
        if (Number.isNaN(browserTime.getTime())) return refused('MALFORMED_REQUEST', { zh: '浏览器时间无法识别', en: 'browserTime: there is no such moment' });
        return ok(json(view(await setup.measureClock({ browserTime, by: login }))));
      },
    }),
    own.route({
      method: 'POST', path: '/setup/channels/{channel}/connection-test', operationId: 'testChannelConnection', summary: { zh: '测试渠道连接（不涉及资金）', en: 'Ask the channel something harmless' }, access: 'operate', request: { params: ChannelPath },
      answers: { 200: { zh: '结果', en: 'What it answered', schema: ConnectionTestedSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, { login }) {
        const tested = await setup.testConnection({ ...params, by: login });
        return tested.kind === 'ok' ? ok(json(tested.value)) : tested;
      },
    }),
    own.route({
      method: 'POST', path: '/setup/self-tests', operationId: 'beginSelfTest', summary: { zh: '一分钱自测：收一分，自动退回', en: 'Take one fen through the channel; it goes back by itself' }, access: 'operate', request: { headers: KeyHeaderSchema, body: BeginSelfTestSchema }, answers: SELF_TEST,
      errors: ['CHANNEL_UNAVAILABLE', 'SELF_TEST_NOT_OFFERED', 'REFUND_NOT_SUPPORTED', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED', 'STOPPED_FOR_SAFETY'],
      async handle({ headers, body }, { login }) {
        if ((body.method === 'paymentCode') !== (body.authCode !== undefined)) return refused('MALFORMED_REQUEST', { zh: '付款码只在“扫付款码”方式下填写，且必须填写', en: 'authCode: goes with paymentCode, and only with it' });
        const begun = await setup.beginSelfTest({ ...body, by: login, idempotency: { tenant: `user/${login}`, key: headers['idempotency-key'], requestHash: requestHash('POST', '/setup/self-tests', body) } });
        return begun.kind === 'ok' ? ok(json(begun.value)) : begun;
      },
    }),
    own.route({
      method: 'GET', path: '/setup/self-tests/{tradeNo}', operationId: 'readSelfTest', summary: { zh: '自测进度', en: 'How far a self-test is' }, access: 'readMachine', request: { params: TradeNoPath, query: FreshQuery }, answers: SELF_TEST, errors: ['ORDER_NOT_FOUND'],
      async handle({ params, query }) {
        const found = await setup.findSelfTest({ ...params, freshness: query.fresh === 'true' ? 'fresh' : 'stored' });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    own.route({
      method: 'POST', path: '/setup/self-tests/{tradeNo}/cancel', operationId: 'cancelSelfTest', summary: { zh: '撤销未支付的自测', en: 'Cancel a self-test that was not paid' }, access: 'operate', request: { params: TradeNoPath }, answers: SELF_TEST, errors: ['ORDER_NOT_FOUND', 'NOT_CANCELLABLE'],
      async handle({ params }, { login }) {
        const cancelled = await setup.cancelSelfTest({ ...params, by: login });
        return cancelled.kind === 'ok' ? ok(json(cancelled.value)) : cancelled;
      },
    }),
    own.route({
      method: 'POST', path: '/setup/go-live', operationId: 'goLive', summary: { zh: '确认开通（记入审计）', en: 'Go live; recorded in the audit log' }, access: 'operate', request: { body: GoLiveSchema }, answers: SETUP, errors: ['SETUP_INCOMPLETE', 'CONFLICT'],
      async handle({ body }, { login }) {
        const live = await setup.goLive({ ...body, by: login });
        return live.kind === 'ok' ? ok(json(view(live.value))) : live;
      },
    }),
  ];
}

function view({ now, steps, certificates, events, ...rest }: SetupView) {
  return {
    ...rest, now: now.toISOString(),
    steps: steps.map(({ skipped, ...step }) => ({ ...step, ...(skipped === undefined ? {} : { skipped: { ...skipped, at: skipped.at.toISOString() } }) })),
    certificates: certificates.map(({ notBefore, notAfter, ...certificate }) => ({ ...certificate, notBefore: notBefore?.toISOString(), notAfter: notAfter?.toISOString() })),
    events: events.map((event) => ({ ...event, at: event.at.toISOString() })),
  };
}
