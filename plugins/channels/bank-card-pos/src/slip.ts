import { Type, type Static } from 'typebox';

/** What a card terminal prints about one transaction, as both profiles tell it. Never a card number. */
export const SlipSchema = Type.Object({
  merchantNo: Type.String(),
  terminalNo: Type.String(),
  batchNo: Type.String(),
  voucherNo: Type.String(),
  referenceNo: Type.String(),
  amountFen: Type.Integer(),
  at: Type.String(),
  bankId: Type.String(),
});
export type Slip = Static<typeof SlipSchema>;
