/** The bodies of the first set-up (首次开通). */
import { PAYMENT_METHODS, PresentationSchema } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { PAYMENT_STATES } from '../../../domain/payment-states.js';
import { REFUND_STATES } from '../../../domain/refund-states.js';
import { SELF_TEST_METHODS } from '../../../domain/self-test.js';
import { SETUP_EVENTS, SETUP_FINDINGS, SETUP_STATES, SETUP_STEPS } from '../../../setup/ports.js';
import { SELF_TEST_STAGES } from '../../../setup/self-test-view.js';
import { BilingualSchema } from './bilingual-schema.js';
import { ReasonSchema } from './change-schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Maybe = { text: Type.Optional(Text), instant: Type.Optional(Type.String({ description: 'RFC 3339, UTC' })) } as const;
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Values = (description: string) => Type.Record(Type.String(), Text, { description });

const StepSchema = Type.Object(
  {
    step: Type.Enum(SETUP_STEPS), state: Type.Enum(SETUP_STATES), finding: Type.Enum(SETUP_FINDINGS, { description: '依据的事实，也决定下一步 / The fact it is judged by, and with it the next action' }), values: Values('事实中的数值 / What fills its words'),
    skipped: Type.Optional(Type.Object({ at: Instant, by: Text, reason: Text }, named('SkippedStep'))),
  },
  named('SetupStep'),
);
const EventSchema = Type.Object({ id: Count, step: Type.Enum(SETUP_STEPS), kind: Type.Enum(SETUP_EVENTS), at: Instant, by: Text, reason: Maybe.text, detail: Values('所测所记 / What was measured or recorded') }, named('SetupEvent'));
const CertificateSchema = Type.Object(
  { title: Text, file: Text, problem: Type.Optional(Type.Enum(['missing', 'keyMismatch'] as const)), subject: Maybe.text, names: Type.Array(Text, { description: '使用者可选名称 / The names and addresses it is good for' }), notBefore: Maybe.instant, notAfter: Maybe.instant },
  named('ServedCertificate'),
);
const ChannelSchema = Type.Object(
  { id: Text, plugin: Text, state: Text, reason: Type.Optional(BilingualSchema), merchantNo: Maybe.text, selfTestMethods: Type.Array(Type.Enum(SELF_TEST_METHODS), { description: '为空：不能自测 / Empty: no self-test' }), canRefund: Type.Boolean() },
  named('SetupChannel'),
);
export const SelfTestSchema = Type.Object(
  {
    tradeNo: Text, channel: Text, begunAt: Instant,
    stage: Type.Enum(SELF_TEST_STAGES, { description: 'confirming：结果确认中，不是失败 / confirming: not known yet, which is no failure' }),
    payment: Type.Object(
      { paymentNo: Text, method: Type.Enum(PAYMENT_METHODS), amountFen: Fen, state: Type.Enum(PAYMENT_STATES), presentation: Type.Optional(PresentationSchema), expiresAt: Instant, channelTradeNo: Maybe.text, paidAt: Maybe.instant },
      named('SelfTestPayment'),
    ),
    refund: Type.Optional(Type.Object({ refundNo: Text, refundFen: Fen, state: Type.Enum(REFUND_STATES), requestedAt: Instant, refundedAt: Maybe.instant }, named('SelfTestRefund'))),
    journals: Type.Array(Type.Object({ seq: Count, at: Instant, bizType: Text, step: Text, totalFen: Fen }, named('SelfTestJournal'))),
  },
  named('SelfTest'),
);
export const SetupSchema = Type.Object(
  {
    now: Instant, timeZone: Text, settled: Type.Integer({ minimum: 0, description: '已完成或说明原因略过的步骤数 / Steps done, or left out with a reason' }), steps: Type.Array(StepSchema), certificates: Type.Array(CertificateSchema), channels: Type.Array(ChannelSchema),
    selfTests: Type.Array(SelfTestSchema), events: Type.Array(EventSchema),
  },
  named('Setup'),
);
export const StepPath = Type.Object({ step: Type.Enum(SETUP_STEPS) }, { additionalProperties: false });
export const ChannelPath = Type.Object({ channel: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 }) }, { additionalProperties: false });
export const SkipSchema = Type.Object({ reason: ReasonSchema }, named('SkipStep'));
export const BrowserTimeSchema = Type.Object({ browserTime: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$', description: '浏览器的时间 / The browser’s clock' }) }, named('BrowserTime'));
export const ConnectionTestedSchema = Type.Object({ result: Type.Enum(['answered', 'silent', 'skipped'] as const), found: Text }, named('ConnectionTested'));
export const BeginSelfTestSchema = Type.Object(
  { channel: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 }), method: Type.Enum(SELF_TEST_METHODS), authCode: Type.Optional(Type.String({ pattern: '^\\d{10,32}$', description: '付款码，仅 paymentCode / The code the payer shows' })) },
  named('BeginSelfTest'),
);
export const FreshQuery = Type.Object({ fresh: Type.Optional(Type.Enum(['true'] as const, { description: '先向渠道查询 / Ask the channel first' })) }, { additionalProperties: false });
export const GoLiveSchema = Type.Object({ note: ReasonSchema }, named('GoLive'));
