import { E_CNY } from '@hospay/plugin-sdk';
import { text, type Row } from '../money/rows.js';
import type { SumFigures } from '../../../reports/ports.js';

/** What sums are kept by, in the order of the columns of `sum_group`. */
export const GROUP_COLUMNS = ['hospital_id', 'merchant_no', 'channel', 'method', 'business', 'fee_type', 'owner_kind', 'owner_id', 'till_no'] as const;

/** SQL of those columns over `orders o`, `quote q`, `payment p`; the till is the payment's or the refund's own. */
export const groupSql = (tillNo: string): string =>
  `o.hospital_id, coalesce(p.merchant_no, '') AS merchant_no, coalesce(p.channel, '') AS channel, CASE WHEN p.funding_source = '${E_CNY}' THEN '${E_CNY}' ELSE coalesce(p.method, '') END AS method, o.business, coalesce(q.fee_type, '') AS fee_type, o.owner_kind, o.owner_id, coalesce(${tillNo}, '') AS till_no`;

/** The instant a refund stands under, as `billDayOfRefund` has it: of its request at the channel, of cash when the notes were handed out. */
export const REFUND_AT = `coalesce(CASE p.method WHEN 'cash' THEN coalesce(r.refunded_at, r.submitted_at) ELSE coalesce(r.submitted_at, r.refunded_at) END, r.requested_at)`;

export type Group = readonly string[];

export function groupOf(row: Row): Group {
  return GROUP_COLUMNS.map((column) => text(row, column));
}
/** One text for a group, to find it again in memory. */
export function keyOf(group: Group): string {
  return group.join('\u001f');
}

export type MutableFigures = { -readonly [Name in keyof SumFigures]: SumFigures[Name] };
export function noFigures(): MutableFigures {
  return { paidCount: 0, paidFen: 0, refundedCount: 0, refundedFen: 0, bookedCount: 0, bookedFen: 0, reversedCount: 0, reversedFen: 0, fundFen: 0, accountFen: 0 };
}
