import type { FaultAfterExecuting, FaultBeforeExecuting } from '../machinery/answer-faults.js';
import { FaultList } from '../machinery/fault-list.js';
import type { RoundFault } from '../machinery/retried-posts.js';
import type { SignerName } from './platform-keys.js';

/** What a merchant can call, and where a fault can strike. `queryRefund` is a query about an undo or refund. */
export type ApiOperation = 'charge' | 'query' | 'queryRefund' | 'undo' | 'refund' | 'reversal' | 'file';

/** What can go wrong with one call. */
export type ApiFault =
  | FaultBeforeExecuting
  | FaultAfterExecuting
  /** A signed refusal of the test's choosing; nothing is executed. */
  | { readonly kind: 'refuse'; readonly code: string; readonly message?: string }
  /** The work is done, the signed answer says otherwise: 03, 04, 05, 06 … */
  | { readonly kind: 'executeThenAnswer'; readonly code: string }
  /** Executed and answered, but queries do not find it for a while (34). */
  | { readonly kind: 'hidden'; readonly forMs: number }
  /** A right and signed answer under a wrong status. */
  | { readonly kind: 'signedUnderStatus'; readonly status: number }
  /** UnionPay's certificate, another key. */
  | { readonly kind: 'badSignature' }
  /** Rightly signed by somebody who should not be believed. */
  | { readonly kind: 'otherSigner'; readonly signer: SignerName }
  | { readonly kind: 'missingSignature' }
  /** Signed, then one field changed. */
  | { readonly kind: 'altered'; readonly fields: Readonly<Record<string, string>> }
  /** Rightly signed fields in place of the true ones; an empty value leaves the field out. */
  | { readonly kind: 'otherFields'; readonly fields: Readonly<Record<string, string>> }
  /** Rightly signed, and not the documented message. */
  | { readonly kind: 'garbageFields' }
  | { readonly kind: 'truncatedBody' }
  | { readonly kind: 'notifyBeforeAnswer' };

/** What can be wrong with a notification that is sent all the same. */
export type NotificationFlaw =
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'otherSigner'; readonly signer: SignerName }
  | { readonly kind: 'wrongAmount'; readonly amountFen: number }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherFields'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'garbageBody' };

/** What can be wrong in a settlement file. */
export type FileFault =
  | { readonly kind: 'dropRow'; readonly orderId: string }
  | { readonly kind: 'addRow'; readonly orderId: string; readonly amountFen: number }
  | { readonly kind: 'changeAmount'; readonly orderId: string; readonly amountFen: number }
  | { readonly kind: 'changeType'; readonly orderId: string; readonly txnType: string }
  /** Money flows the other way than the type of the row says. */
  | { readonly kind: 'wrongDirection'; readonly orderId: string }
  /** A chargeback of a payment of the day, as a ZME line. */
  | { readonly kind: 'addError'; readonly orderId: string; readonly amountFen: number }
  /** A row of another merchant in the merchant's own file. */
  | { readonly kind: 'strangersRow'; readonly orderId: string }
  | { readonly kind: 'shortLine' }
  /** A blank more at the end of the first line. */
  | { readonly kind: 'longLine' }
  /** One blank between two columns is a digit. */
  | { readonly kind: 'shiftedColumn' }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherDay' }
  | { readonly kind: 'damagedZip' }
  /** The archive opens, and what it holds is not what its checksum says. */
  | { readonly kind: 'wrongChecksum' }
  | { readonly kind: 'rawDeflate' }
  | { readonly kind: 'noLastLineEnd' }
  /** The layout of before, without the number of the original order. */
  | { readonly kind: 'oldLayout' };

type Kinds = { readonly notification: RoundFault | NotificationFlaw; readonly fileContent: FileFault } & Readonly<Record<ApiOperation, ApiFault>>;

export class FaultRules extends FaultList<Kinds, 'orderId'> {
  constructor() {
    super('orderId');
  }
}
