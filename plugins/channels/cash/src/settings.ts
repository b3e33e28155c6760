import { Type, type Static } from 'typebox';

export const DEFAULT_KEEP_DAYS = 60;

export const CashSettingsSchema = Type.Object(
  {
    merchantNo: Type.Optional(
      Type.String({ title: '收款单位编号 / Collecting unit', description: '在每条消息中标明，相当于其他渠道的商户号 / Named in every piece of news, as a merchant number is elsewhere', pattern: '^[0-9A-Za-z_-]{1,32}$', default: 'CASH' }),
    ),
    refundBeyondTill: Type.Optional(
      Type.Union([Type.Literal('refuse'), Type.Literal('allow')], {
        title: '钱箱现金不足时退款 / A refund larger than what the till holds',
        default: 'refuse',
      }),
    ),
    keepDays: Type.Optional(
      Type.Integer({
        title: '账本保留天数 / Days the till book is kept',
        description: '更早的日期从本插件删除，对账单仍由平台保存 / Older days are removed from this plugin; their statements stay with the platform',
        minimum: 8,
        maximum: 400,
        default: DEFAULT_KEEP_DAYS,
      }),
    ),
  },
  { additionalProperties: false },
);
export type CashSettings = Static<typeof CashSettingsSchema>;
