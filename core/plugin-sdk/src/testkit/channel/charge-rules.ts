import type { ChargeOutcome } from '../../payment-channel.js';
import { ChannelBench, must, SHORT_TIMEOUT_MS } from './channel-bench.js';
import type { ChannelRule } from './channel-subject.js';

export const CHARGE_RULES: readonly ChannelRule[] = [
  {
    id: 'contract.shape',
    title: 'a channel names its merchant and its methods, and gives each facet whole',
    needs: [],
    run: async ({ channel }) => {
      must(channel.merchantNo.length > 0, 'merchantNo must not be empty');
      must(channel.methods.length > 0 && new Set(channel.methods).size === channel.methods.length, 'methods must name at least one method, each once');
      must((channel.refund === undefined) === (channel.queryRefund === undefined), '`refund` and `queryRefund` come together');
      must((channel.readNotification === undefined) === (channel.answerNotification === undefined), '`readNotification` and `answerNotification` come together');
      await Promise.resolve();
    },
  },
  {
    id: 'charge.paid',
    title: 'a charged order is pending until the payer pays (or paid in the charge itself), then succeeded with our number, merchant and amount',
    needs: [],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      const outcome = await bench.charge(order);
      mustBeNew(bench, outcome);
      if (outcome.kind === 'pending') {
        const needsShowing = bench.far.payer === 'later';
        must((outcome.present.kind !== 'none') === needsShowing, needsShowing ? 'a pending charge must say how the patient can pay' : 'there is nothing to show: the device asks the payer', outcome);
        const before = await bench.query(order.tradeNo);
        must(before.kind === 'pending', 'an unpaid order is `pending`', before);
      }
      await bench.far.pay(order.tradeNo);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'succeeded', 'a paid order is `succeeded`', news);
      must(news.tradeNo === order.tradeNo, 'the news must carry our trade number', news);
      must(news.merchantNo === bench.merchantNo, 'the news must carry the merchant of the channel', news);
      must(news.amountFen === order.amountFen, `the news must carry the whole amount in fen (${String(order.amountFen)})`, news);
    },
  },
  {
    id: 'charge.sameNumberOnce',
    title: 'the same charge sent twice makes one order, and paying it moves the amount once',
    needs: ['control.ordersUnder'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      const first = await bench.charge(order);
      const second = await bench.charge(order, { attempt: 2 });
      mustBeNew(bench, first);
      must(second.kind === first.kind || second.kind === 'unknown', 'a repeated charge is the same order', second);
      const orders = await bench.far.ordersUnder(order.tradeNo);
      must(orders === 1, `one number makes one order, not ${String(orders)}`);
      await bench.far.pay(order.tradeNo);
      const third = await bench.charge(order, { attempt: 3 });
      must(third.kind === 'succeeded' || third.kind === 'unknown', 'a charge repeated after payment must not ask for money again, nor be `declined`: the order is paid', third);
      const ordersAfter = await bench.far.ordersUnder(order.tradeNo);
      must(ordersAfter === 1, `one number makes one order, not ${String(ordersAfter)}`);
    },
  },
  {
    id: 'charge.otherAmountRefused',
    title: 'the same number with another amount is refused, and the first order stands',
    needs: [],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      await bench.charge(order);
      const other = await bench.charge({ ...order, amountFen: 5_678 });
      must(other.kind === 'unknown' || other.kind === 'notSent', 'another amount under a used number is not a new order, and `declined` would deny the order that exists', other);
      await bench.far.pay(order.tradeNo);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'succeeded' && news.amountFen === 1_234, 'the first order and its amount stand', news);
    },
  },
  {
    id: 'charge.timeoutBefore',
    title: 'a charge that never arrived is unknown, then not found, and may be sent again under its number',
    needs: ['fault.timeoutBeforeExecution'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      await bench.failNext('charge', 'timeoutBeforeExecution');
      const outcome = await bench.charge(order, { timeoutMs: SHORT_TIMEOUT_MS });
      must(outcome.kind === 'unknown', 'a charge without an answer is `unknown`', outcome);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'notFound', 'an order that was never made is `notFound`', news);
      const again = await bench.charge(order, { attempt: 2 });
      mustBeNew(bench, again);
    },
  },
  {
    id: 'charge.timeoutAfter',
    title: 'a charge that was executed without an answer is unknown, and the query finds it',
    needs: ['fault.timeoutAfterExecution'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      await bench.failNext('charge', 'timeoutAfterExecution');
      const outcome = await bench.charge(order, { timeoutMs: SHORT_TIMEOUT_MS });
      must(outcome.kind === 'unknown', 'a charge without an answer is `unknown`', outcome);
      const news = await bench.query(order.tradeNo);
      const expected = bench.far.payer === 'inTheCharge' ? 'succeeded' : 'pending';
      must(news.kind === expected, `the order that was made is found, \`${expected}\``, news);
      await bench.far.pay(order.tradeNo);
      const paid = await bench.query(order.tradeNo);
      must(paid.kind === 'succeeded' && paid.amountFen === order.amountFen, 'and succeeds when it is paid', paid);
    },
  },
  {
    id: 'query.notFound',
    title: 'a number the channel never saw is not found',
    needs: [],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const news = await bench.query(bench.newOrder(100).tradeNo);
      must(news.kind === 'notFound', 'a number nobody charged is `notFound`', news);
    },
  },
];

/** What an ordinary charge answers: it waits for the payer, or has the money already. */
function mustBeNew(bench: ChannelBench, outcome: ChargeOutcome): void {
  if (bench.far.payer === 'inTheCharge') must(outcome.kind === 'succeeded', 'a charge that takes the money itself is `succeeded`', outcome);
  else must(outcome.kind === 'pending', 'a charge that waits for the payer is `pending`', outcome);
}
