import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

/**
 * What happens to an order or refund. `declined`: refused for good. `unknownThenPaid`: the answer gets lost, the order is there and is
 * paid like any other. `neverPaid`: the code is shown and nobody pays. `refundUnknown`: the order is paid; the answer to its refund
 * gets lost. `refundDeclined`: the order is paid; its refund is refused (merchant balance).
 */
export const SCRIPTED_ENDS = ['declined', 'unknownThenPaid', 'neverPaid', 'refundUnknown', 'refundDeclined'] as const;
export type ScriptedEnd = (typeof SCRIPTED_ENDS)[number];

export const DEFAULT_SCRIPT = [
  { amountEndsWith: '01', end: 'declined' },
  { amountEndsWith: '02', end: 'unknownThenPaid' },
  { amountEndsWith: '03', end: 'neverPaid' },
  { amountEndsWith: '04', end: 'refundUnknown' },
  { amountEndsWith: '05', end: 'refundDeclined' },
] as const;

export const SandboxSettingsSchema = Type.Object(
  {
    merchantNo: Type.Optional(Type.String({ title: '商户号 / Merchant number', pattern: '^[0-9A-Za-z_-]{1,32}$', default: 'SANDBOX' })),
    payAfterSeconds: Type.Optional(
      Type.Integer({ title: '多少秒后自动付款 / Seconds until an order is paid', minimum: 0, maximum: 86_400, default: 5 }),
    ),
    script: Type.Optional(
      Type.Array(
        Type.Object(
          {
            amountEndsWith: Type.String({ pattern: '^[0-9]{1,9}$', description: '金额（分）的末几位 / last digits of the amount in fen' }),
            end: Type.Enum(SCRIPTED_ENDS),
          },
          closedObject,
        ),
        { title: '按金额尾数演练 / What happens, by the last digits of the amount', maxItems: 100 },
      ),
    ),
    notificationKey: Type.Optional(
      Type.String({
        title: '通知密钥 / Notification key',
        description: '不填则拒绝一切通知。 / Without it every notification is refused.',
        minLength: 16,
        maxLength: 128,
        'x-secret': true,
      }),
    ),
  },
  closedObject,
);
export type SandboxSettings = Static<typeof SandboxSettingsSchema>;
