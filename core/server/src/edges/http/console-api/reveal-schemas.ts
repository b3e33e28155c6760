/** The shapes of the console API about looking at what is masked (脱敏数据查看). */
import { Type } from 'typebox';
import { REVEAL_FIELDS, REVEAL_KINDS, REVEAL_REASONS } from '../../../reveals/ports.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();

export const RevealReasonProperties = {
  reason: Type.Enum(REVEAL_REASONS, { description: 'patientEnquiry 患者咨询；refundOrPayout 办理退款或付款；bankEnquiry 银行查询；caseWork 对账与差错核查；audit 审计检查；other 其他' }),
  note: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S', description: '说明，记入审计日志 / In one’s own words; kept in the audit log' }),
} as const;
export const RevealRequestSchema = Type.Object(
  {
    kind: Type.Enum(REVEAL_KINDS, { description: 'order 订单；prepaymentReturn 清退单；transfer 待转账；payout 付款单；cardAgreement 签约；case 差错单；hisNotice 医院推送' }),
    id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z._/-]+$', description: '其编号 / Its number' }),
    fields: Type.Array(Type.Enum(REVEAL_FIELDS), { minItems: 1, maxItems: 4, uniqueItems: true }),
    ...RevealReasonProperties,
  },
  named('RevealRequest'),
);
export const RevealedSchema = Type.Object({ values: Type.Array(Type.Object({ field: Type.Enum(REVEAL_FIELDS), value: Text }, named('RevealedValue'))) }, named('Revealed'));
export const PlainFileRequestSchema = Type.Object(RevealReasonProperties, named('PlainFileRequest'));
