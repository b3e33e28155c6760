import type { WorldView } from './world-view.js';

/** A later payment whose refund has no answer for this long holds up nobody. */
const LONGEST_TURN_MS = 60_000;

/**
 * The refund of a later payment that should have been handed to its channel first: when an unfinished mixed order is sent back, and when the insurance is undone, which
 * comes after what the patient paid on top of it.
 */
export function compensatesOutOfTurn(world: WorldView, refundNo: string): string | undefined {
  const refunds = world.store.database
    .prepare('SELECT r.refund_no, r.state, r.cause, r.requested_at, r.submitted_at, r.attempts, p.leg, p.method FROM refund r JOIN payment p ON p.payment_no = r.payment_no WHERE r.trade_no = (SELECT trade_no FROM refund WHERE refund_no = ?)')
    .all(refundNo);
  const own = refunds.find((refund) => refund['refund_no'] === refundNo);
  const takesTurns = own?.['cause'] === 'tenderAbandoned' || own?.['method'] === 'medicalInsurance';
  if (own === undefined || !takesTurns) return undefined;
  if (refunds.length > 1) world.history.mark(own['cause'] === 'tenderAbandoned' ? 'several payments of a mixed order sent back' : 'the insurance undone beside other payments');
  const isRecent = (since: unknown): boolean => world.platformNow().getTime() <= Date.parse(String(since)) + LONGEST_TURN_MS;
  if (!isRecent(own['requested_at'])) return undefined;
  // The insurance waits until the others have an answer, any other payment only until they were sent.
  const open = own['method'] === 'medicalInsurance' ? ['reserved', 'approving', 'submitted'] : ['reserved'];
  // Asked for under a clock that was ahead and sent under the right one, it was sent before it was asked for: its turn runs from when it was sent.
  // What is sent again had its turn, and an answer: the till was short.
  const isOpen = (refund: Record<string, unknown>): boolean => open.includes(String(refund['state'])) && (refund['state'] !== 'submitted' || (Number(refund['attempts']) <= 1 && isRecent(refund['submitted_at'] ?? refund['requested_at'])));
  const waiting = refunds.find((refund) => isOpen(refund) && Number(refund['leg']) > Number(own['leg']) && String(refund['requested_at']) <= String(own['requested_at']));
  return waiting === undefined ? undefined : String(waiting['refund_no']);
}
