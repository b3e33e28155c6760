import { QueryTypes } from 'sequelize';
import type { WaitingFor } from '../../http/console-api/ports.js';
import type { MoneySource } from './money-source.js';

/** Open ones by their own indexes: the menu asks often, and the tables grow for years. */
const WAITING = `SELECT
  (SELECT count(*) FROM refund_approval WHERE state IN ('proposed', 'firstApproved') AND expires_at > :now AND proposed_by <> :login AND coalesce(first_approved_by, '') <> :login) AS refunds,
  (SELECT count(*) FROM payout WHERE state IN ('proposed', 'firstApproved') AND state NOT IN ('rejected', 'expired', 'succeeded', 'failed', 'returned') AND expires_at > :now AND proposed_by <> :login AND coalesce(first_approved_by, '') <> :login) AS payouts,
  (SELECT count(*) FROM settlement_batch WHERE state = 'proposed' AND expires_at > :now AND proposed_by <> :login) AS settlements,
  (SELECT count(*) FROM prepayment_run WHERE state = 'proposed' AND expires_at > :now AND proposed_by <> :login) AS prepayment,
  (SELECT count(*) FROM hand_transfer WHERE state = 'recorded' AND recorded_by <> :login) AS transfers,
  (SELECT count(*) FROM discrepancy_case WHERE resolved_at IS NULL) AS cases`;

/** What waits for the second person: nothing that is his own proposal or approval already, nor past its time; and how many cases are open. */
export async function countWaiting({ sequelize }: MoneySource, { login, now }: { readonly login: string; readonly now: Date }): Promise<WaitingFor> {
  const [row] = await sequelize.query<WaitingFor>(WAITING, { replacements: { login, now: now.toISOString() }, type: QueryTypes.SELECT });
  return row ?? { refunds: 0, payouts: 0, settlements: 0, prepayment: 0, transfers: 0, cases: 0 };
}
