import type { CaseDraft, JobRequest } from '../domain/order-change.js';
import type { Comparison, Difference } from '../domain/reconciliation.js';
import type { CompletedRun, DayOf, FoundDifference } from '../domain/reconciliation-store.js';

/** A repair only asks again; more of them than this in one day means that something larger is wrong, and a person looks first. */
export const REPAIR_LIMITS = { rows: 50, fen: 500_000, shareOfRows: 0.005, shareAppliesFrom: 10 } as const;

/** What follows from a comparison: a case for each difference that needs a person, a question for each that needs another look. */
export function judgeDifferences(of: DayOf, comparison: Comparison, now: Date): Pick<CompletedRun, 'found' | 'cases' | 'wake'> {
  const found = comparison.differences.map((difference): FoundDifference => ({ difference, case: caseOf(of, difference) }));
  const wake = comparison.differences.flatMap((difference) => questionOf(difference, now));
  const refusal = overLimit(comparison);
  if (refusal === undefined) return { found, cases: [], wake };
  return { found, cases: [{ kind: 'repairsStopped', subject: `${of.comparison}/${of.source}/${of.day}`, severity: 1, detail: `nothing was asked again: ${refusal}` }], wake: [] };
}

/** What the state machine asks by itself when it is woken. Nothing is written off, nothing cancelled at the HIS. */
function questionOf({ class: found, ours }: Difference, dueAt: Date): (JobRequest & { readonly tradeNo: string })[] {
  const tradeNo = ours?.tradeNo;
  if (ours === undefined || tradeNo === undefined) return [];
  if (found === 'longUnknown') return [{ kind: 'advancePayment', subject: ours.key, dueAt, tradeNo }];
  if (found === 'status' && ours.kind === 'refund' && ours.state === 'open') return [{ kind: 'advanceRefund', subject: ours.key, dueAt, tradeNo }];
  if (found !== 'hisAhead') return [];
  return [ours.kind === 'payment' ? { kind: 'confirmOrder', subject: tradeNo, dueAt, tradeNo } : { kind: 'advanceRefund', subject: ours.key, dueAt, tradeNo }];
}

function overLimit({ differences, theirs }: Comparison): string | undefined {
  const asked = differences.filter((difference) => questionOf(difference, new Date(0)).length > 0);
  const fen = asked.reduce((sum, { theirs: row }) => sum + (row?.fen ?? 0), 0);
  const rows = theirs.payments + theirs.refunds;
  if (asked.length > REPAIR_LIMITS.rows) return `${String(asked.length)} rows are more than ${String(REPAIR_LIMITS.rows)}`;
  if (fen > REPAIR_LIMITS.fen) return `${String(fen)} fen are more than ${String(REPAIR_LIMITS.fen)}`;
  return asked.length > REPAIR_LIMITS.shareAppliesFrom && asked.length > rows * REPAIR_LIMITS.shareOfRows ? `${String(asked.length)} of ${String(rows)} rows` : undefined;
}

function caseOf({ source, day }: DayOf, difference: Difference): CaseDraft | undefined {
  const { ours, theirs } = difference;
  const subject = (theirs ?? ours)?.key ?? '';
  const where = `${source}, statement of ${day}`;
  switch (difference.class) {
    case 'longNoOrder':
      return { kind: 'statementLong', subject, severity: 2, detail: `长款: ${where} has ${fenOf(theirs)} paid under ${subject}, and no order of ours has it. Find the patient by terminal log and HIS; give it back when two persons agree` };
    case 'duplicateTheirs':
      return { kind: 'statementLong', subject, severity: 2, detail: `长款: ${where} has ${theirs?.kind ?? ''} ${subject} more than once, ${fenOf(theirs)} each time. The first is matched; give the rest back when two persons agree` };
    case 'short':
      return { kind: 'statementShort', subject, severity: 1, detail: `短款: ${fenOf(ours)} succeeded at ${ours?.at ?? ''} and no statement to ${day} has it. Served without money unless ${source} shows it: ask the channel` };
    case 'refundOursOnly':
      return { kind: 'statementShort', subject, severity: 1, detail: `a refund of ${fenOf(ours)} is done in our books and in no statement to ${day}: the patient may not have it. Ask the channel` };
    case 'refundTheirsOnly':
      return { kind: 'statementStatus', subject, severity: 2, detail: `${where} has a refund of ${fenOf(theirs)} of ${theirs?.paymentKey ?? ''} that nobody asked us for (made at the channel's own console?). The HIS may still hold its booking` };
    case 'amount':
      return { kind: 'statementAmount', subject, severity: 2, detail: `${where}: ${fenOf(theirs)}, our books: ${fenOf(ours)}. ${(theirs?.fen ?? 0) > (ours?.fen ?? 0) ? '长款' : '短款'} of the difference` };
    case 'status':
      return ours?.state === 'open' ? undefined : { kind: 'statementStatus', subject, severity: 1, detail: `${where}: ${theirs?.kind ?? ''} is ${theirs?.state ?? ''}, our books: ${ours?.state ?? ''} (${fenOf(ours)})` };
    case 'hisExtra':
      return { kind: 'hisWithoutMoney', subject, severity: 1, detail: hisExtraDetail(day, difference) };
    case 'hisMissing':
      return { kind: 'hisBookingMissing', subject, severity: 2, detail: `we have the HIS's answer that it booked ${ours?.kind ?? ''} ${fenOf(ours)}, and its list of ${day} does not have it. Nothing is sent again: ask the HIS by the trade number ${ours?.tradeNo ?? ''}` };
    case 'hisAmount':
      return { kind: 'hisBookingAmount', subject, severity: 2, detail: `the HIS's list of ${day}: ${fenOf(theirs)}, our books: ${fenOf(ours)}` };
    case 'fee': case 'bankLong': case 'bankShort':
      return { kind: 'settlementDifference', subject: `${source}/${day}/${subject}`, severity: 2, detail: `${difference.class}: ${subject} of ${day} should make ${fenOf(ours)}, the account of ${source} has ${fenOf(theirs)}` };
    default:
      return undefined;
  }
}

/** 医院单边账. The HIS is never told to cancel: what was dispensed was dispensed. */
function hisExtraDetail(day: string, { ours, theirs }: Difference): string {
  if (theirs?.kind === 'refund') return `the HIS reversed ${fenOf(theirs)} of ${theirs.paymentKey} on ${day} and nobody asked us to give money back`;
  const money = ours === undefined ? 'no order of ours has this number' : 'we have no money for it';
  return `医院单边账: the HIS has booked ${fenOf(theirs)} under ${theirs?.key ?? ''} on ${day}, ${money}. Collect it, or let the HIS refund it with authority; nothing is cancelled by the platform, and dispensing may have to be stopped`;
}

const fenOf = (row: { readonly fen: number } | undefined): string => `${String(row?.fen ?? 0)} fen`;
