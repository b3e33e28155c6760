import type { Fen } from '@hospay/plugin-sdk';
import type { Order, OrderBusiness, StoredQuote } from '../domain/order.js';
import type { CreatePaymentRequest } from './ports.js';

/** What the patient reads in the wallet, where the caller says nothing else. */
const DESCRIPTIONS: Readonly<Record<OrderBusiness, string>> = { bill: '门诊缴费', registration: '挂号费', deposit: '住院预交金', discharge: '出院结算', selfTest: '一分钱自测，自动退回' };

export type NewOrder = {
  readonly tradeNo: string;
  readonly now: Date;
  /** What its payments must bring. */
  readonly amountFen: Fen;
  readonly tenderUntil?: string | undefined;
  /** As the insurance centre priced them; otherwise the quote's. */
  readonly fundFen?: Fen | undefined;
  readonly personalAccountFen?: Fen | undefined;
  readonly presettlementNo?: string | undefined;
  readonly lockNo?: string | undefined;
};

/** An order for a quote, about to be accepted: nothing of it has happened yet. */
export function makeOrder(request: CreatePaymentRequest, quote: StoredQuote, { tradeNo, now, amountFen, tenderUntil, fundFen, personalAccountFen, presettlementNo, lockNo }: NewOrder): Order {
  return {
    tradeNo,
    hospitalId: quote.hospitalId,
    merchantId: request.merchantId,
    owner: request.owner,
    quoteId: quote.quoteId,
    hisQuoteNo: quote.hisQuoteNo,
    patientId: quote.patientId,
    patientLabel: quote.patientLabel,
    billNos: quote.billNos,
    description: request.description ?? DESCRIPTIONS[quote.business ?? 'bill'],
    totalFen: quote.totalFen,
    fundFen: fundFen ?? quote.fundFen,
    personalAccountFen: personalAccountFen ?? quote.personalAccountFen,
    amountFen,
    createdAt: now.toISOString(),
    version: 1,
    confirmation: 'none',
    settlementNo: undefined,
    receiptNo: undefined,
    pickupWindow: undefined,
    guide: undefined,
    confirmedAt: undefined,
    hisDay: undefined,
    confirmAttempts: 0,
    paidAt: undefined,
    receiptPrintedAt: undefined,
    tenderUntil,
    tenderEndingAt: undefined,
    presettlementNo,
    ...(lockNo === undefined ? {} : { lockNo }),
    ...(quote.business === undefined ? {} : { business: quote.business }),
    ...(quote.subject === undefined ? {} : { subject: quote.subject }),
  };
}
