/** 财政医疗电子票据: issued after the booking, queued, never in the way of a payment. */
import { Type, type Static } from 'typebox';
import { closedObject, FenSchema, Id, Instant, Text, type HisCallContext, type HisQueryResult, type HisResult } from './his-result.js';

/** `invoiceRequestNo` is ours, fixed for ever: one for each booking, one for each remainder after a refund. */
export const InvoiceRequestSchema = Type.Object({ invoiceRequestNo: Id(64), tradeNo: Id(32), settlementNo: Id(64), amountFen: FenSchema }, closedObject);
/** 票据代码, 票据号码, 校验码; `onPaper`: 已换开纸质, the sheet must come back before it is flushed. */
export const InvoiceSchema = Type.Object(
  { invoiceCode: Id(32), invoiceNo: Id(32), checkCode: Text(32), amountFen: FenSchema, url: Type.Optional(Text(500)), issuedAt: Instant, onPaper: Type.Enum(['yes', 'no']) },
  closedObject,
);
export type Invoice = Static<typeof InvoiceSchema>;
export const RedFlushRequestSchema = Type.Object({ flushNo: Id(64), invoiceCode: Id(32), invoiceNo: Id(32), tradeNo: Id(32), refundNo: Id(64), reason: Text(80) }, closedObject);
export const RedFlushSchema = Type.Object({ redInvoiceCode: Id(32), redInvoiceNo: Id(32) }, closedObject);

export type Invoicing = {
  /** Idempotent by `invoiceRequestNo`. */
  issueInvoice(request: Static<typeof InvoiceRequestSchema>, context: HisCallContext): Promise<HisResult<Invoice>>;
  queryInvoice(request: { readonly invoiceRequestNo: string; readonly tradeNo: string }, context: HisCallContext): Promise<HisQueryResult<Invoice>>;
  /** 冲红. Idempotent by `flushNo`; one that is on paper is rejected until the paper is handed back. */
  redFlushInvoice(request: Static<typeof RedFlushRequestSchema>, context: HisCallContext): Promise<HisResult<Static<typeof RedFlushSchema>>>;
};
