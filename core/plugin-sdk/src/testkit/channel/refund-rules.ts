import { setTimeout as pause } from 'node:timers/promises';
import type { RefundOutcome, RefundRequest } from '../../payment-channel.js';
import { ChannelBench, must, SHORT_TIMEOUT_MS } from './channel-bench.js';
import type { ChannelRule } from './channel-subject.js';

const LONGEST_BUSY_MS = 10_000;

export const REFUND_RULES: readonly ChannelRule[] = [
  {
    id: 'refund.partialSums',
    title: 'partial refunds add up to the payment, and one fen more is declined; where only the whole goes back, a part is declined',
    needs: ['refunding'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      if (bench.far.refunds === 'wholeOnly') return wholeOnly(bench);
      const order = await bench.paidOrder(1_000);
      for (const refundFen of [300, 200]) await refundWell(bench, bench.newRefund(order, refundFen));
      const over = await bench.refund(bench.newRefund(order, 501));
      must(over.kind === 'declined', 'more than what is left is `declined`', over);
      await refundWell(bench, bench.newRefund(order, 500));
      const extra = await bench.refund(bench.newRefund(order, 1));
      must(extra.kind === 'declined', 'nothing is left to refund', extra);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'succeeded' && news.amountFen === 1_000, 'a refunded payment stays `succeeded` with its whole amount: the refunds are told apart', news);
    },
  },
  {
    id: 'refund.sameNumberOnce',
    title: 'the same refund number sent again returns the money once',
    needs: ['refunding'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      const request = bench.newRefund(order, bench.part(order, 400));
      await refundWell(bench, request);
      const again = await bench.refund(request, { attempt: 2 });
      must(again.kind !== 'declined', 'a repeat speaks of the refund that exists', again);
      await rest(bench, order, 600);
    },
  },
  {
    id: 'refund.otherAmountRefused',
    title: 'a used refund number with another amount moves nothing and is not declined',
    needs: ['refunding'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      const request = bench.newRefund(order, bench.part(order, 400));
      await refundWell(bench, request);
      const other = await bench.refund({ ...request, refundFen: request.refundFen + 100 });
      must(other.kind === 'unknown' || other.kind === 'notSent', 'there is a refund under this number, so `declined` would deny it', other);
      await rest(bench, order, 600);
    },
  },
  {
    id: 'refund.timeoutBefore',
    title: 'a refund that never arrived is unknown, then not found, and is sent again under its number',
    needs: ['refunding', 'fault.timeoutBeforeExecution'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      const request = bench.newRefund(order, bench.part(order, 400));
      await bench.failNext('refund', 'timeoutBeforeExecution');
      const outcome = await bench.refund(request, { timeoutMs: SHORT_TIMEOUT_MS });
      must(outcome.kind === 'unknown', 'a refund without an answer is `unknown`', outcome);
      const news = await bench.queryRefund(request);
      must(news.kind === 'notFound', 'a refund that was never made is `notFound`', news);
      await refundWell(bench, request, (again) => bench.refund(again, { attempt: 2 }));
    },
  },
  {
    id: 'refund.timeoutAfter',
    title: 'a refund that was executed without an answer is unknown, the query finds it, and it counts once',
    needs: ['refunding', 'fault.timeoutAfterExecution'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      const request = bench.newRefund(order, bench.part(order, 400));
      await bench.failNext('refund', 'timeoutAfterExecution');
      const outcome = await bench.refund(request, { timeoutMs: SHORT_TIMEOUT_MS });
      must(outcome.kind === 'unknown', 'a refund without an answer is `unknown`', outcome);
      const news = await bench.queryRefund(request);
      must(news.kind === 'succeeded' || news.kind === 'processing', 'the refund that was made is found', news);
      await bench.refund(request, { attempt: 2 });
      await rest(bench, order, 600, onceFree(bench));
    },
  },
  {
    id: 'refund.unpaidOrder',
    title: 'an order that was not paid, or does not exist, is not refunded',
    needs: ['refunding'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const unpaid = bench.newOrder(1_000);
      if (bench.far.payer !== 'inTheCharge') await bench.charge(unpaid);
      for (const order of [unpaid, bench.newOrder(1_000)]) {
        const outcome = await bench.refund(bench.newRefund(order, bench.part(order, 400)));
        must(!isAccepted(outcome), 'there is no money to return', outcome);
      }
    },
  },
  {
    id: 'refund.notFound',
    title: 'a refund number the channel never saw is not found',
    needs: ['refunding'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      const news = await bench.queryRefund(bench.newRefund(order, bench.part(order, 400)));
      must(news.kind === 'notFound', 'a refund nobody asked for is `notFound`', news);
    },
  },
  {
    id: 'refund.processing',
    title: 'a refund under way is processing, not succeeded, until the channel says so',
    needs: ['refunding', 'control.holdRefunds', 'control.settleRefund'],
    run: async (subject) => {
      const { bench, request } = await heldRefund(subject);
      const before = await bench.queryRefund(request);
      must(before.kind === 'processing', 'accepted is not returned', before);
      await settle(bench, request, 'succeeded');
      const after = await bench.queryRefund(request);
      must(after.kind === 'succeeded' && after.refundFen === request.refundFen, 'the settled refund is `succeeded`', after);
    },
  },
  {
    id: 'refund.closed',
    title: 'a refund the channel gave up is closed, and its amount can be refunded under a new number',
    needs: ['refunding', 'control.holdRefunds', 'control.settleRefund'],
    run: async (subject) => {
      const { bench, request, order } = await heldRefund(subject);
      await settle(bench, request, 'closed');
      const news = await bench.queryRefund(request);
      must(news.kind === 'closed', 'a refund that was given up is `closed`', news);
      const whole = await bench.refund(bench.newRefund(order, order.amountFen));
      must(isAccepted(whole), 'the whole amount is refundable again', whole);
    },
  },
  {
    id: 'refund.abnormal',
    title: 'a refund that cannot reach the payer is abnormal, neither closed nor succeeded',
    needs: ['refunding', 'control.holdRefunds', 'control.settleRefund'],
    run: async (subject) => {
      const { bench, request } = await heldRefund(subject);
      await settle(bench, request, 'abnormal');
      const news = await bench.queryRefund(request);
      must(news.kind === 'abnormal', 'a blocked refund is `abnormal`: its money is with neither side', news);
    },
  },
];

async function heldRefund(subject: ConstructorParameters<typeof ChannelBench>[0]): Promise<{
  bench: ChannelBench;
  request: RefundRequest;
  order: Awaited<ReturnType<ChannelBench['paidOrder']>>;
}> {
  const bench = new ChannelBench(subject);
  const order = await bench.paidOrder(1_000);
  await bench.far.holdRefunds();
  const request = bench.newRefund(order, bench.part(order, 400));
  const outcome = await bench.refund(request);
  must(outcome.kind === 'processing', 'a refund the channel has only accepted is `processing`', outcome);
  return { bench, request, order };
}

async function settle(bench: ChannelBench, request: RefundRequest, as: 'succeeded' | 'closed' | 'abnormal'): Promise<void> {
  await bench.far.settleRefund(request.refundNo, as);
}

async function wholeOnly(bench: ChannelBench): Promise<void> {
  const order = await bench.paidOrder(1_000);
  for (const refundFen of [400, 1_001]) {
    const other = await bench.refund(bench.newRefund(order, refundFen));
    must(other.kind === 'declined', 'another amount than the whole is `declined`', other);
  }
  await refundWell(bench, bench.newRefund(order, 1_000));
  const again = await bench.refund(bench.newRefund(order, 1_000));
  must(again.kind === 'declined', 'nothing is left to refund', again);
  const news = await bench.query(order.tradeNo);
  must(news.kind === 'succeeded' && news.amountFen === 1_000, 'a refunded payment stays `succeeded` with its whole amount: the refunds are told apart', news);
}

type Refund = (request: RefundRequest) => Promise<RefundOutcome>;

/** What is left after one refund can be refunded, and no more was taken: after the whole, nothing. */
async function rest(bench: ChannelBench, order: Awaited<ReturnType<ChannelBench['paidOrder']>>, restFen: number, refund: Refund = (request) => bench.refund(request)): Promise<void> {
  if (bench.part(order, restFen) === restFen) return refundWell(bench, bench.newRefund(order, restFen), refund);
  const extra = await refund(bench.newRefund(order, order.amountFen));
  must(extra.kind === 'declined', 'the whole went back: nothing is left to refund', extra);
}

/** A refund that must be accepted, and found afterwards with its amount. */
async function refundWell(bench: ChannelBench, request: RefundRequest, refund: Refund = (wanted) => bench.refund(wanted)): Promise<void> {
  const outcome = await refund(request);
  must(isAccepted(outcome), `a refund of ${String(request.refundFen)} fen that the payment still holds is accepted`, outcome);
  const news = await bench.queryRefund(request);
  must(news.kind === 'succeeded' || news.kind === 'processing', 'an accepted refund is found', news);
  if (news.kind === 'succeeded') {
    must(news.refundNo === request.refundNo && news.tradeNo === request.payment.tradeNo && news.refundFen === request.refundFen, 'the news carries our numbers and the amount in fen', news);
  }
}

/** A device may be busy yet with an exchange whose answer never came; it sends nothing and says so, and the core comes again, as here. */
function onceFree(bench: ChannelBench): Refund {
  return async (request) => {
    const until = performance.now() + LONGEST_BUSY_MS;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await bench.refund(request, { attempt });
      if (outcome.kind !== 'notSent' || performance.now() > until) return outcome;
      await pause(50);
    }
  };
}

function isAccepted(outcome: RefundOutcome): boolean {
  return outcome.kind === 'succeeded' || outcome.kind === 'processing';
}
