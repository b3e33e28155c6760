/** 监控与告警: what is wrong now, what is measured, acknowledging, muting, and whether alarms reach anybody. */
import type { Alarm, AlarmAct, Mute, Problem, ReadingNow } from '../../../alarms/ports.js';
import { wordsOf } from '../../../alarms/message-view.js';
import { measureOf, type MeasureId } from '../../../domain/alarm-measures.js';
import type { AlarmRule } from '../../../domain/alarm-rules.js';
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import {
  AcknowledgedSchema, AcknowledgeSchema, AlarmHistoryQuery, AlarmHistorySchema, AlarmPath, ChannelPath, MonitoringSchema, MuteAnswerSchema, MuteEndedSchema, NewMuteSchema, TestedSchema, TrendQuery, TrendsSchema,
} from './monitoring-schemas.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const PAGE = 50;
/** What is drawn: the machine, the process, the store. */
const DRAWN: readonly MeasureId[] = ['cpuPercent', 'memoryAvailable', 'processMemory', 'eventLoopDelay', 'diskFree', 'commitMilliseconds', 'walMegabytes', 'queueOpen'];

export function monitoringRoutes({ alarms, auditCollectors, clock }: Pick<ConsoleApiPorts, 'alarms' | 'auditCollectors' | 'clock'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/monitoring', operationId: 'readMonitoring', summary: { zh: '监控：当前告警、测点读数、静默、送达通道与审计外送', en: 'What is wrong now, what is measured, mutes, delivery channels and collectors of the audit log' }, access: 'readMachine',
      answers: { 200: { zh: '监控', en: 'Monitoring', schema: MonitoringSchema } }, errors: [],
      async handle() {
        const [problems, mutes, channels, now] = [await alarms.problems(), await alarms.mutes(), await alarms.channels(), clock.now()];
        return ok(json({
          problems: problems.map((problem) => viewProblem(problem, now)), rules: alarms.rules.map(viewRule), mutes: mutes.map(viewMute), readings: alarms.readings().map(viewReading),
          channels: channels.map(({ waitingSeconds, last, ...channel }) => ({ ...channel, waitingSeconds: Math.round(waitingSeconds), last: last === undefined ? undefined : { ...last, at: last.at.toISOString() } })),
          auditCollectors: auditCollectors().map(({ waitingSeconds, takenAt, ...collector }) => ({ ...collector, waitingSeconds: Math.round(waitingSeconds), takenAt: takenAt?.toISOString() })), now: now.toISOString(),
        }));
      },
    }),
    own.route({
      method: 'GET', path: '/monitoring/trends', operationId: 'readTrends', summary: { zh: '主机、进程与资金库的走势', en: 'Trends of machine, process and store' }, access: 'readMachine', request: { query: TrendQuery },
      answers: { 200: { zh: '走势', en: 'Trends', schema: TrendsSchema } }, errors: [],
      async handle({ query: { range } }) {
        const series = await Promise.all(DRAWN.map(async (measure) => ({ measure, points: (await alarms.trend({ measure, subject: '', range })).map(({ at, value }) => ({ at: at.toISOString(), value })) })));
        return ok(json({ range, series }));
      },
    }),
    own.route({
      method: 'GET', path: '/monitoring/alarms', operationId: 'listAlarms', summary: { zh: '告警历史与处理记录', en: 'Alarms with what became of them, newest first' }, access: 'readMachine', request: { query: AlarmHistoryQuery },
      answers: { 200: { zh: '一页告警', en: 'One page', schema: AlarmHistorySchema } }, errors: [],
      async handle({ query: { before } }) {
        const found = await alarms.history({ before, limit: PAGE + 1 });
        const page = found.slice(0, PAGE);
        return ok(json({ alarms: page.map(viewPast), next: found.length > PAGE ? page.at(-1)?.id : undefined }));
      },
    }),
    own.route({
      method: 'POST', path: '/monitoring/alarms/{id}/acknowledge', operationId: 'acknowledgeAlarm', summary: { zh: '确认告警：有人在处理；告警在读数恢复后才消除', en: 'Somebody sees to it; it ends only when its value is well' }, access: 'operate', request: { params: AlarmPath, body: AcknowledgeSchema },
      answers: { 200: { zh: '已确认', en: 'Acknowledged', schema: AcknowledgedSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params, body }, { login }) {
        const done = await alarms.acknowledge({ id: Number(params.id), by: login, note: body.note });
        return done.kind === 'refused' ? done : ok(json({ id: done.value.id, acknowledgedAt: done.value.acknowledgedAt?.toISOString() }));
      },
    }),
    own.route({
      method: 'POST', path: '/monitoring/mutes', operationId: 'muteAlarms', summary: { zh: '告警静默（维护窗口）：期间不送达，照常记录', en: 'Hold news back for a time (maintenance); alarms are kept as ever' }, access: 'operate', request: { body: NewMuteSchema },
      answers: { 200: { zh: '静默', en: 'The mute', schema: MuteAnswerSchema } }, errors: ['NO_SUCH_ITEM', 'MUTE_TIME_WRONG'],
      async handle({ body: { rule, until, reason } }, { login }) {
        const muted = await alarms.mute({ rule, until: new Date(until), by: login, reason });
        return muted.kind === 'refused' ? muted : ok(json({ mute: viewMute(muted.value) }));
      },
    }),
    own.route({
      method: 'POST', path: '/monitoring/mutes/{id}/end', operationId: 'endMute', summary: { zh: '提前结束静默', en: 'End a mute before its time' }, access: 'operate', request: { params: AlarmPath },
      answers: { 200: { zh: '已结束', en: 'Ended', schema: MuteEndedSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, { login }) {
        const ended = await alarms.endMute({ id: Number(params.id), by: login });
        return ended.kind === 'refused' ? ended : ok(json(ended.value));
      },
    }),
    own.route({
      method: 'POST', path: '/monitoring/delivery-channels/{id}/tests', operationId: 'testDeliveryChannel', summary: { zh: '发送测试告警', en: 'Send a test alarm now' }, access: 'operate', request: { params: ChannelPath },
      answers: { 200: { zh: '对方的应答', en: 'What the far side did with it', schema: TestedSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, { login }) {
        const tested = await alarms.test({ channel: params.id, by: login });
        return tested.kind === 'refused' ? tested : ok(json({ delivered: tested.value.ok, ...(tested.value.ok ? {} : { problem: tested.value.problem }) }));
      },
    }),
  ];
}

function viewProblem({ id, rule, subject, severity, value, valueNow, raisedAt, acknowledgedAt, acknowledgedBy, isMuted }: Problem, now: Date) {
  return { id, rule, subject, severity, value, valueNow, raisedAt: raisedAt.toISOString(), seconds: Math.max(0, Math.round((now.getTime() - raisedAt.getTime()) / 1000)), acknowledgedAt: acknowledgedAt?.toISOString(), acknowledgedBy, muted: isMuted };
}

function viewRule({ zh, en, measure, ...rule }: AlarmRule) {
  return { ...rule, measure, unit: measureOf(measure).unit, titleZh: zh, titleEn: en };
}

function viewMute({ since, until, ...mute }: Mute) {
  return { ...mute, since: since.toISOString(), until: until.toISOString() };
}

function viewReading({ measure, subject, value, at }: ReadingNow) {
  const { group, unit, zh, en } = measureOf(measure);
  return { measure, group, unit, titleZh: zh, titleEn: en, subject, value, at: at.toISOString() };
}

function viewPast({ id, rule, subject, severity, value, raisedAt, clearedAt, acts }: Alarm & { readonly acts: readonly AlarmAct[] }) {
  const words = wordsOf(rule);
  return {
    id, rule, titleZh: words?.zh ?? rule, titleEn: words?.en ?? rule, unit: words === undefined ? 'count' : measureOf(words.measure).unit, subject, severity, value, raisedAt: raisedAt.toISOString(), clearedAt: clearedAt?.toISOString(),
    acts: acts.map(({ what, at, who, note, value: measured }) => ({ what, at: at.toISOString(), who, note, value: measured })),
  };
}
