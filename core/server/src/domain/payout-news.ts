/** What the bank's answers do to a payout: decided over the locked row, the same news twice changes nothing. */
import { fen, type TransferNews, type TransferOutcome } from '@hospay/plugin-sdk';
import { assertNever } from './assert-never.js';
import { type Bilingual, yuanOf } from './bilingual.js';
import { own } from './own-words.js';
import { caseOf, type Payout, type PayoutChange } from './payout.js';
import { postPayoutAccepted, postPayoutReleased, postPayoutReserved, postPayoutReturned, postPayoutSucceeded } from './payout-postings.js';
import type { PayoutTrigger } from './payout-states.js';

export type PaidFacts = { readonly paidAt?: string | undefined; readonly bankTransferNo?: string | undefined; readonly feeFen?: number | undefined };

/** The intent, committed before the bank is told. False: what it was for is not owed any more, and it is not sent. */
export function submitPayout(change: PayoutChange): boolean {
  if (!change.beside.isOwed) {
    change.move('rejected', 'timer', { lastNews: own('notOwedAnyMore') });
    closeQuestions(change);
    return false;
  }
  const sent = change.move('submitted', 'send', { attempts: change.payout.attempts + 1, asked: 0, submittedAt: change.now.toISOString(), reservation: 'pending', absentAt: undefined });
  change.post(postPayoutReserved(sent));
  return true;
}

/** The answer to the one try. */
export function learnTransferOutcome(change: PayoutChange, outcome: TransferOutcome): void {
  switch (outcome.kind) {
    case 'accepted':
      learnTaken(change, 'answer', { awaitsBankApproval: outcome.awaitsBankApproval, ...(outcome.bankTransferNo === undefined ? {} : { bankTransferNo: outcome.bankTransferNo }) });
      return;
    case 'succeeded':
      learnPaid(change, 'answer', outcome);
      return;
    case 'refused':
      learnNotPaid(change, 'answer', `${outcome.code} ${outcome.message}`);
      return;
    case 'notSent':
      change.post(postPayoutReleased(change.payout));
      change.move('approved', 'answer', { reservation: 'none', lastNews: outcome.reason });
      return;
    case 'unknown':
      change.move('unknown', 'answer', { lastNews: outcome.reason });
      return;
    default:
      assertNever(outcome);
  }
}

/** The answer to a question. */
export function learnTransferNews(change: PayoutChange, news: TransferNews): void {
  const { state } = change.payout;
  const isOpen = state === 'processing' || state === 'unknown';
  if (!isOpen && state !== 'succeeded') return;
  switch (news.kind) {
    case 'processing':
      if (state === 'unknown') learnTaken(change, 'query', { awaitsBankApproval: news.awaitsBankApproval });
      else if (state === 'processing') change.set({ awaitsBankApproval: news.awaitsBankApproval, absentAt: undefined });
      return;
    case 'succeeded':
      if (isOpen) learnPaid(change, 'query', news);
      return;
    case 'failed':
      if (isOpen) learnNotPaid(change, 'query', `${news.code} ${news.message}`);
      else callPerson(change, { zh: `银行先答复已付，后又答复失败（${news.code} ${news.message}）。以银行对账单为准`, en: `the bank says it failed (${news.code} ${news.message}) after it said that it was paid; its statement decides` });
      return;
    case 'returned':
      if (isOpen) learnPaid(change, 'query', {});
      learnReturned(change, 'query', news.returnedAt, news.message);
      return;
    case 'absent':
      if (!isOpen) return;
      if (state === 'processing') change.move('unknown', 'query');
      change.set({ absentAt: change.now.toISOString(), lastNews: own('bankNeverHadIt') });
      return;
    case 'unknown':
      if (isOpen) change.set({ lastNews: news.reason });
      return;
    default:
      assertNever(news);
  }
}

/** It left the account. Where its debt was paid otherwise meanwhile, a person gets the second one back. */
export function learnPaid(change: PayoutChange, by: PayoutTrigger, { paidAt, bankTransferNo, feeFen = 0 }: PaidFacts): void {
  const { payout, beside } = change;
  const at = paidAt ?? change.now.toISOString();
  change.post(postPayoutSucceeded({ ...payout, paidAt: at, feeFen: fen(feeFen) }));
  change.move('succeeded', by, { paidAt: at, feeFen: fen(feeFen), reservation: 'none', absentAt: undefined, awaitsBankApproval: false, lastNews: undefined, ...(bankTransferNo === undefined ? {} : { bankTransferNo }) });
  closeQuestions(change);
  const debt = caseOf(payout.kind);
  if (debt === undefined) return;
  change.resolveCase(debt, payout.subject);
  if (beside.isOwed && !beside.hasOther) return;
  const amount = yuanOf(payout.amountFen);
  callPerson(change, { zh: `已为 ${payout.subject} 支付 ${amount} 元，而该款已经或将要以其他方式支付：请撤回另一笔付款，或追回其中一笔`, en: `paid ${amount} yuan for ${payout.subject}, which is or will be paid otherwise: take back the other payout, or get one of them back` });
}

/** 退票: the debt is open again, whole. */
export function learnReturned(change: PayoutChange, by: PayoutTrigger, returnedAt: string | undefined, message: string | undefined): void {
  const at = returnedAt ?? change.now.toISOString();
  const { payout, beside } = change;
  change.post(postPayoutReturned({ ...payout, returnedAt: at }));
  const { kind, subject, amountFen, payoutNo } = change.move('returned', by, { returnedAt: at, lastNews: message });
  const debt = caseOf(kind);
  const [amount, why] = [yuanOf(amountFen), (message ?? '').slice(0, 300)];
  const came: Bilingual = { zh: `付款 ${payoutNo} ${amount} 元被退回${why === '' ? '' : `：${why}`}`, en: `payout ${payoutNo} of ${amount} yuan came back${why === '' ? '' : `: ${why}`}` };
  if (debt !== undefined && !beside.hasOther) {
    change.openCase({ kind: debt, subject, severity: 2, detail: { zh: `${came.zh}。该款重新待付：请与患者核对账户后再付`, en: `${came.en}. It is owed again: check the account with the patient and pay once more` } });
  } else {
    change.openCase({ kind: 'payoutReturned', subject: payoutNo, severity: 2, detail: { zh: `${came.zh}。请查明原因；仍需支付时重新提出`, en: `${came.en}. See why, and propose it anew if it is still wanted` } });
  }
}

/** Only a definite no. */
function learnNotPaid(change: PayoutChange, by: PayoutTrigger, news: string): void {
  change.post(postPayoutReleased(change.payout));
  change.move('failed', by, { reservation: 'none', absentAt: undefined, awaitsBankApproval: false, lastNews: news.slice(0, 500) });
  closeQuestions(change);
}

/** Absent for good, in no statement: what a person decided. */
export function giveUpPayout(change: PayoutChange, news: string): void {
  learnNotPaid(change, 'operator', news);
}

function learnTaken(change: PayoutChange, by: PayoutTrigger, set: Partial<Payout>): void {
  const { payout } = change;
  const isPosted = payout.reservation === 'pending' && payout.kind !== 'settlement';
  if (isPosted) change.post(postPayoutAccepted(payout));
  change.move('processing', by, { ...set, ...(isPosted ? { reservation: 'posted' } : {}), absentAt: undefined, lastNews: undefined });
}

export function callPerson(change: PayoutChange, detail: Bilingual): void {
  change.openCase({ kind: 'payoutStrange', subject: change.payout.payoutNo, severity: 1, detail });
}

function closeQuestions(change: PayoutChange): void {
  change.resolveCase('payoutUnknown');
  change.resolveCase('payoutLate');
}

