/** Postings 16–20 of a payout (core/docs/architecture.md). 2021 is zero under its number exactly when the payout is final. */
import { beijingDay, type Fen } from '@hospay/plugin-sdk';
import type { AccountName, Entry, Journal, Phase, Side } from './ledger.js';
import type { Payout } from './payout.js';
import { fundsAvailable } from './reconciliation-postings.js';

export const bank = (account: string): AccountName => `1002/${account}`;
export const payoutClearing = ({ fromAccount }: Pick<Payout, 'fromAccount'>): AccountName => `2021/${fromAccount}`;
/** Under a key of their own: what payouts took out of the hospital's funds stays provable beside what the HIS days brought. */
export const PAYOUTS_KEY = 'payouts';
export const bankCharges = (account: string): AccountName => `6003/${account}`;

/** 16: reserved; from this moment it is on its way out. */
export function postPayoutReserved(payout: Payout): Journal {
  return journal(payout, `reserved-${String(payout.attempts)}`, reservation(payout, 'pending', payout.submittedAt));
}

/** Posting 16 becomes final: the bank has it. Money between the hospital's own accounts stays reserved until it was paid: it has not arrived anywhere yet. */
export function postPayoutAccepted(payout: Payout): Journal {
  return journal(payout, 'accepted', [...reservation(payout, 'voided', payout.submittedAt), ...reservation(payout, 'final', payout.submittedAt)]);
}

/** 17: the bank paid it, on the day of `paidAt`, and took its charge. Whatever was only reserved, or released before, becomes final with it. */
export function postPayoutSucceeded(payout: Payout & { readonly paidAt: string }): Journal {
  const { fromAccount, payoutNo, reservation: reserved, amountFen, feeFen, paidAt } = payout;
  const day = beijingDay(paidAt);
  return journal(payout, 'succeeded', [
    ...(reserved === 'pending' ? reservation(payout, 'voided', payout.submittedAt) : []),
    ...(reserved === 'posted' ? [] : reservation(payout, 'final', paidAt)),
    entry(payoutClearing(payout), 'debit', amountFen, payoutNo),
    entry(bank(fromAccount), 'credit', amountFen, day),
    ...(feeFen === 0 ? [] : [entry(bankCharges(fromAccount), 'debit', feeFen, day), entry(bank(fromAccount), 'credit', feeFen, day)]),
  ]);
}

/** 18: it will not be paid, or no byte arrived: the reservation is voided, or, if it was final, taken back. */
export function postPayoutReleased(payout: Payout): Journal {
  if (payout.reservation === 'pending') return journal(payout, `released-${String(payout.attempts)}`, reservation(payout, 'voided', payout.submittedAt));
  const turned = reservation(payout, 'final', payout.submittedAt).map((one): Entry => ({ ...one, side: one.side === 'debit' ? 'credit' : 'debit' }));
  return journal(payout, `released-${String(payout.attempts)}`, turned);
}

/** 20: it came back to the account it left. */
export function postPayoutReturned(payout: Payout & { readonly returnedAt: string }): Journal {
  const { fromAccount, amountFen, returnedAt } = payout;
  const day = beijingDay(returnedAt);
  return journal(payout, 'returned', [entry(bank(fromAccount), 'debit', amountFen, day), entry(fundedBy(payout), 'credit', amountFen, fundKey(payout, returnedAt))]);
}

/** What pays it: the hospital's funds, or, between its own accounts, the account that receives it. */
export function fundedBy({ kind, hospitalId, subject }: Payout): AccountName {
  return kind === 'settlement' ? bank(subject) : fundsAvailable(hospitalId);
}
export function fundKey({ kind }: Payout, at: string | undefined): string {
  return kind === 'settlement' && at !== undefined ? beijingDay(at) : PAYOUTS_KEY;
}
function reservation(payout: Payout, phase: Phase, at: string | undefined): Entry[] {
  return [entry(fundedBy(payout), 'debit', payout.amountFen, fundKey(payout, at), phase), entry(payoutClearing(payout), 'credit', payout.amountFen, payout.payoutNo, phase)];
}
function entry(account: AccountName, side: Side, amountFen: Fen, clearKey: string, phase: Phase = 'final'): Entry {
  return { account, side, amountFen, phase, clearKey };
}
function journal({ payoutNo }: Payout, step: string, entries: readonly Entry[]): Journal {
  return { bizType: 'payout', bizId: payoutNo, step, entries };
}
