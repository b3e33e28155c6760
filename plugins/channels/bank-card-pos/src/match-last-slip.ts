import type { Intent, Voucher } from './intent.js';
import type { Slip } from './slip.js';

export type Match = { readonly kind: 'ours' } | { readonly kind: 'notProven'; readonly reason: string };

/**
 * Is the last slip of a terminal that of an exchange whose answer was lost? The protocol has no question by our number, so four things must hold together:
 * nothing else was started on the terminal since, the slip is newer than the last one known before, the amount is ours, and so is the time. Anything less
 * proves nothing in either direction.
 */
export function matchLastSlip(facts: { readonly intent: Intent; readonly slip: Slip; readonly terminalTurn: number; readonly exchangeTimeoutMs: number; readonly clockToleranceMs: number }): Match {
  const { intent, slip, terminalTurn, exchangeTimeoutMs, clockToleranceMs } = facts;
  if (terminalTurn !== intent.turn) return notProven('something else was started on this terminal since');
  if (intent.after === undefined) return notProven('the last slip before this exchange is not known');
  if (!isNewer(slip, intent.after)) return notProven(`the last slip is still ${slip.batchNo}/${slip.voucherNo}`);
  if (slip.amountFen !== intent.amountFen) return notProven(`the last slip is about ${String(slip.amountFen)} fen`);
  const [at, from] = [Date.parse(slip.at), Date.parse(intent.startedAt)];
  if (at < from - clockToleranceMs || at > from + exchangeTimeoutMs + clockToleranceMs) return notProven(`the last slip is of ${slip.at}`);
  return { kind: 'ours' };
}

/** Vouchers count upwards within a batch, batches within the terminal. A count that began anew is not newer: a person looks. */
function isNewer(slip: Voucher, before: Voucher): boolean {
  if (before.voucherNo === '' && before.batchNo === '') return true;
  return slip.batchNo === before.batchNo ? slip.voucherNo > before.voucherNo : slip.batchNo > before.batchNo;
}

function notProven(reason: string): Match {
  return { kind: 'notProven', reason };
}
