import type { Payee, TransferNews, TransferOutcome } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import type { BankLinkGuest } from '../domain/guests.js';
import { maskNumber } from '../domain/mask.js';
import type { ClaimedJob, JobThen } from '../domain/money-store.js';
import { heard, own } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import { learnTransferNews, learnTransferOutcome, submitPayout } from '../domain/payout-news.js';
import { isPayoutFinal } from '../domain/payout-states.js';
import type { Payout, PayoutChange } from '../domain/payout.js';
import { redactText } from '../domain/sensitive.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { HospitalAccount, PayoutPorts } from './ports.js';
import { accountOf } from './propose-payout.js';

const DAY_MS = 24 * 60 * 60_000;

/**
 * One step of one payout. Approved, it is sent once, the intent and its reservation committed before; from then on it is only asked about, until the bank or its statement decides. What was paid is asked
 * about once a day for a while: it may come back.
 */
export async function advancePayout(ports: PayoutPorts, job: ClaimedJob): Promise<void> {
  const payout = await ports.payouts.find(job.subject);
  if (payout === undefined) return done(ports, job);
  switch (payout.state) {
    case 'proposed':
    case 'firstApproved':
      return expire(ports, job, payout);
    case 'approved':
      return send(ports, job, payout);
    case 'submitted':
      // It was handed to the link in a life of this process that has ended, or by a worker that was overtaken: it may be at the bank.
      return (await doubt(ports, job)) ? ask(ports, job, payout) : undefined;
    case 'processing':
    case 'unknown':
      return ask(ports, job, payout);
    case 'succeeded':
      return isWatched(ports, payout) ? ask(ports, job, payout) : done(ports, job);
    case 'rejected':
    case 'expired':
    case 'failed':
    case 'returned':
      return done(ports, job);
  }
}

async function doubt(ports: PayoutPorts, job: ClaimedJob): Promise<boolean> {
  const doubted = await ports.payouts.change(request(ports, job, 'doubt'), (change) => { if (change.payout.state === 'submitted') change.move('unknown', 'timer', { lastNews: own('answerLost') }); });
  return doubted.kind === 'changed';
}

/** Nobody approved it in time: its debt is free again. */
async function expire(ports: PayoutPorts, job: ClaimedJob, payout: Payout): Promise<void> {
  const expiresAt = new Date(payout.expiresAt);
  if (ports.clock.now() < expiresAt) {
    await ports.store.putBackJob(job, { dueAt: expiresAt });
    return;
  }
  await ports.payouts.change({ ...request(ports, job, 'expire'), jobThen: () => 'done' }, (change) => { if (change.payout.state === payout.state) change.move('expired', 'timer'); });
}

async function send(ports: PayoutPorts, job: ClaimedJob, payout: Payout): Promise<void> {
  const account = accountOf(ports, payout.fromAccount);
  const link = account === undefined ? undefined : ports.links.ofAccount(account.accountNo);
  if (account === undefined || link === undefined) return putOff(ports, job, own('bankLinkNotActive'));
  const payee = ports.vault.open(payout.sealedPayee, payout.payoutNo);
  if (payee === undefined) return putOff(ports, job, own('payeeUnreadable'));
  const intent = await ports.payouts.change(request(ports, job, 'send'), (change) => change.payout.state === 'approved' && submitPayout(change));
  if (intent.kind !== 'changed') return;
  if (!intent.result) return done(ports, job);
  const { payoutNo, amountFen, purpose } = payout;
  // A lease that is nearly over may be another worker's before the bank has it: not sent at all is better than sent unseen.
  const hasTime = job.leasedUntil.getTime() - ports.clock.now().getTime() >= job.leaseMs / 2;
  const outcome: TransferOutcome = hasTime ? await link.pay({ instructionNo: payoutNo, fromAccountNo: account.accountNo, payee, amountFen, purpose }) : { kind: 'notSent', reason: own('tooLittleTime') };
  await learn(ports, job, { payee, source: 'answer', told: outcome }, (change) => { if (change.payout.state === 'submitted') learnTransferOutcome(change, clean(outcome, payee)); });
}

async function ask(ports: PayoutPorts, job: ClaimedJob, payout: Payout): Promise<void> {
  const account = accountOf(ports, payout.fromAccount);
  const link: BankLinkGuest | undefined = account === undefined ? undefined : ports.links.ofAccount(account.accountNo);
  if (account === undefined || link === undefined) return putOff(ports, job, own('bankLinkNotActive'));
  const payee = ports.vault.open(payout.sealedPayee, payout.payoutNo);
  const news = await link.query(reference(payout, account));
  await learn(ports, job, { payee, source: 'query', told: news }, (change) => { learnTransferNews(change, clean(news, payee)); });
}

type Told = { readonly payee: Payee | undefined; readonly source: 'answer' | 'query'; readonly told: TransferOutcome | TransferNews };

/** One transaction: the fact, what it does, and when the bank is asked next. */
async function learn(ports: PayoutPorts, job: ClaimedJob, { payee, source, told }: Told, work: (change: PayoutChange) => void): Promise<void> {
  const now = ports.clock.now();
  const sourceId = `payout/${job.subject}/${source}/${makeOpaqueId(ports.random, 8)}`;
  const fact = { kind: source === 'answer' ? ('bankAnswer' as const) : ('bankQuery' as const), source: `bank/${job.subject}`, sourceId, body: clean(told, payee) };
  await ports.payouts.change({ payoutNo: job.subject, cause: { kind: source, id: sourceId }, now, fact, job, jobThen: (after) => thenOf(ports, after, now) }, (change) => {
    work(change);
    change.set({ asked: source === 'query' ? change.payout.asked + 1 : 0 });
    callWhenLate(ports, change);
  });
}

/** What ended needs no work; what was paid is looked at once a day; what could not be sent waits longer each time. */
function thenOf(ports: PayoutPorts, after: Payout, now: Date): JobThen {
  if (after.state === 'succeeded') return isWatched(ports, after) ? { dueAt: new Date(now.getTime() + DAY_MS) } : 'done';
  if (isPayoutFinal(after.state)) return 'done';
  return { dueAt: new Date(now.getTime() + gapAfter(ports.policy.queryRhythmMs, after.state === 'approved' ? Math.max(after.attempts, after.asked) : after.asked + 1)) };
}

/** Tried again later, and after a while a person is called: nothing stays open unseen. */
async function putOff(ports: PayoutPorts, job: ClaimedJob, reason: string): Promise<void> {
  const now = ports.clock.now();
  await ports.payouts.change({ ...request(ports, job, 'later'), jobThen: (after) => thenOf(ports, after, now) }, (change) => {
    // What was paid is only watched: that nobody answers is no news of it.
    change.set({ asked: change.payout.asked + 1, ...(isPayoutFinal(change.payout.state) ? {} : { lastNews: reason }) });
    callWhenLate(ports, change);
  });
}

function callWhenLate({ policy }: PayoutPorts, change: PayoutChange): void {
  const { state, payoutNo, submittedAt, decidedAt, lastNews = '', absentAt } = change.payout;
  const said = heard(lastNews);
  const openMs = change.now.getTime() - Date.parse(submittedAt ?? decidedAt ?? change.now.toISOString());
  if (state === 'unknown' && openMs > policy.unknownEscalationMs) {
    const next: Bilingual = absentAt === undefined
      ? { zh: '请凭付款指令号向银行查询', en: 'ask the bank by its instruction number' }
      : { zh: '银行称从未收到：待当日结束且银行对账单读取后，可由人工确认未付', en: 'the bank says it never had it: once its day is closed and its statements are read, a person may give it up' };
    change.openCase({ kind: 'payoutUnknown', subject: payoutNo, severity: 1, detail: { zh: `付款可能已支付，平台不会重发：${next.zh}。${said.zh}`, en: `it may be paid; it is never sent again: ${next.en}. ${said.en}` } });
  }
  if (state === 'processing' && openMs > policy.lateEscalationMs) {
    change.openCase({ kind: 'payoutLate', subject: payoutNo, severity: 2, detail: { zh: '银行已受理，但长时间未支付：请查看是否在银行系统中等待授权', en: 'the bank has it and has not paid it: see whether it waits for an approval in the bank’s own system' } });
  }
  const waitsMs = change.now.getTime() - Date.parse(decidedAt ?? change.now.toISOString());
  if (state === 'approved' && waitsMs > policy.lateEscalationMs) {
    change.openCase({ kind: 'payoutLate', subject: payoutNo, severity: 2, detail: { zh: `付款已审批，未能发送：${said.zh}。请启用银企直联，或退回该付款`, en: `approved and not sent: ${said.en}. Start the bank link, or reject the payout` } });
  }
}

function isWatched({ policy, clock }: PayoutPorts, { paidAt }: Payout): boolean {
  return paidAt !== undefined && clock.now().getTime() < Date.parse(paidAt) + policy.returnWatchDays * DAY_MS;
}

function reference({ payoutNo, amountFen, submittedAt, proposedAt }: Payout, { accountNo }: HospitalAccount) {
  return { instructionNo: payoutNo, fromAccountNo: accountNo, amountFen, requestedAt: submittedAt ?? proposedAt };
}
function request({ clock }: PayoutPorts, job: ClaimedJob, step: string) {
  return { payoutNo: job.subject, cause: { kind: 'timer' as const, id: `payout/${job.subject}/${step}/${String(job.token)}` }, now: clock.now(), job };
}
async function done({ store }: PayoutPorts, job: ClaimedJob): Promise<void> {
  await store.putBackJob(job, 'done');
}

/** Banks repeat name and account in their messages: nothing of them is kept. */
function clean<News extends TransferOutcome | TransferNews>(told: News, payee: Payee | undefined): News {
  const scrub = (text: string): string => redactText(payee === undefined ? text : text.replaceAll(payee.accountNo, maskNumber(payee.accountNo)).replaceAll(payee.accountName, '*'));
  const texts = Object.entries(told).map(([key, value]): [string, unknown] => [key, typeof value === 'string' && (key === 'message' || key === 'reason') ? scrub(value) : value]);
  return Object.fromEntries(texts) as News;
}
