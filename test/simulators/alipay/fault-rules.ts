import type { FaultAfterExecuting, FaultBeforeExecuting } from '../machinery/answer-faults.js';
import { FaultList } from '../machinery/fault-list.js';
import type { RoundFault } from '../machinery/retried-posts.js';

export type ApiOperation = 'precreate' | 'pay' | 'create' | 'query' | 'cancel' | 'close' | 'refund' | 'queryRefund' | 'bill' | 'certificate' | 'billFile';

/** What can go wrong with one call of the gateway. */
export type ApiFault =
  | FaultBeforeExecuting
  | FaultAfterExecuting
  /** A signed refusal of the test's choosing; nothing is executed. */
  | { readonly kind: 'refuse'; readonly code: string; readonly subCode?: string; readonly message?: string }
  | { readonly kind: 'tooManyRequests' }
  /** 20000, signed, after the work was done. */
  | { readonly kind: 'executeThenSystemError' }
  /** A right and signed answer under a wrong status. */
  | { readonly kind: 'signedUnderStatus'; readonly status: number }
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'missingSignature' }
  /** Signed over the node as it was, then one more blank is put into it: equal JSON, other text. */
  | { readonly kind: 'rewrittenNode' }
  /** Rightly signed, and not the documented message. */
  | { readonly kind: 'garbageNode' }
  | { readonly kind: 'truncatedBody' }
  /** Certificate mode: the answer names a certificate nobody has issued. */
  | { readonly kind: 'unknownCertificate' }
  /** Rightly signed fields in place of the true ones: another amount, another order's number. */
  | { readonly kind: 'otherFields'; readonly fields: Readonly<Record<string, string>> }
  /** The notification arrives before this answer. */
  | { readonly kind: 'notifyBeforeAnswer' };

/** What can be wrong with a notification that is sent all the same. */
export type NotificationFlaw =
  | { readonly kind: 'forgedSignature' }
  | { readonly kind: 'wrongAmount'; readonly amountFen: number }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherApp' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'garbageBody' };

type Row = { readonly outTradeNo: string; readonly outRequestNo?: string };
/** What can be wrong in a bill. `outRequestNo` picks a refund row, its absence the payment row. */
export type BillFault =
  | ({ readonly kind: 'dropRow' } & Row)
  | ({ readonly kind: 'addRow'; readonly amountFen: number } & Row)
  | ({ readonly kind: 'changeAmount'; readonly amountFen: number } & Row)
  | ({ readonly kind: 'changeType'; readonly type: string } & Row)
  | { readonly kind: 'footerMismatch' }
  | { readonly kind: 'summaryMismatch' }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherDay' }
  | { readonly kind: 'damagedZip' }
  | { readonly kind: 'utf8WithMark' };

type Kinds = { readonly notification: RoundFault | NotificationFlaw; readonly bills: BillFault } & Readonly<Record<ApiOperation, ApiFault>>;

export class FaultRules extends FaultList<Kinds, 'outTradeNo'> {
  constructor() {
    super('outTradeNo');
  }
}
