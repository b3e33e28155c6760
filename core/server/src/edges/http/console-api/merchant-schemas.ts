/** The shapes of the merchant console (商户管理控制台) that the payment API has not. */
import { Type } from 'typebox';
import { EXPORT_FORMATS } from '../../../reports/ports.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });

export const MerchantSchema = Type.Object({ merchantNo: Text, name: Text, campus: Text, channels: Type.Array(Text) }, named('Merchant'));
export const MerchantExportRequestSchema = Type.Object({ from: DaySchema, to: DaySchema, format: Type.Enum(EXPORT_FORMATS) }, named('MerchantExportRequest'));
export const MerchantStatementPath = Type.Object({ day: DaySchema }, { additionalProperties: false });
export const MerchantStatementVersion = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }, { additionalProperties: false });
export const MerchantStatementListSchema = Type.Object(
  { files: Type.Array(Type.Object({ day: DaySchema, version: Type.Integer({ minimum: 1 }), fileName: Text, payments: Count, paymentFen: Count, refunds: Count, refundFen: Count, bytes: Count, sha256: Text, madeAt: Text }, named('MerchantStatementFile'))) },
  named('MerchantStatementList'),
);
