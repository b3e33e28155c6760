/** Every planted bug, roughly in the order of the list of money-safety bugs. The README beside this file has them as a table. */
import type { Notification, PaymentNews } from '@hospay/plugin-sdk';
import { StoreUnavailable, type ChangeRequest, type ChangeResult, type ClaimedJob, type KeyKeeping } from '@hospay/server/domain/money-store.js';
import type { JobRequest, OrderChange } from '@hospay/server/domain/order-change.js';
import { isPaymentEnded } from '@hospay/server/domain/payment-states.js';
import { postPaymentSucceeded } from '@hospay/server/domain/postings.js';
import { viewOrder, type OrderView } from '@hospay/server/payments/order-view.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { CLOCK_STORM } from './faults.js';
import { advanceUnlessEnded, findPayment } from './advance-unless-ended.js';
import type { PlantedBug } from './planted-bug.js';
import { ASKING_BUGS } from './planted-asking-bugs.js';
import { SELF_TEST_BUGS } from './planted-self-test-bugs.js';
import { SHIFT_BUGS } from './planted-shift-bugs.js';
import { DESK_BUGS } from './planted-desk-bugs.js';
import { HOSPITAL_BUGS } from './planted-hospital-bugs.js';
import { INSURANCE_BUGS } from './planted-insurance-bugs.js';
import { JOINED_BUGS } from './planted-joined-bugs.js';
import { PAYOUT_BUGS } from './planted-payout-bugs.js';
import { QUICK_PAY_BUGS } from './planted-quick-pay-bugs.js';
import { REFUND_BUGS } from './planted-refund-bugs.js';
import { ROUTING_BUGS } from './planted-routing-bugs.js';
import { TENDER_BUGS } from './planted-tender-bugs.js';
import { UNDO_BUGS } from './planted-undo-bugs.js';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...TENDER_BUGS,
  ...UNDO_BUGS,
  ...DESK_BUGS, ...SHIFT_BUGS,
  ...INSURANCE_BUGS,
  ...JOINED_BUGS,
  ...ROUTING_BUGS,
  ...HOSPITAL_BUGS,
  ...REFUND_BUGS,
  ...PAYOUT_BUGS,
  ...QUICK_PAY_BUGS,
  {
    name: 'late-success-dropped',
    numbers: [2],
    what: 'news of a payment that has ended is acknowledged and thrown away, and nobody asks again',
    wrapUseCases: (useCases, ports) => ({
      ...useCases,
      async receiveNotification(channelId, raw) {
        const channel = ports.channels.find(channelId);
        const notice = await channel?.readNotification(raw);
        if (notice?.kind !== 'payment') return useCases.receiveNotification(channelId, raw);
        const found = await ports.store.findOrderByPayment(notice.tradeNo);
        const isOver = found?.payments.some((payment) => payment.paymentNo === notice.tradeNo && isPaymentEnded(payment.state)) ?? false;
        return isOver ? channel?.answerNotification('stored') : useCases.receiveNotification(channelId, raw);
      },
    }),
    wrapHandlers: (handlers, ports) => ({ ...handlers, advancePayment: (job) => advanceUnlessEnded(handlers, ports, job) }),
  },
  {
    name: 'expiry-closes-unasked',
    numbers: [3],
    what: 'at expiry the order is closed in our own table only',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advancePayment(job) {
        const payment = await findPayment(ports, job);
        const isExpired = payment !== undefined && !isPaymentEnded(payment.state) && ports.clock.now().getTime() >= Date.parse(payment.expiresAt);
        if (isExpired) await endUnasked(ports, job, 'closed');
        else await handlers.advancePayment(job);
      },
    }),
  },
  {
    name: 'not-found-closes-at-once',
    numbers: [3],
    what: 'a not-found is believed before expiry and margin have passed, and nobody asks after the end: the delayed create still arrives',
    policy: { closeMarginMs: -24 * 3_600_000 },
    wrapHandlers: (handlers, ports) => ({ ...handlers, advancePayment: (job) => advanceUnlessEnded(handlers, ports, job) }),
  },
  {
    name: 'retries-run-out-into-failed',
    numbers: [4],
    what: 'after five questions without an answer the payment is marked failed',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advancePayment(job) {
        const payment = await findPayment(ports, job);
        if (payment !== undefined && !isPaymentEnded(payment.state) && job.attempt > 5) await endUnasked(ports, job, 'failed');
        else await handlers.advancePayment(job);
      },
    }),
  },
  {
    name: 'call-without-committed-intent',
    numbers: [7, 14],
    what: 'the channel is called although the order was rolled back',
    storm: { 'commit fails': 0.1 },
    wrapStore: (store) => ({
      ...store,
      async accept(acceptance) {
        try {
          return await store.accept(acceptance);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          return { kind: 'accepted', aggregate: { order: acceptance.order, payments: acceptance.payment === undefined ? [] : [acceptance.payment], refunds: [], holdsBills: true, billsFree: true } };
        }
      },
    }),
  },
  {
    name: 'each-notice-is-a-payment',
    numbers: [8, 18],
    what: 'a notice is posted to the ledger whatever the payment already says',
    wrapUseCases: (useCases, ports) => ({
      ...useCases,
      async receiveNotification(channelId, raw) {
        const channel = ports.channels.find(channelId);
        const notice = await channel?.readNotification(raw);
        const before = notice?.kind === 'payment' ? await ports.store.findOrderByPayment(notice.tradeNo) : undefined;
        const payment = before?.payments.find((candidate) => candidate.state === 'succeeded');
        if (notice?.kind === 'payment' && notice.news.kind === 'succeeded' && before !== undefined && payment?.billDay !== undefined) {
          const { billDay } = payment;
          await ports.store.change({ tradeNo: before.order.tradeNo, cause: { kind: 'notification', id: notice.eventId }, now: ports.clock.now() }, (change) => {
            const journal = postPaymentSucceeded(change.order, { ...change.payment(payment.paymentNo), billDay });
            change.post({ ...journal, step: `succeeded/${notice.eventId}/${String(change.order.version)}` });
          });
        }
        return useCases.receiveNotification(channelId, raw);
      },
    }),
  },
  {
    name: 'timeout-takes-a-new-number',
    numbers: [10],
    what: 'a charge without an answer is made again under another number',
    wrapChannel: (channel) => ({
      ...channel,
      async charge(request) {
        const outcome = await channel.charge(request);
        return outcome.kind === 'unknown' ? channel.charge({ ...request, tradeNo: `${request.tradeNo}A` }) : outcome;
      },
    }),
  },
  {
    name: 'job-ends-when-it-throws',
    numbers: [11],
    what: 'a job that failed once is taken off the table',
    wrapHandlers: (handlers, ports) => {
      const once = (handle: (job: ClaimedJob) => Promise<void>) => async (job: ClaimedJob) => {
        try {
          await handle(job);
        } catch {
          await ports.store.putBackJob(job, 'done').catch(() => false);
        }
      };
      return { advancePayment: once(handlers.advancePayment), advanceTender: once(handlers.advanceTender), confirmOrder: once(handlers.confirmOrder), advanceRefund: once(handlers.advanceRefund), tellOwner: once(handlers.tellOwner), advancePresettlement: once(handlers.advancePresettlement), tellInsuranceRefund: once(handlers.tellInsuranceRefund), advanceDischarge: once(handlers.advanceDischarge), advanceInvoice: once(handlers.advanceInvoice), checkBooking: once(handlers.checkBooking), unlockBills: once(handlers.unlockBills), advancePrepaymentReturn: once(handlers.advancePrepaymentReturn), advanceNotice: once(handlers.advanceNotice), advancePayout: once(handlers.advancePayout), sendStatementFile: once(handlers.sendStatementFile) };
    },
  },
  {
    name: 'lease-never-ends',
    numbers: [11],
    what: 'a job claimed by a process that died stays claimed, and start-up does not look',
    wrapStore: (store) => ({ ...store, claimJobs: (request) => store.claimJobs({ ...request, leaseMs: 3650 * 24 * 3_600_000 }), wakeJobs: () => Promise.resolve(0) }),
  },
  {
    name: 'clock-jump-begins-work-again',
    numbers: [10],
    what: 'a clock that jumps ends the lease of work that is under way, or takes it away: the same process begins it a second time beside itself',
    storm: CLOCK_STORM,
    wrapStore: (store) => ({ ...store, claimJobs: (request) => store.claimJobs({ ...request, held: [] }), nextJobAt: (kinds) => store.nextJobAt(kinds), wakeJobs: (now, spreadMs) => store.wakeJobs(now, spreadMs) }),
  },
  {
    name: 'owner-hears-the-first-view',
    numbers: [12],
    what: 'what an application is told is put together once and repeated',
    wrapHandlers: (handlers, ports) => {
      const first = new Map<string, OrderView>();
      return {
        ...handlers,
        async tellOwner(job) {
          const found = await ports.store.findOrder(job.tradeNo);
          if (found === undefined) return;
          const view = first.get(job.tradeNo) ?? viewOrder(found);
          first.set(job.tradeNo, view);
          await ports.ownerNotifier.tell(found.order.owner, view);
          await ports.store.putBackJob(job, 'done');
        },
      };
    },
  },
  {
    name: 'one-bill-two-orders',
    numbers: [15],
    what: 'nothing remembers which order a bill belongs to',
    prepareDatabase: (database) => { database.exec('CREATE TRIGGER forgets_claims AFTER INSERT ON bill_claim BEGIN DELETE FROM bill_claim WHERE trade_no = NEW.trade_no; END'); },
  },
  {
    name: 'amount-not-compared',
    numbers: [19],
    what: 'success is success, whatever amount it names',
    wrapChannel: (channel) => {
      const asked = new Map<string, number>();
      const believe = <News extends PaymentNews>(news: News): News => (news.kind === 'succeeded' ? { ...news, amountFen: asked.get(news.tradeNo) ?? news.amountFen } : news);
      return {
        ...channel,
        charge(request) {
          asked.set(request.tradeNo, request.amountFen);
          return channel.charge(request);
        },
        query: async (request) => believe(await channel.query(request)),
        readNotification: async (raw) => withNews(await channel.readNotification(raw), believe),
      };
    },
  },
  {
    name: 'merchant-not-compared',
    numbers: [19],
    what: 'success is success, whichever merchant it names',
    wrapChannel: (channel) => ({
      ...channel,
      readNotification: async (raw) => withNews(await channel.readNotification(raw), (news) => (news.kind === 'succeeded' ? { ...news, merchantNo: channel.merchantNo } : news)),
    }),
  },
  {
    name: 'channel-timeout-is-refusal',
    numbers: [6, 10],
    what: 'a charge without an answer counts as declined',
    wrapChannel: (channel) => ({
      ...channel,
      async charge(request) {
        const outcome = await channel.charge(request);
        return outcome.kind === 'unknown' ? { kind: 'declined', code: 'TIMEOUT', message: outcome.reason } : outcome;
      },
    }),
  },
  {
    name: 'dead-plugin-is-not-sent',
    numbers: [6, 10],
    what: 'calls that were in flight when the plugin died are taken for calls that never left',
    storm: { 'channel plugin dies': 0.25 },
    wrapChannel: (channel) => ({
      ...channel,
      charge: async (request) => neverLeft(await channel.charge(request)),
      refund: async (request) => neverLeft(await channel.refund(request)),
    }),
  },
  {
    name: 'new-key-for-each-press',
    numbers: [10],
    what: 'the idempotency key of the terminal is ignored',
    wrapStore: (store, world) => ({
      ...store,
      accept: (acceptance) => store.accept({ ...acceptance, idempotency: { ...acceptance.idempotency, key: `${acceptance.idempotency.key}/${String(world.names.next())}` } }),
    }),
  },
  {
    name: 'body-not-compared',
    numbers: [],
    what: 'the same key with another body gets the first answer',
    wrapStore: (store) => ({ ...store, accept: (acceptance) => store.accept({ ...acceptance, idempotency: { ...acceptance.idempotency, requestHash: 'any' } }) }),
  },
  {
    name: 'forged-notice-believed',
    numbers: [26],
    what: 'the signature of a notice is not looked at',
    wrapChannel: (channel, world) => ({ ...channel, readNotification: (raw) => Promise.resolve(raw.headers['signature'] === 'returnPage' ? ({ kind: 'refused', reason: 'a return page' } as const) : world.channels.content(channel.id, raw)) }),
  },
  {
    name: 'outbox-in-a-second-commit',
    numbers: [7, 11],
    what: 'state and follow-up work are two transactions',
    wrapStore: (store) => ({
      ...store,
      async change<Result>(request: ChangeRequest & KeyKeeping<NoInfer<Result>>, work: (change: OrderChange) => Result): Promise<ChangeResult<Result>> {
        let later: JobRequest[] = [];
        const result = await store.change<Result>(request, (change) => {
          const value = work(change);
          later = change.jobs.splice(0);
          return value;
        });
        if (result.kind === 'changed' && later.length > 0) {
          await store.change({ tradeNo: request.tradeNo, cause: request.cause, now: request.now }, (change) => { for (const job of later) change.schedule(job.kind, job.subject, job.dueAt); });
        }
        return result;
      },
    }),
  },
  {
    name: 'results-are-not-fenced',
    numbers: [8, 11],
    what: 'a worker whose lease was overtaken still writes its result',
    wrapStore: (store, world) => {
      const settle = (job: ClaimedJob, then: 'done' | { readonly dueAt: Date }) => {
        const { database } = world.store;
        if (then === 'done') database.prepare('DELETE FROM job WHERE kind = ? AND subject = ?').run(job.kind, job.subject);
        else database.prepare('UPDATE job SET due_at = ?, leased_by = NULL WHERE kind = ? AND subject = ?').run(then.dueAt.getTime(), job.kind, job.subject);
      };
      return {
        ...store,
        claimJobs: async (request) => (await store.claimJobs({ ...request, leaseMs: 2_000 })).map((job) => ({ ...job, leasedUntil: new Date(request.now.getTime() + 3_600_000) })),
        putBackJob: (job, then) => {
          settle(job, then);
          return Promise.resolve(true);
        },
        async change<Result>({ job, jobThen, ...request }: ChangeRequest & KeyKeeping<NoInfer<Result>>, work: (change: OrderChange) => Result): Promise<ChangeResult<Result>> {
          if (job !== undefined && jobThen !== undefined) settle(job, jobThen);
          return store.change<Result>(request, work);
        },
      };
    },
  },
  ...ASKING_BUGS,
  ...SELF_TEST_BUGS,
];

/** @throws when there is no such bug. */
export function plantedBug(name: string): PlantedBug {
  const found = PLANTED_BUGS.find((plant) => plant.name === name);
  if (found === undefined) throw new Error(`no such planted bug: ${name}; there are: ${PLANTED_BUGS.map((plant) => plant.name).join(', ')}`);
  return found;
}

async function endUnasked(ports: PaymentPorts, job: ClaimedJob, to: 'closed' | 'failed'): Promise<void> {
  await ports.store.change({ tradeNo: job.tradeNo, cause: { kind: 'timer', id: job.subject }, now: ports.clock.now(), job, jobThen: 'done' }, (change) => {
    const { state } = change.payment(job.subject);
    if (isPaymentEnded(state)) return;
    if (to === 'closed' && state !== 'closing') change.movePayment(job.subject, 'closing', 'timer');
    change.movePayment(job.subject, to, 'query');
    if (change.holdsBills) change.releaseBills();
  });
}

function withNews(notice: Notification, read: (news: PaymentNews) => PaymentNews): Notification {
  return notice.kind === 'payment' ? { ...notice, news: read(notice.news) } : notice;
}

function neverLeft<Outcome extends { readonly kind: string }>(outcome: Outcome): Outcome | { readonly kind: 'notSent'; readonly reason: string } {
  const isDeath = outcome.kind === 'unknown' && 'reason' in outcome && typeof outcome.reason === 'string' && outcome.reason.startsWith('the plugin threw');
  return isDeath ? { kind: 'notSent', reason: 'the plugin died' } : outcome;
}
