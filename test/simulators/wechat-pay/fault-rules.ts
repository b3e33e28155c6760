import { FaultList } from '../machinery/fault-list.js';
import type { RoundFault } from '../machinery/retried-posts.js';
import type { SettledRefundStatus } from './simulated-records.js';

export type ApiOperation =
  | 'nativeOrder'
  | 'jsapiOrder'
  | 'appOrder'
  | 'h5Order'
  | 'codepay'
  | 'micropay'
  | 'orderquery'
  | 'reverse'
  | 'queryOrder'
  | 'closeOrder'
  | 'refund'
  | 'queryRefund'
  | 'medInsOrder'
  | 'queryMedInsOrder'
  | 'medInsRefundNotice'
  | 'certificates'
  | 'tradeBill'
  | 'fundFlowBill'
  | 'subMerchantFundFlowBill'
  | 'downloadBill';

/** 500 is WeChat Pay's own signed `SYSTEM_ERROR`; the others come from a gateway before it: unsigned HTML. */
export type ServerErrorStatus = 500 | 502 | 503 | 504;

/** What can go wrong with one API call. */
export type ApiFault =
  | { readonly kind: 'failBeforeExecuting'; readonly status?: ServerErrorStatus }
  | { readonly kind: 'dropBeforeExecuting' }
  | { readonly kind: 'delayBeforeExecuting'; readonly delayMs: number }
  | { readonly kind: 'tooManyRequests' }
  /** A definite refusal of the test's choosing, signed. Nothing is executed. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'executeThenFail'; readonly status?: ServerErrorStatus }
  | { readonly kind: 'executeThenNeverAnswer' }
  | { readonly kind: 'executeThenDropConnection' }
  | { readonly kind: 'delayAnswer'; readonly delayMs: number }
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'signatureProbe' }
  | { readonly kind: 'missingSignature' }
  | { readonly kind: 'staleSignature' }
  | { readonly kind: 'wrongSerial' }
  /** The whole length is announced, half of the body comes, the connection breaks. */
  | { readonly kind: 'truncatedBody' }
  /** Rightly signed bytes that are no JSON. */
  | { readonly kind: 'garbageBody' }
  /** queryOrder: a paid order still reads NOTPAY. */
  | { readonly kind: 'stillNotPaid' }
  /** queryOrder, queryRefund: another amount, rightly signed. */
  | { readonly kind: 'otherAmount'; readonly amountFen: number }
  /** queryOrder: another merchant's id, rightly signed. */
  | { readonly kind: 'otherMerchant' }
  /** API v2: `return_code` FAIL, which is never signed. */
  | { readonly kind: 'returnCodeFail' }
  /** reverse (API v2): recall=Y, nothing executed. */
  | { readonly kind: 'askToReverseAgain' }
  /** micropay, orderquery, queryOrder, codepay, reverse: rightly signed, about another number. */
  | { readonly kind: 'otherOrder'; readonly outTradeNo: string }
  /** queryOrder in partner mode: another service provider's id, rightly signed. */
  | { readonly kind: 'otherProvider' }
  /** nativeOrder, jsapiOrder: the payer pays; refund: the refund settles; and the notification arrives, all before this answer. */
  | { readonly kind: 'notifyBeforeAnswer' };

/** What can go wrong with one attempt to notify. Each replaces that attempt; the retry is the next attempt. */
export type NotificationFault = RoundFault | NotificationFlaw;

/** What can be wrong with a notification that is sent all the same. */
export type NotificationFlaw =
  | { readonly kind: 'forgedSignature' }
  /** The probe goes out first, the real notification right after it. */
  | { readonly kind: 'signatureProbe' }
  | { readonly kind: 'staleSignature' }
  | { readonly kind: 'wrongAmount'; readonly amountFen: number }
  | { readonly kind: 'otherMerchant' }
  /** In partner mode: the right sub-merchant of another service provider. */
  | { readonly kind: 'otherProvider' }
  | { readonly kind: 'garbageBody' };

/** How a new refund goes on. Without a fault it is SUCCESS at once (the synchronous answer says PROCESSING all the same). */
export type RefundOutcomeFault =
  | { readonly kind: 'settle'; readonly status: SettledRefundStatus; readonly afterMs: number }
  /** PROCESSING until the test calls `settleRefund`. */
  | { readonly kind: 'stayProcessing' };

/** A row nobody made, for `addRow`. Both numbers of a refund row are given. */
export type ExtraBillRow = {
  readonly outTradeNo: string;
  readonly transactionId: string;
  readonly amountFen: number;
  readonly outRefundNo?: string;
  readonly refundId?: string;
};

/** What can be wrong in a trade bill. `outRefundNo` picks a refund row, its absence the payment row. */
export type BillFault =
  | { readonly kind: 'dropRow'; readonly outTradeNo: string; readonly outRefundNo?: string }
  | { readonly kind: 'addRow'; readonly row: ExtraBillRow }
  | { readonly kind: 'changeAmount'; readonly outTradeNo: string; readonly outRefundNo?: string; readonly amountFen: number }
  | { readonly kind: 'changeStatus'; readonly outTradeNo: string; readonly outRefundNo?: string; readonly status: string }
  /** The summary says one row and one fen more than the rows. */
  | { readonly kind: 'summaryMismatch' }
  /** The file's bytes do not match the `hash_value` that was answered. */
  | { readonly kind: 'hashMismatch' };

/**
 * What can be wrong in a fund bill, or other. `summaryMismatch` and `hashMismatch` as above; `fullWidthBrackets` is how some files are written. Only of a sub-merchant's encrypted bill:
 * `inTwoParts` is a large one, last part first; `partMissing` names fewer parts than it counts; `otherKey` is encrypted to somebody else; `damaged` has one byte changed.
 */
export type FundBillFault = { readonly kind: 'summaryMismatch' | 'hashMismatch' | 'fullWidthBrackets' | 'inTwoParts' | 'partMissing' | 'otherKey' | 'damaged' };

type FaultKinds = {
  readonly notification: NotificationFault;
  readonly refundOutcome: RefundOutcomeFault;
  readonly bill: BillFault;
  readonly fundBill: FundBillFault;
} & Readonly<Record<ApiOperation, ApiFault>>;

export class FaultRules extends FaultList<FaultKinds, 'outTradeNo' | 'outRefundNo'> {
  constructor() {
    super('outTradeNo', 'outRefundNo');
  }
}
