/** 医院接口诊断: begun, followed and broken off by whoever runs the machine. */
import { CARD_TYPES } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { ok } from '../../../domain/errors.js';
import { EXAMINATION_STEPS, type Examination } from '../../../his-doctor/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Text = Type.String();

const ExaminationSchema = Type.Object(
  {
    startedAt: Instant, by: Text, state: Type.Enum(['running', 'done', 'cancelled'] as const), endedAt: Type.Optional(Instant),
    findings: Type.Array(Type.Object({
      step: Type.Enum(EXAMINATION_STEPS), state: Type.Enum(['ok', 'warning', 'failed', 'skipped'] as const), milliseconds: Type.Integer({ minimum: 0 }), found: Type.String({ description: '笔数或原因，不含患者信息 / A count or a reason; no patient' }),
    }, named('ExaminationFinding'))),
  },
  named('Examination'),
);
const ExaminationAnswerSchema = Type.Object({ examination: Type.Optional(ExaminationSchema), steps: Type.Array(Type.Enum(EXAMINATION_STEPS)) }, named('ExaminationAnswer'));
const BeginSchema = Type.Object(
  { card: Type.Optional(Type.Object({ cardType: Type.Enum(CARD_TYPES), cardNo: Type.String({ minLength: 1, maxLength: 64 }) }, { additionalProperties: false, description: '测试患者的卡；不填则不查患者与费用 / The card of a test patient; without one no patient is asked about' })) },
  named('BeginExamination'),
);
const ANSWERS = { 200: { zh: '诊断', en: 'The examination', schema: ExaminationAnswerSchema } };

export function hisDoctorRoutes({ hisDoctor }: Pick<ConsoleApiPorts, 'hisDoctor'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/his/examination', operationId: 'readExamination', summary: { zh: '最近一次医院接口诊断', en: 'The newest examination of the line to the HIS' }, access: 'readMachine', answers: ANSWERS, errors: [],
      handle: () => ok(json(view(hisDoctor.latest()))),
    }),
    own.route({
      method: 'POST', path: '/his/examination', operationId: 'beginExamination', summary: { zh: '开始诊断（只读：不预结算、不入账、不冲销）', en: 'Examine the line; nothing is priced, booked or reversed' }, access: 'operate', request: { body: BeginSchema }, answers: ANSWERS, errors: ['CONFLICT'],
      async handle({ body }, { login }) {
        const begun = await hisDoctor.begin({ by: login, ...body });
        return begun.kind === 'ok' ? ok(json(view(begun.value))) : begun;
      },
    }),
    own.route({
      method: 'DELETE', path: '/his/examination', operationId: 'cancelExamination', summary: { zh: '中止诊断', en: 'Ask nothing more' }, access: 'operate', answers: ANSWERS, errors: [],
      handle: () => ok(json(view(hisDoctor.cancel()))),
    }),
  ];
}

function view(examination: Examination | undefined) {
  if (examination === undefined) return { steps: EXAMINATION_STEPS };
  const { startedAt, endedAt, ...rest } = examination;
  return { examination: { ...rest, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() }, steps: EXAMINATION_STEPS };
}
