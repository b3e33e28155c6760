import { ChannelBench, must } from './channel-bench.js';
import type { ChannelRule } from './channel-subject.js';

export const CLOSE_RULES: readonly ChannelRule[] = [
  {
    id: 'close.unpaid',
    title: 'an unpaid order can be closed, closing it again is harmless, and the query says closed',
    needs: ['cancelling'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      await bench.charge(order);
      const first = await bench.close(order.tradeNo);
      must(first.kind === 'closed', 'an unpaid order closes', first);
      const second = await bench.close(order.tradeNo);
      must(second.kind === 'closed', 'closing twice is harmless', second);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'closed', 'a closed order is `closed`', news);
    },
  },
  {
    id: 'close.paid',
    title: 'closing a paid order says already paid and returns no money',
    needs: ['cancelling'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_234);
      const outcome = await bench.close(order.tradeNo);
      must(outcome.kind === 'alreadyPaid', 'a paid order is `alreadyPaid`, never `closed`', outcome);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'succeeded' && news.amountFen === order.amountFen, 'the payment stands', news);
    },
  },
  {
    id: 'close.unknownNumber',
    title: 'closing a number that has no order is not found or closed, never already paid',
    needs: ['cancelling'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const outcome = await bench.close(bench.newOrder(100).tradeNo);
      must(outcome.kind === 'notFound' || outcome.kind === 'closed', 'there is nothing to be paid under this number', outcome);
    },
  },
  {
    id: 'close.final',
    title: 'a closed number cannot be charged again',
    needs: ['cancelling'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      await bench.charge(order);
      await bench.close(order.tradeNo);
      const outcome = await bench.charge(order, { attempt: 2 });
      must(outcome.kind !== 'pending' && outcome.kind !== 'succeeded', '`closed` promises that this number can never be paid again', outcome);
    },
  },
];
