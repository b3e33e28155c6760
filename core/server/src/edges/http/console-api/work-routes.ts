/** 进行中的工作: everything long that the caller began, in one list, and stopping what can be stopped. */
import { Type } from 'typebox';
import { ok, refused } from '../../../domain/errors.js';
import { EXAMINATION_STEPS } from '../../../his-doctor/ports.js';
import { WORK_KINDS, WORK_STATES, type Work } from '../../../running-work/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { BilingualSchema } from './bilingual-schema.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Text = Type.String();
const WHOLE = 10_000;
const RUNS_LOOKED_AT = 20;
const EXPORT = 'export-';
const EXAMINATION = 'his-examination';

const WorkSchema = Type.Object(
  {
    id: Text, kind: Type.Enum(WORK_KINDS), subject: Type.String({ description: '日期、报表、任务或批次号，不含患者信息 / A day, a report, a task or a run; no patient' }), title: Type.Optional(Type.Object({ zh: Text, en: Text }, { additionalProperties: false })), state: Type.Enum(WORK_STATES),
    startedAt: Instant, endedAt: Type.Optional(Instant), share: Type.Optional(Type.Integer({ minimum: 0, maximum: WHOLE, description: '已完成，万分之一 / How much is done, in hundredths of a percent' })), step: Type.Optional(Text), problem: Type.Optional(BilingualSchema),
    mayCancel: Type.Boolean({ description: '可中止：已完成的部分保留 / May be cancelled; what is done stands' }), isCancelling: Type.Optional(Type.Boolean({ description: '已通知中止 / It was asked to stop before its next step' })),
  },
  { additionalProperties: false, title: 'Work' },
);
const WorkListSchema = Type.Object({ work: Type.Array(WorkSchema) }, { additionalProperties: false, title: 'WorkList' });
const ANSWERS = { 200: { zh: '本人的工作', en: 'The caller\'s work', schema: WorkListSchema } };
const WorkPath = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9-]{3,60}$' }) }, { additionalProperties: false });

export function workRoutes(ports: Pick<ConsoleApiPorts, 'work' | 'reports' | 'hisDoctor' | 'prepayment'>): Route<ConsoleAccess, ConsoleCaller>[] {
  const { work, reports, hisDoctor } = ports;
  return [
    own.route({
      method: 'GET', path: '/work', operationId: 'listWork', summary: { zh: '进行中的工作（本人发起，含一日内已结束的）', en: 'Long work of the caller, what runs first; what ended within a day, too' }, access: 'session', request: {}, answers: ANSWERS, errors: [],
      handle: async (_request, caller) => ok(json({ work: await workOf(ports, caller) })),
    }),
    own.route({
      method: 'DELETE', path: '/work/{id}', operationId: 'cancelWork', summary: { zh: '中止（已完成的部分保留）', en: 'Stop it before its next step; what is done stands' }, access: 'session', request: { params: WorkPath }, answers: ANSWERS, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params: { id } }, caller) {
        const cancelled = id === EXAMINATION ? cancelExamination(hisDoctor, caller) : id.startsWith(EXPORT) ? await cancelExport(reports, id.slice(EXPORT.length), caller) : work.cancel({ id, by: caller.login });
        return cancelled.kind === 'refused' ? cancelled : ok(json({ work: await workOf(ports, caller) }));
      },
    }),
  ];
}

function cancelExamination(hisDoctor: ConsoleApiPorts['hisDoctor'], { login }: ConsoleCaller) {
  const latest = hisDoctor.latest();
  if (latest?.by !== login) return refused('NO_SUCH_ITEM');
  if (latest.state !== 'running') return refused('CONFLICT', { zh: '该工作已结束', en: 'it has ended' });
  return ok(hisDoctor.cancel());
}

/** A file that is written already is kept: this ends work and throws nothing away. */
async function cancelExport(reports: ConsoleApiPorts['reports'], id: string, { login: by, merchantNo }: ConsoleCaller) {
  const found = reports.listExports({ by, merchantNo }).find((one) => one.id === id);
  if (found === undefined) return refused('NO_SUCH_ITEM');
  return found.state === 'waiting' || found.state === 'running' ? reports.cancelExport({ id, by, merchantNo }) : refused('CONFLICT', { zh: '该工作已结束', en: 'it has ended' });
}

async function workOf({ work, reports, hisDoctor, prepayment }: Pick<ConsoleApiPorts, 'work' | 'reports' | 'hisDoctor' | 'prepayment'>, { login, merchantNo, rights }: ConsoleCaller) {
  const exports = reports.listExports({ by: login, merchantNo }).map(({ id, report, title, state, at, share, rows, problem }): Work => {
    const isOpen = state === 'waiting' || state === 'running';
    return { id: `${EXPORT}${id}`, kind: 'reportExport', subject: report, title, by: login, state, startedAt: at, mayCancel: isOpen, ...(state === 'waiting' ? {} : { share: state === 'done' ? WHOLE : share }), ...(rows === 0 ? {} : { step: String(rows) }), problem };
  });
  const runs = rights.includes('refund') ? await prepaymentWork(prepayment, login) : [];
  const all = [...work.list(login), ...exports, ...examinationWork(hisDoctor, login), ...runs];
  const isOpen = ({ state }: Work): boolean => state === 'waiting' || state === 'running';
  const newestFirst = (left: Work, right: Work): number => right.startedAt.localeCompare(left.startedAt);
  return [...all.filter(isOpen).toSorted(newestFirst), ...all.filter((one) => !isOpen(one)).toSorted(newestFirst)].map(({ by: _by, ...view }) => view);
}

function examinationWork(hisDoctor: ConsoleApiPorts['hisDoctor'], login: string): Work[] {
  const latest = hisDoctor.latest();
  if (latest?.by !== login) return [];
  const { state, startedAt, endedAt, findings } = latest;
  const isRunning = state === 'running';
  return [{
    id: EXAMINATION, kind: 'hisExamination', subject: '', by: login, state, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString(), mayCancel: isRunning,
    share: isRunning ? Math.floor((findings.length * WHOLE) / EXAMINATION_STEPS.length) : WHOLE, step: isRunning ? EXAMINATION_STEPS[findings.length] : undefined,
  }];
}

/** A run that was approved goes on for hours: of its accounts so many are at their end. It is paused on its own page. */
async function prepaymentWork(prepayment: ConsoleApiPorts['prepayment'], login: string): Promise<Work[]> {
  const runs = (await prepayment.listRuns({ limit: RUNS_LOOKED_AT })).filter(({ state, proposedBy, decidedBy }) => (state === 'approved' || state === 'paused') && (proposedBy === login || decidedBy === login));
  return runs.flatMap(({ runNo, title, returns, decidedAt, proposedAt, state }): Work[] => {
    const ended = returns.filter((one) => one.state === 'returned' || one.state === 'refused' || one.state === 'changed').length;
    if (ended === returns.length) return [];
    return [{ id: `prepayment-${runNo}`, kind: 'prepaymentRun', subject: runNo, title: { zh: title, en: title }, by: login, state: state === 'paused' ? 'waiting' : 'running', startedAt: decidedAt ?? proposedAt, share: Math.floor((ended * WHOLE) / returns.length), step: `${String(ended)} / ${String(returns.length)}`, mayCancel: false }];
  });
}
