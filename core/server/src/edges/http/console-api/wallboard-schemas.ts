/** The shapes of the wallboard (监控大屏) and of the screens that may show it. */
import { Type } from 'typebox';
import { DAY_STATES } from '../../../domain/reconciliation.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Fen = Type.Integer({ description: '分 / Integer fen' });
const Percent = Type.Number({ minimum: 0, maximum: 100 });
const Maybe = Type.Optional;

/** `at`: when it was read; older than twice `everySeconds` it is stale, and the screen greys it. */
const tile = (value: Parameters<typeof Type.Object>[0][string]) => Maybe(Type.Object({ at: Instant, everySeconds: Count, value }, closed));

export const WallboardSchema = Type.Object(
  {
    hospital: Text,
    now: Instant,
    money: tile(Type.Object({ day: Text, paidFen: Fen, paidCount: Count, refundedFen: Fen, refundedCount: Count, hours: Type.Array(Type.Object({ hour: Count, paidCount: Count, paidFen: Fen }, closed)) }, named('WallboardMoney'))),
    channels: tile(Type.Array(Type.Object({
      channel: Text, paidFen: Fen, paidCount: Count, ended: Type.Integer({ minimum: 0, description: '近 15 分钟有结果的支付 / Payments of the last 15 minutes that have an end' }), succeeded: Count, unansweredPercent: Percent, isOut: Type.Boolean(),
    }, named('WallboardChannel')))),
    open: tile(Type.Object({ unknownPayments: Count, oldestUnknownSeconds: Count, unconfirmed: Count, unconfirmedFen: Fen, refundsInFlight: Count, refundsInFlightFen: Fen }, named('WallboardOpen'))),
    terminals: tile(Type.Object({ kinds: Type.Array(Type.Object({ kind: Text, online: Count, total: Count }, closed)), faulty: Count }, named('WallboardTerminals'))),
    cases: tile(Type.Object({ count: Count, urgent: Count, newest: Type.Array(Type.Object({ kind: Text, severity: Count, openedAt: Instant }, closed)) }, named('WallboardCases'))),
    his: tile(Type.Object({ isActive: Type.Boolean(), meanMs: Count, unansweredPercent: Percent, waiting: Count }, named('WallboardHis'))),
    reconciliation: tile(Type.Array(Type.Object({ comparison: Text, source: Text, day: Text, state: Type.Enum(DAY_STATES) }, named('WallboardDay')))),
    alarms: tile(Type.Object({ count: Count, urgent: Count, worst: Type.Array(Type.Object({ rule: Text, zh: Text, en: Text, subject: Text, severity: Count, raisedAt: Instant }, closed)) }, named('WallboardAlarms'))),
    machine: tile(Type.Object({ version: Text, diskFreeMegabytes: Count, backupProvedAt: Maybe(Instant) }, named('WallboardMachine'))),
  },
  named('Wallboard'),
);

const DisplaySchema = Type.Object(
  { id: Count, title: Text, address: Maybe(Text), createdAt: Instant, createdBy: Text, withdrawnAt: Maybe(Instant), lastSeenAt: Maybe(Instant), lastAddress: Maybe(Text) },
  named('Display'),
);
export const DisplayListSchema = Type.Object({ displays: Type.Array(DisplaySchema) }, named('DisplayList'));
export const NewDisplaySchema = Type.Object(
  { title: Type.String({ minLength: 2, maxLength: 60, pattern: '\\S' }), address: Maybe(Type.String({ minLength: 2, maxLength: 45, pattern: '^[0-9A-Fa-f:.]+$', description: '只许从该地址访问 / The only address it may ask from' })) },
  named('NewDisplay'),
);
export const DisplayAddedSchema = Type.Object({ display: DisplaySchema, token: Type.String({ description: '仅此一次 / Told once' }) }, named('DisplayAdded'));
export const DisplayAnswerSchema = Type.Object({ display: DisplaySchema }, named('DisplayAnswer'));
export const DisplayPath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, closed);
