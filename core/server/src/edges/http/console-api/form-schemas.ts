/** The shapes of the console API about numbered forms (票据号段). */
import { Type } from 'typebox';
import { FORM_KINDS, FORM_MEDIA, FORM_STATES } from '../../../domain/numbered-form.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Kind = Type.Enum(FORM_KINDS, { description: '票据种类：门诊收费、挂号、住院预交金、住院结算' });
const Medium = Type.Enum(FORM_MEDIA, { description: 'paper 纸质票据；serial 业务流水（开电子票据的业务）' });
const Code = Type.String({ pattern: '^[0-9A-Za-z-]{0,20}$', description: '票据代码；没有则为空' });
const Number = Type.String({ pattern: '^[0-9A-Za-z-]{0,16}[0-9]{1,12}$', maxLength: 24 });
const TillNo = Type.String({ maxLength: 80, pattern: '^(operator|terminal):[^\\u0000-\\u001f]{1,64}$', description: 'operator:<收费员工号> / terminal:<终端编号>' });
const BatchNo = Type.String({ pattern: '^PR\\d{6,12}$' });
const RunNo = Type.String({ pattern: '^PL\\d{6,12}$' });

const BatchSchema = Type.Object({ batchNo: Text, kind: Kind, medium: Medium, code: Text, firstNumber: Text, lastNumber: Text, count: Count, inStore: Type.Integer({ minimum: 0, description: '库存：未领用张数' }), by: Text, at: Instant }, named('FormBatch'));
const RunSchema = Type.Object(
  {
    runNo: Text, batchNo: Text, kind: Kind, medium: Medium, code: Text, tillNo: Text, firstNumber: Text, lastNumber: Type.Optional(Text), nextNumber: Type.Optional(Text),
    left: Count, printed: Count, void: Count, open: Type.Integer({ minimum: 0, description: '已取号、打印结果未确认' }), by: Text, at: Instant, returnedBy: Type.Optional(Text), returnedAt: Type.Optional(Instant),
  },
  named('FormRun'),
);
const NumberSchema = Type.Object({ runNo: Text, number: Text, state: Type.Enum(FORM_STATES), tradeNo: Type.Optional(Text), receiptNo: Type.Optional(Text), reason: Type.Optional(Text), by: Text, at: Instant }, named('FormNumber'));

export const FormBatchListSchema = Type.Object({ batches: Type.Array(BatchSchema) }, named('FormBatchList'));
export const FormRunListSchema = Type.Object({ runs: Type.Array(RunSchema) }, named('FormRunList'));
export const FormNumberListSchema = Type.Object({ numbers: Type.Array(NumberSchema) }, named('FormNumberList'));
export const FormBatchAnswerSchema = Type.Object({ batch: BatchSchema }, named('FormBatchAnswer'));
export const FormRunAnswerSchema = Type.Object({ run: RunSchema }, named('FormRunAnswer'));
export const FormNumberAnswerSchema = Type.Object({ number: NumberSchema }, named('FormNumberAnswer'));
export const FormRegistrationSchema = Type.Object({ kind: Kind, medium: Medium, code: Code, firstNumber: Number, lastNumber: Number }, named('FormRegistration'));
export const FormHandOutSchema = Type.Object({ batchNo: BatchNo, tillNo: TillNo, count: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, named('FormHandOut'));
export const FormReturnSchema = Type.Object({ nextNumber: Type.String({ minLength: 1, maxLength: 24, description: '交回的第一张号码，即页面显示的下一号 / The number shown as next: from it on they come back' }) }, named('FormReturn'));
export const FormVoidSchema = Type.Object({ reason: Type.String({ minLength: 2, maxLength: 80, pattern: '\\S' }) }, named('FormVoiding'));
export const FormRunFilter = Type.Object({ tillNo: Type.Optional(TillNo), live: Type.Optional(Type.Boolean()) }, closed);
export const FormRunPath = Type.Object({ runNo: RunNo }, closed);
export const FormNumberPath = Type.Object({ runNo: RunNo, number: Number }, closed);
