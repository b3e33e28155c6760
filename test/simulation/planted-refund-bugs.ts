/** Mistakes with refunds: how much, under which number, and what counts as done. */
import { fen } from '@hospay/plugin-sdk';
import { refused } from '@hospay/server/domain/errors.js';
import { paymentReference } from '@hospay/server/domain/payment-reference.js';
import { postRefundReserved } from '@hospay/server/domain/postings.js';
import { isWhollyRefunded, refundableFen } from '@hospay/server/domain/reserve-refund.js';
import { makeRefundNo } from '@hospay/server/domain/trade-number.js';
import { viewOrder } from '@hospay/server/payments/order-view.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import type { RefundRequestedBy } from '@hospay/server/refunds/request-refund.js';
import { LIMIT_FEN } from './one-key-refund.js';
import type { PlantedBug } from './planted-bug.js';

export const REFUND_BUGS: readonly PlantedBug[] = [
  {
    name: 'his-refund-number-is-no-key',
    numbers: [8],
    what: 'each message of the HIS about its refund is a refund of its own',
    wrapUseCases: (useCases) => {
      let messages = 0;
      return { ...useCases, refundForHis: (request) => useCases.refundForHis({ ...request, hisRefundNo: `${request.hisRefundNo}-${String((messages += 1))}` }) };
    },
  },
  {
    name: 'notice-told-again-refunds-again',
    numbers: [8],
    what: 'each time the HIS tells its refund it is a refund of its own',
    wrapUseCases: (useCases) => {
      let messages = 0;
      return {
        ...useCases,
        receiveNotice: ({ notice, ...of }) => useCases.receiveNotice({ ...of, notice: notice.kind === 'refundRequested' ? { ...notice, hisRefundNo: `${notice.hisRefundNo}-${String((messages += 1))}` } : notice }),
      };
    },
  },
  {
    name: 'notice-acknowledged-before-it-is-kept',
    numbers: [],
    what: 'the HIS is told that its refund is taken before the row is written: a power cut loses it',
    storm: { 'crash after commit': 0.05, 'refunded at a window of the HIS': 0.9 },
    wrapUseCases: (useCases, ports) => ({
      ...useCases,
      async receiveNotice(arrived) {
        const { notice } = arrived;
        const found = notice.kind === 'refundRequested' && notice.tradeNo !== undefined ? await ports.store.findOrder(notice.tradeNo) : undefined;
        // What cannot be decided yet is answered as it should be, so that only the power cut tells.
        if (found?.order.confirmation !== 'confirmed' || notice.kind !== 'refundRequested') return useCases.receiveNotice(arrived);
        const kept = new Promise<void>((resolve) => { setTimeout(resolve, 0); }).then(() => useCases.receiveNotice(arrived));
        kept.catch(() => undefined);
        return { kind: 'accepted' };
      },
    }),
  },
  {
    name: 'limit-looked-at-before-the-lock',
    numbers: [1],
    what: 'what an operator has sent back of an order is read first, and his refund written later: at two windows at once he passes twice',
    storm: { 'refunded by one key at a window': 0.9, 'concurrent refunds': 0.9, 'refunded at a window of the HIS': 0 },
    wrapUseCases: (useCases, ports) => ({
      ...useCases,
      async refundAtWindow({ tradeNo, refundFen, reason, operator, idempotency }) {
        const found = await ports.store.findOrder(tradeNo);
        const payment = found?.payments.find((candidate) => candidate.state === 'succeeded');
        if (found === undefined || payment === undefined) return refused('NOT_REFUNDABLE');
        const before = found.refunds.reduce((sum, refund) => sum + refund.refundFen, 0);
        if (before + (refundFen ?? refundableFen(found, payment)) > LIMIT_FEN) return refused('REFUND_ABOVE_LIMIT');
        await ports.channels.find(payment.channel)?.query(paymentReference(payment));
        const accepted = await useCases.requestRefund({ tradeNo, refundFen, reason, requestedBy: `user/${operator.operatorNo}`, operatorId: operator.operatorNo, idempotency });
        return accepted.kind === 'ok' ? { kind: 'ok', value: viewOrder(accepted.value.aggregate) } : accepted;
      },
    }),
  },
  {
    name: 'refund-checked-outside-the-transaction',
    numbers: [1],
    what: 'what is left to refund is read first, the channel asked, and the refund written later; the database CHECK is off too',
    prepareDatabase: (database) => { database.exec('PRAGMA ignore_check_constraints = ON'); },
    wrapUseCases: (useCases, ports) => ({ ...useCases, requestRefund: (request) => refundWithoutLock(ports, request) }),
  },
  {
    name: 'refund-retry-takes-a-new-number',
    numbers: [5],
    what: 'a refund without an answer is sent again under another number',
    wrapChannel: (channel) => {
      const sent = new Map<string, number>();
      const numberOf = (refundNo: string) => `${refundNo}${'X'.repeat(Math.max(0, (sent.get(refundNo) ?? 1) - 1))}`;
      return {
        ...channel,
        async refund(request) {
          sent.set(request.refundNo, (sent.get(request.refundNo) ?? 0) + 1);
          const outcome = await channel.refund({ ...request, refundNo: numberOf(request.refundNo) });
          return outcome.kind === 'succeeded' ? { ...outcome, refundNo: request.refundNo } : outcome;
        },
        async queryRefund(request) {
          // The retrier has no answer under the old number: it asks nothing and sends anew.
          const news = await channel.queryRefund({ ...request, refundNo: numberOf(request.refundNo) });
          if (news.kind === 'unknown') return { kind: 'notFound' };
          return news.kind === 'succeeded' ? { ...news, refundNo: request.refundNo } : news;
        },
      };
    },
  },
  {
    name: 'refund-timeout-is-failure',
    numbers: [6],
    what: 'a refund that got no answer is recorded as failed and made anew',
    wrapChannel: (channel) => {
      const unanswered = new Set<string>();
      return {
        ...channel,
        async refund(request) {
          const outcome = await channel.refund(request);
          if (outcome.kind === 'unknown') unanswered.add(request.refundNo);
          return outcome;
        },
        queryRefund: (request) => (unanswered.has(request.refundNo) ? Promise.resolve({ kind: 'closed' }) : channel.queryRefund(request)),
      };
    },
  },
  {
    name: 'failed-refund-counts-as-refunded',
    numbers: [9],
    what: 'a refund the channel refused or blocked is booked as done',
    wrapChannel: (channel, world) => ({
      ...channel,
      async refund(request) {
        const outcome = await channel.refund(request);
        if (outcome.kind !== 'declined') return outcome;
        return { kind: 'succeeded', refundNo: request.refundNo, tradeNo: request.payment.tradeNo, refundFen: request.refundFen, channelRefundNo: 'none', refundedAt: world.platformNow().toISOString() };
      },
      async queryRefund(request) {
        const news = await channel.queryRefund(request);
        const found = await world.store.findOrderByRefund(request.refundNo);
        const refund = found?.refunds.find((candidate) => candidate.refundNo === request.refundNo);
        if (news.kind !== 'abnormal' || refund === undefined) return news;
        return { kind: 'succeeded', refundNo: request.refundNo, tradeNo: request.payment.tradeNo, refundFen: refund.refundFen, channelRefundNo: 'none', refundedAt: world.platformNow().toISOString() };
      },
    }),
  },
  {
    name: 'not-sent-is-pending',
    numbers: [13],
    what: 'a refund that never left the machine is shown as on its way, also when the channel knows nothing of it',
    wrapChannel: (channel) => ({
      ...channel,
      async refund(request) {
        const outcome = await channel.refund(request);
        return outcome.kind === 'notSent' ? { kind: 'processing' } : outcome;
      },
      async queryRefund(request) {
        const news = await channel.queryRefund(request);
        return news.kind === 'notFound' ? { kind: 'processing' } : news;
      },
    }),
  },
  {
    name: 'refund-merchant-not-compared',
    numbers: [19],
    what: 'a refund is done when anybody says so under its number',
    wrapChannel: (channel) => ({
      ...channel,
      async readNotification(raw) {
        const notice = await channel.readNotification(raw);
        return notice.kind === 'refund' ? { ...notice, merchantNo: channel.merchantNo } : notice;
      },
    }),
  },
];

async function refundWithoutLock(ports: PaymentPorts, request: RefundRequestedBy) {
  const found = await ports.store.findOrder(request.tradeNo);
  const payment = found?.payments.find((candidate) => candidate.state === 'succeeded');
  if (found === undefined || payment === undefined || found.order.confirmation !== 'confirmed') return refused('NOT_REFUNDABLE');
  const left = refundableFen(found, payment);
  const refundFen = fen(request.refundFen ?? left);
  if (refundFen <= 0 || refundFen > left) return refused('REFUND_EXCEEDS_PAYMENT');
  await ports.channels.find(payment.channel)?.query(paymentReference(payment));
  const now = ports.clock.now();
  const result = await ports.store.change({ tradeNo: request.tradeNo, cause: { kind: 'request', id: request.idempotency.key }, now, idempotency: request.idempotency }, (change) => {
    const refund = change.addRefund({
      refundNo: makeRefundNo(request.tradeNo, change.refunds.length + 1),
      tradeNo: request.tradeNo, paymentNo: payment.paymentNo, refundFen, state: 'reserved', cause: 'requested', reason: request.reason, requestedBy: request.requestedBy,
      requestedAt: now.toISOString(), needsHisApproval: true, reservedFrom: '2002', hisRefundNo: undefined, hisReversedDay: undefined, channelRefundNo: undefined,
      submittedAt: undefined, refundedAt: undefined, isPosted: false, attempts: 0, replaces: undefined, lastNews: undefined,
    });
    change.post(postRefundReserved(change.order, payment, refund));
    change.schedule('advanceRefund', refund.refundNo);
    if (change.order.confirmation === 'confirmed' && isWhollyRefunded(change)) change.moveConfirmation('reversing', 'refund');
    return refund;
  });
  return result.kind === 'changed' ? { kind: 'ok' as const, value: { refund: result.result, refunds: [result.result], aggregate: result.aggregate } } : refused('CONFLICT');
}
