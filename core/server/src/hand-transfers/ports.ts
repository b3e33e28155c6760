/** What recording transfers by hand (转账登记) needs from outside, and what the console asks of it. */
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { DueTransfer, HandTransfer, HandTransferStore, TransferKind } from '../domain/hand-transfer.js';
import type { Clock } from '../domain/time.js';

export type HandTransferPorts = { readonly transfers: HandTransferStore; readonly audit: AuditTrail; readonly clock: Clock };

export type HandTransferDesk = {
  listTransfers(): Promise<{ readonly due: readonly DueTransfer[]; readonly recorded: readonly HandTransfer[] }>;
  /** `accountName` is kept masked. Refuses NO_SUCH_ITEM, AMOUNT_DIFFERS, CONFLICT (another record waits, or the slip was used), MALFORMED_REQUEST (a day to come). */
  recordTransfer(request: { readonly kind: TransferKind; readonly subject: string; readonly amountFen: number; readonly paidOn: string; readonly bankName: string; readonly accountName: string; readonly accountTail: string; readonly slipNo: string; readonly by: string }): Promise<Outcome<HandTransfer>>;
  /** Confirmed by another person; refuses NO_SUCH_ITEM, SECOND_PERSON_NEEDED, APPROVAL_OVER (not what was shown), CONFLICT (decided before). */
  decideTransfer(request: { readonly transferNo: string; readonly isConfirmed: boolean; readonly amountFen: number; readonly slipNo: string; readonly reason: string; readonly by: string }): Promise<Outcome<HandTransfer>>;
};
